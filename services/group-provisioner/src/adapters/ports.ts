import type { GroupCalls, MicrosoftGraph } from "@hybrid/microsoft-graph";
import type { WebexClient } from "@hybrid/webex";

/**
 * What the service needs of Microsoft Graph; `@hybrid/microsoft-graph` provides it. All throw
 * ProviderError.
 */
export interface GraphPorts {
  readonly groups: GroupCalls;
  readonly tenants: Pick<MicrosoftGraph["tenants"], "get">;
  /** As the registration of groups: what its own consent grants. */
  readonly consent: Pick<MicrosoftGraph["consent"], "grantedPermissions">;
}

/** What it needs of Webex, likewise. */
export type WebexPorts = Pick<
  WebexClient,
  | "createLinkedFolder"
  | "createMembership"
  | "createMessage"
  | "createTeamMembership"
  | "deleteLinkedFolder"
  | "deleteTeamMembership"
  | "getMe"
  | "getRoom"
  | "getTeam"
  | "listEvents"
  | "listLinkedFolders"
  | "listMessages"
  | "listRooms"
  | "listScimUsers"
  | "listTeamMemberships"
  | "listTeams"
  | "updateTeamMembership"
>;

/** Both clouds, and whether Graph is the one of everybody. */
export interface Clouds {
  readonly graph: GraphPorts;
  readonly webex: WebexPorts;
  /** Whether Graph is Microsoft's Global instance, by the address that the process was given. */
  readonly isGlobalInstance: boolean;
}
