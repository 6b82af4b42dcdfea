import { z } from "zod";
import type { GraphClient } from "../graph-client.ts";
import { whatOf } from "../middleware/graph-call.ts";
import { readAnswer } from "../models.ts";
import { checkedLink } from "./checked-link.ts";
import { mailCall, quoted } from "./mail-call.ts";
import { immutableIds, prefer } from "./prefer.ts";
import { type UserCall, userPath } from "./user-path.ts";

/** Messages of a mailbox by the value of one single-value extended property. */
export interface FindMailMessages extends UserCall {
  /** The property's id, for example `String {guid} Name X`. */
  readonly propertyId: string;
  /** Values looked for, 1 to 15: Graph bounds the length of an address. */
  readonly values: readonly string[];
  /** Further properties to bring along, by id. */
  readonly bring?: readonly string[];
}

/** Messages of one folder. */
export interface ListMailMessages extends UserCall {
  readonly folderId: string;
  /** The extended property to bring along. */
  readonly propertyId: string;
  /** Further ones, by id. */
  readonly bring?: readonly string[];
}

/** A message that was found. */
export interface FoundMailMessage {
  /** The immutable id. */
  readonly messageId: string;
  /** Values of the properties that were asked for, by id; those that the message has. */
  readonly values: Readonly<Record<string, string>>;
  readonly folderId: string | null;
  readonly hasAttachments: boolean;
  /** Milliseconds since 1970; null for a draft. */
  readonly sentAt: number | null;
}

const pageSchema = z.looseObject({
  value: z.array(
    z.looseObject({
      id: z.string().min(1),
      parentFolderId: z.string().nullish(),
      hasAttachments: z.boolean().nullish(),
      sentDateTime: z.iso.datetime({ offset: true }).nullish(),
      singleValueExtendedProperties: z
        .array(z.looseObject({ id: z.string(), value: z.string().nullish() }))
        .nullish(),
    }),
  ),
  "@odata.nextLink": z.string().min(1).optional(),
});

const pageSize = 100;

const queryOf = (propertyIds: readonly string[], filter: string | null): string => {
  const ids = propertyIds.map((id) => `id eq ${quoted(id)}`).join(" or ");
  const expand = `singleValueExtendedProperties($filter=${ids})`;
  return [
    "$select=id,parentFolderId,hasAttachments,sentDateTime",
    `$expand=${encodeURIComponent(expand)}`,
    `$top=${pageSize}`,
    ...(filter === null ? [] : [`$filter=${encodeURIComponent(filter)}`]),
  ].join("&");
};

async function* pages(
  graph: GraphClient,
  order: UserCall,
  given: { readonly operation: string; readonly path: string },
): AsyncGenerator<readonly FoundMailMessage[], void, undefined> {
  const call = mailCall(order, given.operation);
  let path: string | undefined = given.path;
  while (path !== undefined) {
    const answer = await graph.request(call, { method: "GET", path, headers: prefer(immutableIds) });
    const page: z.infer<typeof pageSchema> = readAnswer(pageSchema, answer, whatOf(call));
    yield page.value.map((message) => ({
      messageId: message.id,
      values: Object.fromEntries(
        (message.singleValueExtendedProperties ?? []).map(({ id, value }) => [id, value ?? ""]),
      ),
      folderId: message.parentFolderId ?? null,
      hasAttachments: message.hasAttachments === true,
      sentAt: message.sentDateTime ? Date.parse(message.sentDateTime) : null,
    }));
    const next = page["@odata.nextLink"];
    path = next === undefined ? undefined : checkedLink(graph.hosts, next);
  }
}

/**
 * Messages anywhere in the mailbox whose property has one of the values: one that was moved is found too. May
 * be repeated. Throws ProviderError mailboxMissing and the usual ones.
 */
export const findMailMessages =
  (graph: GraphClient) =>
  async (order: FindMailMessages): Promise<readonly FoundMailMessage[]> => {
    const any = order.values.map((value) => `ep/value eq ${quoted(value)}`).join(" or ");
    const filter = `singleValueExtendedProperties/any(ep: ep/id eq ${quoted(order.propertyId)} and (${any}))`;
    const query = queryOf([order.propertyId, ...(order.bring ?? [])], filter);
    const path = `${userPath(order.userObjectId)}/messages?${query}`;
    const found: FoundMailMessage[] = [];
    for await (const page of pages(graph, order, { operation: "mail.findMessages", path }))
      found.push(...page);
    return found;
  };

/**
 * All messages of a folder, page by page, the newest first. May be repeated. Throws ProviderError notFound
 * when the folder is gone, and the usual ones.
 */
export const listMailMessages =
  (graph: GraphClient) =>
  (order: ListMailMessages): AsyncGenerator<readonly FoundMailMessage[], void, undefined> => {
    const folder = `${userPath(order.userObjectId)}/mailFolders/${encodeURIComponent(order.folderId)}`;
    const path = `${folder}/messages?${queryOf([order.propertyId, ...(order.bring ?? [])], null)}`;
    return pages(graph, order, { operation: "mail.listMessages", path });
  };
