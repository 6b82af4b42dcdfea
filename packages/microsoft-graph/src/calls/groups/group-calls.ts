import { addGroupMembers } from "./add-group-members.ts";
import { createFolder } from "./create-folder.ts";
import { createGroup } from "./create-group.ts";
import { findGroup } from "./find-group.ts";
import { getGroup } from "./get-group.ts";
import { getGroupDrive } from "./get-group-drive.ts";
import { getPerson } from "./get-person.ts";
import type { GroupContext } from "./group-call.ts";
import { groupDelta } from "./group-delta.ts";
import { addGroupOwner, removeGroupOwner } from "./group-owner.ts";
import { listGroupPeople } from "./list-group-people.ts";
import { removeGroupMember } from "./remove-group-member.ts";
import { validateGroupNames } from "./validate-group-names.ts";

/** The calls about Microsoft 365 groups and their document libraries; each is described in its own file. */
export const groupCalls = (context: GroupContext) => ({
  create: createGroup(context),
  find: findGroup(context),
  get: getGroup(context),
  validateNames: validateGroupNames(context),
  getPerson: getPerson(context),
  listPeople: listGroupPeople(context),
  delta: groupDelta(context),
  addMembers: addGroupMembers(context),
  removeMember: removeGroupMember(context),
  addOwner: addGroupOwner(context),
  removeOwner: removeGroupOwner(context),
  getDrive: getGroupDrive(context),
  createFolder: createFolder(context),
});

/** See {@link groupCalls}. */
export type GroupCalls = ReturnType<typeof groupCalls>;
