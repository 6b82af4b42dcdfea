import { webexIdText } from "../webex-id.ts";
import type { Booking } from "./bookings.ts";

/** A meeting room, or a desk. */
export interface SimulatedWorkspace {
  readonly uuid: string;
  readonly orgId: string;
  readonly createdAt: number;
  displayName: string;
  capacity: number | undefined;
  type: string | undefined;
  notes: string | undefined;
  hotdeskingStatus: "on" | "off";
  readonly supportedDevices: "collaborationDevices" | "phones";
  calendar: {
    readonly type: string;
    readonly emailAddress?: string | undefined;
    readonly resourceGroupId?: string | undefined;
  };
  readonly sipAddress: string;
}

/** A device in a workspace, or of a person. */
export interface SimulatedDevice {
  readonly uuid: string;
  readonly orgId: string;
  readonly createdAt: number;
  readonly workspaceUuid: string | undefined;
  readonly personUuid: string | undefined;
  displayName: string;
  product: string;
  software: string;
  /** What is not `connected` takes no commands. */
  connectionStatus: "connected" | "disconnected" | "connected_with_issues";
  /** What the device shows on its screen. */
  bookings: readonly Booking[];
  /** Whatever else of its status can be asked for. */
  readonly status: Readonly<Record<string, unknown>>;
}

const iso = (at: number): string => new Date(at).toISOString();

const present = (members: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));

/** The workspace as GET /workspaces shows it. */
export const workspaceBody = (workspace: SimulatedWorkspace): Record<string, unknown> =>
  present({
    id: webexIdText("PLACE", workspace.uuid),
    orgId: webexIdText("ORGANIZATION", workspace.orgId),
    displayName: workspace.displayName,
    capacity: workspace.capacity,
    type: workspace.type,
    sipAddress: workspace.sipAddress,
    created: iso(workspace.createdAt),
    calling: { type: "freeCalling" },
    calendar: present(workspace.calendar),
    notes: workspace.notes,
    hotdeskingStatus: workspace.hotdeskingStatus,
    supportedDevices: workspace.supportedDevices,
    devicePlatform: "cisco",
  });

/** The device as GET /devices shows it. */
export const deviceBody = (device: SimulatedDevice): Record<string, unknown> => {
  const { workspaceUuid, personUuid } = device;
  return present({
    id: webexIdText("DEVICE", device.uuid),
    displayName: device.displayName,
    placeId: workspaceUuid === undefined ? undefined : webexIdText("PLACE", workspaceUuid),
    workspaceId: workspaceUuid === undefined ? undefined : webexIdText("PLACE", workspaceUuid),
    personId: personUuid === undefined ? undefined : webexIdText("PEOPLE", personUuid),
    orgId: webexIdText("ORGANIZATION", device.orgId),
    capabilities: ["xapi"],
    permissions: ["xapi:all"],
    connectionStatus: device.connectionStatus,
    product: device.product,
    type: "roomdesk",
    tags: [],
    software: device.software,
    created: iso(device.createdAt),
    devicePlatform: "cisco",
  });
};
