import type { Parts } from "../parts.ts";
import { contentOperations } from "./contents.ts";
import { deviceOperations } from "./devices.ts";
import { eventOperations } from "./events.ts";
import { licenseOperations } from "./licenses.ts";
import { linkedFolderOperations } from "./linked-folders.ts";
import { meetingPreferencesOperations } from "./meeting-preferences.ts";
import { meetingOperations } from "./meetings.ts";
import { messageOperations } from "./messages.ts";
import type { Operation } from "./operation.ts";
import { peopleOperations } from "./people.ts";
import { presenceOperations } from "./presence.ts";
import { roomOperations } from "./rooms.ts";
import { scimGroupOperations } from "./scim-groups.ts";
import { scimUserWrites } from "./scim-user-writes.ts";
import { scimUserOperations } from "./scim-users.ts";
import { teamOperations } from "./teams.ts";
import { webhookOperations } from "./webhooks.ts";
import { workspaceOperations } from "./workspaces.ts";

/** Every operation that the simulator has. */
export const allOperations = (parts: Parts): readonly Operation[] => [
  ...peopleOperations(parts),
  ...scimUserOperations(parts),
  ...scimUserWrites(parts),
  ...scimGroupOperations(parts),
  ...licenseOperations(parts),
  ...teamOperations(parts),
  ...roomOperations(parts),
  ...linkedFolderOperations(parts),
  ...messageOperations(parts),
  ...contentOperations(parts),
  ...eventOperations(parts),
  ...webhookOperations(parts),
  ...meetingPreferencesOperations(parts),
  ...meetingOperations(parts),
  ...workspaceOperations(parts),
  ...deviceOperations(parts),
  ...presenceOperations(parts),
];
