import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { z } from "zod";
import {
  Device,
  LinkedFolder,
  Meeting,
  Membership,
  Message,
  Person,
  Room,
  readDelivery,
  ScimUser,
  Team,
  TeamMembership,
  verifySignature,
  WebexEvent,
  Webhook,
  Workspace,
} from "../src/index.ts";

const folder = join(process.env["HYBRID_CONTRACTS_DIR"] ?? "", "webex-examples");
const isHere = process.env["HYBRID_CONTRACTS_DIR"] !== undefined && existsSync(folder);
const read = (name: string): any => JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8"));

const examples: readonly [string, z.ZodType][] = [
  ["people-get-people-me", Person],
  ["people-get-people-personid", Person],
  ["rooms-get-rooms", Room],
  ["rooms-get-rooms-roomid", Room],
  ["guide-partial-failure-kms", Room],
  ["rooms-get-memberships", Membership],
  ["rooms-get-memberships-membershipid", Membership],
  ["teams-get-teams", Team],
  ["teams-get-team-memberships", TeamMembership],
  ["teams-get-team-memberships-membershipid", TeamMembership],
  ["messages-get-messages-messageid", Message],
  ["messages-get-messages-direct", Message],
  ["messages-post-messages", Message],
  ["events-get-events", WebexEvent],
  ["events-get-events-eventid", WebexEvent],
  ["captured-events-all", WebexEvent],
  ["derived-events-memberships-created-via-team-memberships", WebexEvent],
  ["derived-events-memberships-deleted", WebexEvent],
  ["guide-events-messages-created", WebexEvent],
  ["webhooks-get-webhooks", Webhook],
  ["webhooks-post-webhooks", Webhook],
  ["webhooks-put-webhooks-webhookid", Webhook],
  ["devices-workspaces-xapi-get-workspaces", Workspace],
  ["devices-workspaces-xapi-get-workspaces-workspaceid", Workspace],
  ["devices-workspaces-xapi-post-devices", Device],
  ["meetings-get-meetings-meetingid", Meeting],
  ["meetings-get-meetings", Meeting],
  ["meetings-post-meetings", Meeting],
  ["meetings-put-meetings-meetingid", Meeting],
  ["rooms-get-room-linkedfolders-id", LinkedFolder],
  ["rooms-get-room-linkedfolders", LinkedFolder],
  ["rooms-post-room-linkedfolders", LinkedFolder],
  ["rooms-put-room-linkedfolders-id", LinkedFolder],
  ["scim2-post-identity-scim-orgid-v2-users", ScimUser],
];

test.skipIf(!isHere).each(examples)("the published example %s is read", (name, schema) => {
  const { body } = read(name).response;
  const items: readonly any[] = body.items ?? [body];
  expect(items.length).toBeGreaterThan(0);
  for (const item of items) expect(schema.parse(item)).toMatchObject({ id: item.id });
});

test.skipIf(!isHere)("the captured delivery of a webhook carries a signature that is accepted", () => {
  const { request } = read("captured-webhook-messages-created-firehose");
  const rawBody = Buffer.from(request.rawBody);
  const sparkSignature = request.headers["X-Spark-Signature"];
  expect(verifySignature({ rawBody, sparkSignature }, request.secret)).toBe(true);
  expect(verifySignature({ rawBody, sparkSignature }, `${request.secret}x`)).toBe(false);
});

test
  .skipIf(!isHere)
  .each([
    "captured-webhook-messages-created-firehose",
    "captured-webhook-messages-updated-firehose",
    "derived-webhook-memberships-created",
    "derived-webhook-memberships-updated",
    "guide-webhook-messages-created",
  ])("the published delivery %s is read", (name) => {
  const { request } = read(name);
  const rawBody = Buffer.from(request.rawBody ?? JSON.stringify(request.body));
  expect(readDelivery(rawBody)).toMatchObject({ id: request.body.id, data: request.body.data });
});
