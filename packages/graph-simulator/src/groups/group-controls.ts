import type { Drives } from "../drives/drives.ts";
import type { Group, GroupTruth, NamingPolicy } from "./group.ts";
import type { Groups } from "./groups.ts";

/** What people and administrators do with groups in Outlook and Entra, and what a test may look at. */
export interface GroupControls {
  /** Living groups of a tenant, oldest first. */
  list(tenantId: string): readonly GroupTruth[];
  /** Throws RangeError for one that never was; a deleted one has `deletedAt`. */
  read(groupId: string): GroupTruth;
  /** An owner takes somebody of the tenant in, or makes an owner. Throws for one who is in. */
  add(groupId: string, what: "members" | "owners", userId: string): void;
  /** Throws for one who is not in, and for the last owner. */
  remove(groupId: string, what: "members" | "owners", userId: string): void;
  /** Puts a group into another one, as administrators do with security groups. */
  nest(groupId: string, innerId: string): void;
  rename(groupId: string, displayName: string): void;
  delete(groupId: string): void;
  restore(groupId: string): void;
  setNamingPolicy(tenantId: string, policy: NamingPolicy): void;
  /** Makes every delta link of the tenant answer 410. */
  forgetSyncState(tenantId: string): void;
}

/** The controls of groups, in process. */
export const groupControls = (groups: Groups, drives: Drives): GroupControls => {
  const truthOf = (group: Group): GroupTruth => {
    const { id, tenantId, uniqueName, displayName, mailNickname, visibility, deletedAt, siteAt } = group;
    const own = { id, tenantId, uniqueName, displayName, mailNickname, visibility, deletedAt, siteAt };
    return {
      ...own,
      owners: [...group.owners],
      members: [...group.members],
      folders: drives.topFolders(group).map(({ name }) => name),
    };
  };
  return {
    list: (tenantId) => groups.ofTenant(tenantId).map(truthOf),
    read: (groupId) => truthOf(groups.get(groupId)),
    add: (groupId, what, userId) => groups.add(groups.get(groupId), what, [userId]),
    remove: (groupId, what, userId) => groups.remove(groups.get(groupId), what, userId),
    nest: (groupId, innerId) => groups.nest(groups.get(groupId), groups.get(innerId)),
    rename: (groupId, displayName) => groups.update(groups.get(groupId), { displayName }),
    delete: (groupId) => groups.delete(groups.get(groupId)),
    restore: (groupId) => groups.restore(groups.get(groupId)),
    setNamingPolicy: (tenantId, policy) => groups.naming.set(tenantId, policy),
    forgetSyncState: (tenantId) => groups.changes.forget(tenantId),
  };
};
