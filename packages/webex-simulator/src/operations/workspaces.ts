import { z } from "zod";
import { WebexFault } from "../answers.ts";
import { type SimulatedWorkspace, workspaceBody } from "../devices/device.ts";
import type { Parts } from "../parts.ts";
import { uuidOfId } from "../webex-id.ts";
import { type Caller, type Operation, offsetPageOf, offsetPaging, operation } from "./operation.ts";

const readers = ["spark-admin:workspaces_read"];
const writers = ["spark-admin:workspaces_write"];
const sizeMax = 1_000;

const types = ["notSet", "focus", "huddle", "meetingRoom", "open", "desk", "other"] as const;

/** What a workspace is made with. */
export const WorkspaceBody = z.strictObject({
  displayName: z.string().min(1),
  orgId: z.string().optional(),
  capacity: z.number().int().min(0).optional(),
  type: z.enum(types).optional(),
  calendar: z
    .strictObject({
      type: z.enum(["none", "google", "microsoft"]),
      emailAddress: z.string().optional(),
      /** On-premises connectors alone have one. */
      resourceGroupId: z.string().optional(),
    })
    .refine(({ type, emailAddress }) => (type === "none") === (emailAddress === undefined), {
      message: "an emailAddress goes with a calendar, and only with one",
    })
    .optional(),
  notes: z.string().optional(),
  hotdeskingStatus: z.enum(["on", "off"]).default("off"),
  supportedDevices: z.enum(["collaborationDevices", "phones"]).default("collaborationDevices"),
});

/** What of a workspace may change; optional fields that are left out go, a calendar stays. */
export const WorkspaceChange = WorkspaceBody.omit({ orgId: true, supportedDevices: true });

const gaps = [
  "calling",
  "deviceHostedMeetings",
  "floorId",
  "indoorNavigation",
  "locationId",
  "sipAddress",
  "workspaceLocationId",
] as const;

const requireAdmin = (caller: Caller): void => {
  if (!caller.isAdmin) throw new WebexFault(403, "Only an administrator may see and change workspaces.");
};

const workspaceOf = (parts: Parts, caller: Caller, id: string | undefined): SimulatedWorkspace => {
  requireAdmin(caller);
  const workspace = parts.workspaces.get(uuidOfId("PLACE", id ?? ""));
  if (workspace?.orgId !== caller.orgId)
    throw new WebexFault(404, "The requested workspace could not be found.");
  return workspace;
};

const listing = (parts: Parts): Operation =>
  operation({
    method: "GET",
    path: "/v1/workspaces",
    scopes: readers,
    gaps: [
      "calling",
      "customAttribute",
      "deviceHostedMeetingsEnabled",
      "devicePlatform",
      "floorId",
      "healthLevel",
      "includeCapabilities",
      "includeDevices",
      "locationId",
      "orgId",
      "plannedMaintenance",
      "workspaceLocationId",
    ],
    query: {
      displayName: z.string().optional(),
      capacity: z.coerce.number().int().min(-1).optional(),
      type: z.enum(types).optional(),
      supportedDevices: z.enum(["collaborationDevices", "phones"]).optional(),
      calendar: z.enum(["none", "google", "microsoft"]).optional(),
      ...offsetPaging,
    },
    handle: (call) => {
      const { caller, query } = call;
      requireAdmin(caller);
      const isWanted = (workspace: SimulatedWorkspace): boolean =>
        workspace.orgId === caller.orgId &&
        (query.displayName === undefined || workspace.displayName === query.displayName) &&
        (query.capacity === undefined || (workspace.capacity ?? -1) === query.capacity) &&
        (query.type === undefined || (workspace.type ?? "notSet") === query.type) &&
        (query.supportedDevices === undefined || workspace.supportedDevices === query.supportedDevices) &&
        (query.calendar === undefined || workspace.calendar.type === query.calendar);
      const { page, headers } = offsetPageOf(call, [...parts.workspaces.values()].filter(isWanted), sizeMax);
      return { headers, body: { items: page.map(workspaceBody) } };
    },
  });

/** Workspaces, for administrators and service apps. */
export const workspaceOperations = (parts: Parts): Operation[] => [
  listing(parts),
  operation({
    method: "POST",
    path: "/v1/workspaces",
    scopes: writers,
    body: WorkspaceBody,
    gaps,
    handle: ({ caller, body }) => {
      requireAdmin(caller);
      const made = parts.addWorkspace({ ...body, orgId: caller.orgId, calendar: body.calendar });
      return { body: workspaceBody(made) };
    },
  }),
  operation({
    method: "GET",
    path: "/v1/workspaces/:workspaceId",
    scopes: readers,
    gaps: ["includeCapabilities", "includeDevices"],
    handle: ({ caller, params }) => ({
      body: workspaceBody(workspaceOf(parts, caller, params["workspaceId"])),
    }),
  }),
  operation({
    method: "PUT",
    path: "/v1/workspaces/:workspaceId",
    scopes: writers,
    body: WorkspaceChange,
    gaps,
    handle: ({ caller, params, body }) => {
      const workspace = workspaceOf(parts, caller, params["workspaceId"]);
      const { displayName, capacity, type, notes, hotdeskingStatus } = body;
      const calendar = body.calendar ?? workspace.calendar;
      Object.assign(workspace, { displayName, capacity, type, notes, hotdeskingStatus, calendar });
      return { body: workspaceBody(workspace) };
    },
  }),
  operation({
    method: "DELETE",
    path: "/v1/workspaces/:workspaceId",
    scopes: writers,
    handle: ({ caller, params }) => {
      const { uuid } = workspaceOf(parts, caller, params["workspaceId"]);
      parts.workspaces.delete(uuid);
      for (const device of parts.devices.values())
        if (device.workspaceUuid === uuid) parts.devices.delete(device.uuid);
      return { status: 204 };
    },
  }),
];
