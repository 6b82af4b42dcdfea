import { whatOf } from "../../middleware/graph-call.ts";
import { readAnswer } from "../../models.ts";
import { driveCall, failedWith, type GroupContext, type TenantCall } from "./group-call.ts";
import { driveItemSchema } from "./group-models.ts";

/** A folder at the top of a document library. */
export interface CreateFolder extends TenantCall {
  readonly driveId: string;
  /** As SharePoint takes it: at most 255 characters, none of `" * : < > ? / \ |`. */
  readonly name: string;
}

/** A folder that is there. */
export interface CreatedFolder {
  readonly itemId: string;
  readonly webUrl: string;
  /** False when a folder of that name was there already, no matter whose. */
  readonly isNew: boolean;
}

/**
 * Makes a folder, or finds the one of that name. May be repeated. Throws ProviderError: invalidRequest for a
 * name that SharePoint does not take, notFound when the library is gone, quotaExceeded and the usual ones.
 * https://learn.microsoft.com/graph/api/driveitem-post-children
 */
export const createFolder =
  ({ graph }: GroupContext) =>
  async (order: CreateFolder): Promise<CreatedFolder> => {
    const call = driveCall(order, "drives.createFolder");
    const root = `drives/${encodeURIComponent(order.driveId)}/root`;
    const read = (answer: unknown, isNew: boolean): CreatedFolder => {
      const folder = readAnswer(driveItemSchema, answer, whatOf(call));
      return { itemId: folder.id, webUrl: folder.webUrl ?? "", isNew };
    };
    try {
      const body = { name: order.name, folder: {}, "@microsoft.graph.conflictBehavior": "fail" };
      return read(await graph.request(call, { method: "POST", path: `${root}/children`, body }), true);
    } catch (error) {
      if (!failedWith(error, "conflict")) throw error;
    }
    return read(
      await graph.request(call, { method: "GET", path: `${root}:/${encodeURIComponent(order.name)}` }),
      false,
    );
  };
