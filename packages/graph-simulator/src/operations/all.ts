import type { Calendar } from "../calendar/calendar.ts";
import type { SimulatorClock } from "../clock.ts";
import type { Drives } from "../drives/drives.ts";
import type { DirectoryRoles } from "../entra/directory-roles.ts";
import type { Tenants } from "../entra/tenants.ts";
import type { Groups } from "../groups/groups.ts";
import type { FaultPlan } from "../http/faults.ts";
import type { UploadSessions } from "../mail/upload-sessions.ts";
import { deletedGroupOperations } from "./deleted-groups.ts";
import { driveOperations } from "./drives.ts";
import { attachmentOperations } from "./event-attachments.ts";
import { extensionOperations } from "./event-extensions.ts";
import { instanceOperations } from "./event-instances.ts";
import { responseOperations } from "./event-responses.ts";
import { eventOperations } from "./events.ts";
import { groupDeltaOperations } from "./group-delta.ts";
import { groupMemberOperations } from "./group-members.ts";
import { groupOperations } from "./groups.ts";
import { mailFolderOperations } from "./mail-folders.ts";
import { settingsOperations } from "./mailbox-settings.ts";
import { messageAttachmentOperations } from "./message-attachments.ts";
import { type MailPorts, messageOperations } from "./messages.ts";
import type { Operation } from "./operation.ts";
import { organizationOperations } from "./organization.ts";
import { roleAssignmentOperations } from "./role-assignments.ts";
import { scheduleOperations } from "./schedule.ts";
import { type SubscriptionPorts, subscriptionOperations } from "./subscriptions.ts";
import { timeZoneOperations } from "./time-zones.ts";
import { type UserPorts, userOperations } from "./users.ts";

/** What the operations need, all together. */
export interface OperationPorts extends SubscriptionPorts, UserPorts, MailPorts {
  readonly sessions: UploadSessions;
  readonly clock: SimulatorClock;
  readonly tenants: Tenants;
  readonly calendar: Calendar;
  readonly faults: FaultPlan;
  readonly groups: Groups;
  readonly drives: Drives;
  readonly directoryRoles: DirectoryRoles;
}

/** Every operation of Graph that is simulated; nothing of `ports` is touched before one is called. */
export const allOperations = (ports: OperationPorts): Operation[] => [
  ...subscriptionOperations(ports),
  ...eventOperations(ports.calendar, ports.faults, () => ports.clock.now()),
  ...instanceOperations(),
  ...responseOperations(ports.calendar),
  ...attachmentOperations(ports.calendar, ports.clock),
  ...extensionOperations(ports.calendar),
  ...scheduleOperations(ports.mailboxes),
  ...timeZoneOperations(ports.clock),
  ...settingsOperations(ports.clock),
  ...mailFolderOperations(ports.stores),
  ...messageOperations(ports),
  ...messageAttachmentOperations(ports, ports.sessions),
  ...userOperations(ports),
  ...organizationOperations(ports.tenants),
  ...roleAssignmentOperations(ports.directoryRoles),
  ...groupDeltaOperations(ports.groups),
  ...groupOperations(ports.groups),
  ...deletedGroupOperations(ports.groups),
  ...groupMemberOperations(ports.groups, ports.mailboxes),
  ...driveOperations(ports.groups, ports.drives),
];
