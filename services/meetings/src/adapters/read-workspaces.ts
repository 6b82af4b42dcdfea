import { ProviderError } from "@hybrid/kernel";
import type { MicrosoftGraph } from "@hybrid/microsoft-graph";
import { parseWebexId, type WebexClient } from "@hybrid/webex";
import type { DeviceFacts, RoomCall, RoomFacts, RoomInput } from "#domain/room-state";

/** What is asked of Webex. */
export type RoomsSource = Pick<WebexClient, "listWorkspaces" | "listDevices">;

/** Rooms of one outcome: each costs a request to Webex and one to Graph. */
const roomsOfPage = 10;
/** Devices of one room; a larger one is an error in Webex. */
const devicesMax = 20;
const charactersMax = 254;

interface Found {
  readonly workspaceId: string;
  readonly webexId: string;
  readonly name: string;
  readonly mailAddress: string;
}

const workspacesOf = async (webex: RoomsSource, signal: AbortSignal): Promise<readonly Found[]> => {
  const found = new Map<string, Found>();
  for await (const page of webex.listWorkspaces({ calendar: "microsoft" }, signal))
    for (const { id, displayName = "", calendar } of page.items) {
      const workspaceId = parseWebexId(id)?.uuid;
      const mailAddress = calendar?.emailAddress?.slice(0, charactersMax);
      if (workspaceId === undefined || !mailAddress) continue;
      const name = displayName.slice(0, charactersMax);
      found.set(workspaceId, { workspaceId, webexId: id, name, mailAddress });
    }
  return [...found.values()].sort((a, b) => (a.workspaceId < b.workspaceId ? -1 : 1));
};

const devicesOf = async (
  webex: RoomsSource,
  workspaceId: string,
  signal: AbortSignal,
): Promise<readonly DeviceFacts[]> => {
  const devices: DeviceFacts[] = [];
  for await (const page of webex.listDevices({ workspaceId }, signal))
    for (const { id, displayName = "", connectionStatus } of page.items)
      devices.push({
        deviceId: id,
        name: displayName.slice(0, charactersMax),
        isConnected: connectionStatus !== "disconnected",
      });
  return devices.sort((a, b) => (a.deviceId < b.deviceId ? -1 : 1)).slice(0, devicesMax);
};

/** The next rooms with a Microsoft calendar, in order of their ids, each with its devices and its mailbox. */
export const readWorkspaces = async (
  webex: RoomsSource,
  users: Pick<MicrosoftGraph["users"], "findByAddress">,
  { tenantId, round, after }: Extract<RoomCall, { readonly kind: "readWorkspaces" }>,
  signal: AbortSignal,
): Promise<RoomInput> => {
  const all = await workspacesOf(webex, signal);
  const left = all.filter(({ workspaceId }) => after === null || workspaceId > after);
  const page = left.slice(0, roomsOfPage);
  const rooms: RoomFacts[] = [];
  for (const { workspaceId, webexId, name, mailAddress } of page) {
    const mailbox = await users.findByAddress({ tenantId, address: mailAddress, signal });
    const devices = await devicesOf(webex, webexId, signal);
    rooms.push({ workspaceId, name, mailAddress, objectId: mailbox?.objectId ?? null, devices });
  }
  const last = page.at(-1);
  if (left.length > page.length && !last)
    throw new ProviderError("rooms are left and none was read", { code: "unexpected", retryable: false });
  return {
    kind: "workspacesRead",
    round,
    rooms,
    next: left.length > page.length ? (last?.workspaceId ?? null) : null,
  };
};
