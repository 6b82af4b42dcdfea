import { graphMessageOf } from "../../errors/graph-fault.ts";
import { whatOf } from "../../middleware/graph-call.ts";
import { readAnswer } from "../../models.ts";
import { driveCall, failedWith, type GroupCall, type GroupContext, groupPath } from "./group-call.ts";
import { driveItemSchema } from "./group-models.ts";

/** The document library of a group's site. */
export interface GroupDrive {
  readonly driveId: string;
  readonly webUrl: string;
}

/**
 * The document library of a group, or null while its site is being made, which takes minutes and at times
 * hours. May be repeated. Throws ProviderError notFound when the group is gone or very new, and the usual
 * ones.
 */
export const getGroupDrive =
  ({ graph }: GroupContext) =>
  async (order: GroupCall): Promise<GroupDrive | null> => {
    const call = driveCall(order, "groups.getDrive");
    try {
      const answer = await graph.request(call, { method: "GET", path: `${groupPath(order.groupId)}/drive` });
      const drive = readAnswer(driveItemSchema, answer, whatOf(call));
      return { driveId: drive.id, webUrl: drive.webUrl ?? "" };
    } catch (error) {
      const isBeingMade =
        failedWith(error, "unavailable") && /provisioning is in progress/i.test(graphMessageOf(error));
      if (isBeingMade) return null;
      throw error;
    }
  };
