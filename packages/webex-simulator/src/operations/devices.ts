import { z } from "zod";
import { WebexFault } from "../answers.ts";
import { runCommand, statusOf } from "../devices/commands.ts";
import { deviceBody, type SimulatedDevice } from "../devices/device.ts";
import type { Parts } from "../parts.ts";
import { uuidOfId } from "../webex-id.ts";
import { type Caller, hasScope, type Operation, offsetPageOf, offsetPaging, operation } from "./operation.ts";

const readers = ["spark:devices_read", "spark-admin:devices_read"];
const sizeMax = 1_000;
const expressionsMax = 10;

/** Administrators see every device of the organisation, everybody else their own. */
const sees = (caller: Caller, device: SimulatedDevice): boolean =>
  device.orgId === caller.orgId && (caller.isAdmin || device.personUuid === caller.uuid);

const deviceOf = (parts: Parts, caller: Caller, id: string | undefined): SimulatedDevice => {
  const device = parts.devices.get(uuidOfId("DEVICE", id ?? ""));
  if (!device || !sees(caller, device)) throw new WebexFault(404, "The device could not be found.");
  return device;
};

/** A device that takes commands now. */
const reachable = (parts: Parts, caller: Caller, id: string | undefined): SimulatedDevice => {
  const device = deviceOf(parts, caller, id);
  if (device.connectionStatus !== "disconnected") return device;
  throw new WebexFault(409, "The device is not connected.");
};

const listing = (parts: Parts): Operation =>
  operation({
    method: "GET",
    path: "/v1/devices",
    scopes: readers,
    gaps: [
      "capability",
      "devicePlatform",
      "errorCode",
      "locationId",
      "mac",
      "orgId",
      "permission",
      "plannedMaintenance",
      "serial",
      "software",
      "tag",
      "type",
      "upgradeChannel",
      "workspaceLocationId",
    ],
    query: {
      displayName: z.string().optional(),
      personId: z.string().optional(),
      workspaceId: z.string().optional(),
      connectionStatus: z.string().optional(),
      product: z.string().optional(),
      ...offsetPaging,
    },
    handle: (call) => {
      const { caller, query } = call;
      if (caller.isAdmin && !hasScope(caller, ["spark-admin:devices_read"]))
        throw new WebexFault(403, "An administrator needs the scope spark-admin:devices_read.");
      const isWanted = (device: SimulatedDevice): boolean =>
        sees(caller, device) &&
        (query.displayName === undefined || device.displayName === query.displayName) &&
        (query.personId === undefined || device.personUuid === uuidOfId("PEOPLE", query.personId)) &&
        (query.workspaceId === undefined || device.workspaceUuid === uuidOfId("PLACE", query.workspaceId)) &&
        (query.connectionStatus === undefined || device.connectionStatus === query.connectionStatus) &&
        (query.product === undefined || device.product === query.product);
      const { page, headers } = offsetPageOf(call, [...parts.devices.values()].filter(isWanted), sizeMax);
      return { headers, body: { items: page.map(deviceBody) } };
    },
  });

/** Devices, what they show of themselves, and commands to them. */
export const deviceOperations = (parts: Parts): Operation[] => [
  listing(parts),
  operation({
    method: "GET",
    path: "/v1/devices/:deviceId",
    scopes: readers,
    gaps: ["orgId"],
    handle: ({ caller, params }) => ({ body: deviceBody(deviceOf(parts, caller, params["deviceId"])) }),
  }),
  operation({
    method: "GET",
    path: "/v1/xapi/status",
    scopes: ["spark:xapi_statuses"],
    query: {
      deviceId: z.string(),
      name: z
        .union([z.string().min(1), z.array(z.string().min(1))])
        .transform((names) => (typeof names === "string" ? names.split(",") : names))
        .refine((names) => names.length <= expressionsMax, `accepts at most ${expressionsMax} expressions`),
    },
    handle: ({ caller, query }) => {
      const device = reachable(parts, caller, query.deviceId);
      const result = statusOf(device, query.name, parts.clock.now());
      return { body: { deviceId: query.deviceId, result } };
    },
  }),
  operation({
    method: "POST",
    path: "/v1/xapi/command/:commandName",
    scopes: ["spark:xapi_commands"],
    body: z.strictObject({
      deviceId: z.string(),
      arguments: z.record(z.string(), z.unknown()).optional(),
      body: z.union([z.string(), z.record(z.string(), z.unknown())]).optional(),
    }),
    handle: ({ caller, params, body }) => {
      const device = reachable(parts, caller, body.deviceId);
      const input = { arguments: body.arguments, body: body.body };
      const result = runCommand(device, params["commandName"] ?? "", input, parts.clock.now());
      return {
        body: { deviceId: body.deviceId, ...(body.arguments && { arguments: body.arguments }), result },
      };
    },
  }),
];
