import { readSelect } from "../calendar/event-additions.ts";
import type { Mailboxes } from "../calendar/mailboxes.ts";
import { utcDateTime } from "../calendar/time-zones.ts";
import { userDefaultNames, userGaps, userProperties } from "../directory/user-profile.ts";
import type { Group } from "../groups/group.ts";
import { badRequest } from "../http/graph-fault.ts";
import type { Call } from "./operation.ts";
import { pick } from "./properties.ts";

/** Permissions that let an application read groups and who is in them. */
export const groupReaders = [
  "Group.Read.All",
  "Group.ReadWrite.All",
  "Directory.Read.All",
  "Directory.ReadWrite.All",
];
/** Permissions that let it make, change and delete them. */
export const groupWriters = ["Group.ReadWrite.All", "Directory.ReadWrite.All"];
/** Permissions that let it read members. */
export const memberReaders = [...groupReaders, "GroupMember.Read.All", "GroupMember.ReadWrite.All"];
/** Permissions that let it change members. */
export const memberWriters = [...groupWriters, "GroupMember.ReadWrite.All"];

const typeName = "microsoft.graph.group";
const gaps = [
  "accessType",
  "allowExternalSenders",
  "assignedLabels",
  "assignedLicenses",
  "autoSubscribeNewMembers",
  "hideFromAddressLists",
  "hideFromOutlookClients",
  "isArchived",
  "isSubscribedByMail",
  "unseenCount",
  "membershipRule",
  "membershipRuleProcessingState",
  "serviceProvisioningErrors",
  "theme",
];

const hidden: readonly string[] = ["uniqueName"];

/** A group as Graph shows it. */
export const groupProperties = (group: Group): Readonly<Record<string, unknown>> => {
  const domain = `t${group.tenantId.slice(0, 8)}.onmicrosoft.com`;
  const mail = `${group.mailNickname}@${domain}`;
  return {
    id: group.id,
    deletedDateTime: group.deletedAt === null ? null : utcDateTime(group.deletedAt),
    classification: null,
    createdDateTime: utcDateTime(group.createdAt),
    description: group.description,
    displayName: group.displayName,
    expirationDateTime: null,
    groupTypes: ["Unified"],
    mail,
    mailEnabled: true,
    mailNickname: group.mailNickname,
    preferredDataLocation: null,
    preferredLanguage: null,
    proxyAddresses: [`SMTP:${mail}`],
    renewedDateTime: utcDateTime(group.createdAt),
    resourceBehaviorOptions: group.behaviours,
    resourceProvisioningOptions: [],
    securityEnabled: false,
    uniqueName: group.uniqueName,
    visibility: group.visibility,
  };
};

/** A group with what `$select` names; unique names are shown to those who ask alone. */
export const shownGroup = (group: Group, select: string | undefined | null): Record<string, unknown> => {
  const all = groupProperties(group);
  const names = readSelect(select ?? undefined) ?? Object.keys(all).filter((name) => !hidden.includes(name));
  return pick(all, names, { typeName, gaps });
};

/** A group that is a member of another one; of what only users have nothing is shown. */
export const shownInnerGroup = (group: Group, call: Call): object => {
  const all = groupProperties(group);
  const names = readSelect(call.query.$select)?.filter((name) => name in all) ?? Object.keys(all);
  return { "@odata.type": "#microsoft.graph.group", ...pick(all, names, { typeName, gaps }) };
};

/** A member or owner; of somebody who left the directory nothing is shown. */
export const shownUser = (mailboxes: Mailboxes, call: Call, id: string): object | null => {
  const mailbox = mailboxes.find(call.caller.tenantId, id);
  if (!mailbox) return null;
  const names = readSelect(call.query.$select) ?? userDefaultNames;
  const typed = { typeName: "microsoft.graph.user", gaps: userGaps };
  return { "@odata.type": "#microsoft.graph.user", ...pick(userProperties(mailbox), names, typed) };
};

/** The object id at the end of a reference such as `https://graph.microsoft.com/v1.0/users/<id>`. */
export const idOfReference = (reference: string): string => {
  const id = reference.split("/").at(-1) ?? "";
  if (id === "") throw badRequest(`'${reference}' names no object.`, "Request_BadRequest");
  return decodeURIComponent(id);
};
