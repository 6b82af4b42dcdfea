import { uuidOfId } from "../webex-id.ts";
import type { SimulatedDevice, SimulatedWorkspace } from "./device.ts";

/** A workspace to create. */
export interface NewWorkspace {
  readonly orgId: string;
  readonly displayName: string;
  readonly capacity?: number | undefined;
  /** For example `meetingRoom`. */
  readonly type?: string | undefined;
  readonly notes?: string | undefined;
  readonly hotdeskingStatus?: "on" | "off";
  readonly supportedDevices?: "collaborationDevices" | "phones";
  /** None when left out. */
  readonly calendar?: { readonly type: string; readonly emailAddress?: string | undefined } | undefined;
}

/** A device to create: in the workspace of an id, or of the person with a UUID. */
export interface NewDevice {
  readonly orgId: string;
  readonly workspaceId?: string;
  readonly personUuid?: string;
  readonly displayName?: string;
  readonly product?: string;
  readonly software?: string;
  /** What xAPI tells besides bookings, for example `{ Audio: { Volume: 50 } }`. */
  readonly status?: Readonly<Record<string, unknown>>;
}

/** Workspaces and devices; the simulator's own truth. */
export interface Estate {
  readonly workspaces: Map<string, SimulatedWorkspace>;
  readonly devices: Map<string, SimulatedDevice>;
  addWorkspace(workspace: NewWorkspace): SimulatedWorkspace;
  addDevice(device: NewDevice): SimulatedDevice;
}

const software = "RoomOS 26.5.1";

/** An empty one. */
export const createEstate = (clock: { now(): number }, newUuid: (what: string) => string): Estate => {
  const workspaces = new Map<string, SimulatedWorkspace>();
  const devices = new Map<string, SimulatedDevice>();
  return {
    workspaces,
    devices,
    addWorkspace: (given) => {
      const uuid = newUuid("workspace");
      const name = given.displayName.toLowerCase().replaceAll(/[^a-z0-9]+/g, "_");
      const workspace: SimulatedWorkspace = {
        uuid,
        orgId: given.orgId,
        createdAt: clock.now(),
        displayName: given.displayName,
        capacity: given.capacity,
        type: given.type,
        notes: given.notes,
        hotdeskingStatus: given.hotdeskingStatus ?? "off",
        supportedDevices: given.supportedDevices ?? "collaborationDevices",
        calendar: given.calendar ?? { type: "none" },
        sipAddress: `${name}_${uuid.slice(0, 8)}@rooms.webex.example`,
      };
      workspaces.set(uuid, workspace);
      return workspace;
    },
    addDevice: (given) => {
      const uuid = newUuid("device");
      const device: SimulatedDevice = {
        uuid,
        orgId: given.orgId,
        createdAt: clock.now(),
        workspaceUuid: given.workspaceId === undefined ? undefined : uuidOfId("PLACE", given.workspaceId),
        personUuid: given.personUuid,
        displayName: given.displayName ?? "Board",
        product: given.product ?? "Cisco Room Bar",
        software: given.software ?? software,
        connectionStatus: "connected",
        bookings: [],
        status: {
          Audio: { Volume: 50 },
          SystemUnit: { Software: { DisplayName: given.software ?? software } },
          ...given.status,
        },
      };
      devices.set(uuid, device);
      return device;
    },
  };
};
