import type { GraphClient } from "../graph-client.ts";
import { whatOf } from "../middleware/graph-call.ts";
import { readAnswer } from "../models.ts";
import type { MailFolderPlace } from "./find-mail-folder.ts";
import { createdSchema, mailCall } from "./mail-call.ts";
import { userPath } from "./user-path.ts";

/**
 * Makes a mail folder and returns its id. May be repeated: Graph has one folder of a name, and says conflict
 * to a second one (then `findFolder` has its id). Throws ProviderError conflict, and the usual ones.
 */
export const createMailFolder =
  (graph: GraphClient) =>
  async (order: MailFolderPlace): Promise<string> => {
    const call = mailCall(order, "mail.createFolder");
    const parent = encodeURIComponent(order.parent);
    const path = `${userPath(order.userObjectId)}/mailFolders/${parent}/childFolders`;
    const body = { displayName: order.displayName };
    const answer = await graph.request(call, { method: "POST", path, body });
    return readAnswer(createdSchema, answer, whatOf(call)).id;
  };
