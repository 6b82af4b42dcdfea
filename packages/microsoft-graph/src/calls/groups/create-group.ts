import { ProviderError } from "@hybrid/kernel";
import type { Group } from "@microsoft/microsoft-graph-types";
import { whatOf } from "../../middleware/graph-call.ts";
import { readAnswer } from "../../models.ts";
import { findGroup, uniqueNamePath } from "./find-group.ts";
import {
  failedWith,
  type GroupContext,
  groupCall,
  refusedOrder,
  type TenantCall,
  userReference,
} from "./group-call.ts";
import { type GroupSnapshot, groupSchema, snapshotOf } from "./group-models.ts";

/** A Microsoft 365 group that is to be there. */
export interface CreateGroup extends TenantCall {
  /** Our own key, by which there is one such group however often it is ordered; at most 128 characters. */
  readonly uniqueName: string;
  /** At most 256 characters. */
  readonly displayName: string;
  /** At most 64 characters of ASCII, without `@ ( ) \ [ ] " ; : . < > ,` and blanks. */
  readonly mailNickname: string;
  /** At most 1,024 characters. */
  readonly description: string;
  readonly visibility: "Private" | "Public";
  /** `WelcomeEmailDisabled` and the like; they can be given at creation only. */
  readonly behaviours: readonly string[];
  /**
   * Object ids, at least one: without an owner Graph makes no site. Owners and members together at most 20,
   * which is what Graph takes in one request.
   */
  readonly owners: readonly string[];
  readonly members: readonly string[];
}

/** A group that is there. */
export interface CreatedGroup extends GroupSnapshot {
  /** False when an earlier order had made it already. */
  readonly isNew: boolean;
}

const relationshipsMax = 20;

const bodyOf = ({ graph }: GroupContext, order: CreateGroup): object => {
  const { displayName, mailNickname, description, visibility, behaviours, owners, members } = order;
  const group: Group & Readonly<Record<string, unknown>> = {
    displayName,
    mailNickname,
    description,
    visibility,
    mailEnabled: true,
    securityEnabled: false,
    groupTypes: ["Unified"],
    resourceBehaviorOptions: [...behaviours],
    "owners@odata.bind": owners.map((id) => userReference(graph, id)),
    ...(members.length === 0 ? {} : { "members@odata.bind": members.map((id) => userReference(graph, id)) }),
  };
  return group;
};

const upsert = async (context: GroupContext, order: CreateGroup): Promise<GroupSnapshot | null> => {
  const call = groupCall(context, order, "groups.create", "writes");
  const answer = await context.graph.request(call, {
    method: "PATCH",
    path: uniqueNamePath(order.uniqueName),
    headers: { Prefer: "create-if-missing" },
    body: bodyOf(context, order),
  });
  // Without a body it was there, and was only written over with the same words.
  return answer === undefined ? null : snapshotOf(readAnswer(groupSchema, answer, whatOf(call)));
};

/**
 * Makes a Microsoft 365 group, once: the key is looked up first, and the write itself makes a group only
 * where the key has none. So two who order it at the same time, and one who repeats it after a crash, end
 * with the same group. Throws ProviderError: invalidRequest (a name that is taken or refused, a user who is
 * not there, more than 20 owners and members, no owner), notFound, quotaExceeded, outOfScope, consentRevoked
 * and the usual ones. https://learn.microsoft.com/graph/api/group-upsert
 */
export const createGroup =
  (context: GroupContext) =>
  async (order: CreateGroup): Promise<CreatedGroup> => {
    if (order.owners.length === 0) throw refusedOrder("a group needs an owner, or it gets no site");
    if (order.owners.length + order.members.length > relationshipsMax)
      throw refusedOrder(`Graph takes ${relationshipsMax} owners and members in one request`);
    const find = async (): Promise<GroupSnapshot | null> => await findGroup(context)(order);
    const there = await find();
    if (there !== null) return { ...there, isNew: false };
    try {
      const made = await upsert(context, order);
      if (made !== null) return { ...made, isNew: true };
    } catch (error) {
      if (!failedWith(error, "invalidRequest", "conflict")) throw error;
      // Somebody else was faster: then what was refused is that it is there already.
      const others = await find();
      if (others === null) throw error;
      return { ...others, isNew: false };
    }
    const updated = await find();
    if (updated !== null) return { ...updated, isNew: false };
    throw new ProviderError(
      `groups.create in tenant ${order.tenantId}: Graph says that the group was there, and has none`,
      { code: "unexpected", retryable: true },
    );
  };
