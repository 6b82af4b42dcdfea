import { z } from "zod";
import { WebexFault } from "../answers.ts";
import type { Parts } from "../parts.ts";
import { uuidOfId } from "../webex-id.ts";
import { filterNames, type Webhook, webhookBody } from "../webhooks/webhook.ts";
import { type Caller, type Operation, operation, pageOf, paging } from "./operation.ts";

const sizeMax = 1_000;
const scopes = [
  "spark:webhooks_read",
  "spark:messages_read",
  "spark:rooms_read",
  "spark:memberships_read",
  "spark-compliance:webhooks_read",
  "spark:all",
];
const writers = [
  "spark:webhooks_write",
  "spark:messages_read",
  "spark:rooms_read",
  "spark:memberships_read",
  "spark-compliance:webhooks_write",
  "spark:all",
];

const target = z.url({ protocol: /^https?$/ });

const simulated = ["messages", "memberships", "rooms", "all"] as const;

/** Resources that Webex has webhooks for and that never happen here. */
const otherResources = [
  "attachmentActions",
  "dataSources",
  "meetings",
  "recordings",
  "convergedRecordings",
  "meetingParticipants",
  "meetingTranscripts",
  "telephony_calls",
  "telephony_conference",
  "telephony_mwi",
  "uc_counters",
  "serviceApp",
  "adminBatchJobs",
] as const;

/** What a webhook is created with. */
export const WebhookBody = z.strictObject({
  name: z.string().min(1),
  targetUrl: target,
  resource: z.enum([...simulated, ...otherResources]),
  event: z.enum(["created", "updated", "deleted", "all", "started", "ended", "joined", "left", "migrated"]),
  filter: z.string().optional(),
  secret: z.string().optional(),
  ownedBy: z.enum(["creator", "org"]).default("creator"),
});

/** What of a webhook may change. */
export const WebhookChange = z.strictObject({
  name: z.string().min(1),
  targetUrl: target,
  secret: z.string().optional(),
  ownedBy: z.enum(["creator", "org"]).optional(),
  status: z.enum(["active", "inactive"]).optional(),
});

type NewWebhook = Pick<Webhook, "resource" | "event">;

const gap = (what: string): WebexFault =>
  new WebexFault(501, `Webhooks for ${what} are not simulated.`, ["SimulatorNotImplemented"]);

const subjectOf = (body: z.infer<typeof WebhookBody>): NewWebhook => {
  const resource = simulated.find((name) => name === body.resource);
  const events = [
    "created",
    "updated",
    "deleted",
    "all",
    ...(resource === "rooms" ? ["migrated" as const] : []),
  ];
  const event = (events as readonly Webhook["event"][]).find((name) => name === body.event);
  if (!resource) throw gap(body.resource);
  if (!event) throw gap(`${body.resource} ${body.event}`);
  const names = [...new URLSearchParams(body.filter ?? "").keys()];
  const stray = names.find((name) => !filterNames[resource].includes(name));
  if (stray !== undefined) throw new WebexFault(400, `The filter '${stray}' is not one of ${resource}.`);
  return { resource, event };
};

const requireOrgWide = (parts: Parts, caller: Caller, subject: NewWebhook, filter: string | undefined) => {
  if (!caller.isOfficer)
    throw new WebexFault(403, "Only a compliance officer may have webhooks for the organization.");
  if (subject.resource !== "messages" && subject.resource !== "rooms")
    throw new WebexFault(400, `ownedBy cannot be org for ${subject.resource}.`);
  const hasOne = [...parts.webhooks.all.values()].some(
    (hook) =>
      hook.ownedBy === "org" &&
      hook.orgId === caller.orgId &&
      hook.resource === subject.resource &&
      hook.filter === filter,
  );
  if (hasOne) throw new WebexFault(409, "The organization has a webhook for this resource and filter.");
};

const creation = (parts: Parts): Operation =>
  operation({
    method: "POST",
    path: "/v1/webhooks",
    scopes: writers,
    body: WebhookBody,
    handle: ({ caller, body }) => {
      const subject = subjectOf(body);
      if (body.ownedBy === "org") requireOrgWide(parts, caller, subject, body.filter);
      const hook: Webhook = {
        ...subject,
        uuid: parts.newUuid("webhook"),
        name: body.name,
        targetUrl: body.targetUrl,
        filter: body.filter,
        secret: body.secret,
        ownedBy: body.ownedBy,
        creatorUuid: caller.uuid,
        isBot: caller.person?.type === "bot",
        orgId: caller.orgId,
        createdAt: parts.clock.now(),
        status: "active",
        failures: [],
        disabledAt: undefined,
      };
      parts.webhooks.all.set(hook.uuid, hook);
      return { body: webhookBody(hook) };
    },
  });

const hookOf = (parts: Parts, caller: Caller, params: Readonly<Record<string, string>>): Webhook => {
  const hook = parts.webhooks.all.get(uuidOfId("WEBHOOK", params["webhookId"] ?? ""));
  if (hook?.creatorUuid !== caller.uuid)
    throw new WebexFault(404, "The requested webhook could not be found.");
  return hook;
};

/** Webhooks of the caller: created, listed, changed (also enabled again), deleted. */
export const webhookOperations = (parts: Parts): Operation[] => [
  creation(parts),
  operation({
    method: "GET",
    path: "/v1/webhooks",
    scopes,
    query: { ownedBy: z.enum(["creator", "org"]).optional(), ...paging(100) },
    handle: (call) => {
      const { ownedBy } = call.query;
      const found = [...parts.webhooks.all.values()].filter(
        (hook) =>
          hook.creatorUuid === call.caller.uuid && (ownedBy === undefined || hook.ownedBy === ownedBy),
      );
      const { page, headers } = pageOf(call, found, (hook) => hook.uuid, sizeMax);
      return { headers, body: { items: page.map(webhookBody) } };
    },
  }),
  operation({
    method: "GET",
    path: "/v1/webhooks/:webhookId",
    scopes,
    handle: ({ caller, params }) => ({ body: webhookBody(hookOf(parts, caller, params)) }),
  }),
  operation({
    method: "PUT",
    path: "/v1/webhooks/:webhookId",
    scopes: writers,
    body: WebhookChange,
    handle: ({ caller, params, body }) => {
      const hook = hookOf(parts, caller, params);
      if (body.ownedBy !== undefined && body.ownedBy !== hook.ownedBy)
        throw new WebexFault(400, "ownedBy of a webhook cannot change.");
      hook.name = body.name;
      hook.targetUrl = body.targetUrl;
      hook.secret = body.secret ?? hook.secret;
      if (body.status === "active" && hook.status === "inactive") hook.failures = [];
      hook.status = body.status ?? hook.status;
      return { body: webhookBody(hook) };
    },
  }),
  operation({
    method: "DELETE",
    path: "/v1/webhooks/:webhookId",
    scopes: writers,
    handle: ({ caller, params }) => {
      parts.webhooks.all.delete(hookOf(parts, caller, params).uuid);
      return { status: 204 };
    },
  }),
];
