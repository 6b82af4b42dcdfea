import { z } from "zod";
import type { GraphClient } from "../graph-client.ts";
import { whatOf } from "../middleware/graph-call.ts";
import { readAnswer } from "../models.ts";
import { createdSchema, mailCall, quoted } from "./mail-call.ts";
import { type UserCall, userPath } from "./user-path.ts";

/** A folder by its name, right below another one. */
export interface MailFolderPlace extends UserCall {
  /** An id, or a well-known name such as `inbox`. */
  readonly parent: string;
  readonly displayName: string;
}

const folders = z.looseObject({
  value: z.array(createdSchema.extend({ displayName: z.string().nullish() })),
});

/**
 * The id of a mail folder, or null when the parent has none of that name (in any case). May be repeated.
 * Throws ProviderError: mailboxMissing, outOfScope, notFound when the parent is gone, and the usual ones.
 */
export const findMailFolder =
  (graph: GraphClient) =>
  async (order: MailFolderPlace): Promise<string | null> => {
    const call = mailCall(order, "mail.findFolder");
    const filter = encodeURIComponent(`displayName eq ${quoted(order.displayName)}`);
    const parent = encodeURIComponent(order.parent);
    const path = `${userPath(order.userObjectId)}/mailFolders/${parent}/childFolders?$filter=${filter}`;
    const { value } = readAnswer(folders, await graph.request(call, { method: "GET", path }), whatOf(call));
    return value[0]?.id ?? null;
  };
