import type { Change } from "../spaces/space.ts";
import { webexIdText } from "../webex-id.ts";

/** A webhook as it is stored. */
export interface Webhook {
  readonly uuid: string;
  readonly resource: Change["resource"] | "all";
  readonly event: Change["type"] | "all";
  readonly filter: string | undefined;
  /** `org` sees every space that the organisation owns, `creator` those of the creator. */
  readonly ownedBy: "creator" | "org";
  readonly creatorUuid: string;
  readonly isBot: boolean;
  readonly orgId: string;
  readonly createdAt: number;
  name: string;
  targetUrl: string;
  secret: string | undefined;
  status: "active" | "inactive";
  /** Times of the failures of the last five minutes. */
  failures: number[];
  /** When failures disabled it; undefined before the first time. */
  disabledAt: number | undefined;
}

/** What a filter may name, by resource. */
export const filterNames: Readonly<Record<Webhook["resource"], readonly string[]>> = {
  messages: [
    "roomId",
    "roomType",
    "personId",
    "personEmail",
    "mentionedPeople",
    "hasFiles",
    "hasAttachments",
  ],
  memberships: ["roomId", "personId", "personEmail", "isModerator"],
  rooms: ["type", "isLocked"],
  all: [],
};

/** The webhook as GET /webhooks shows it. */
export const webhookBody = (hook: Webhook): Record<string, unknown> => ({
  id: webexIdText("WEBHOOK", hook.uuid),
  name: hook.name,
  targetUrl: hook.targetUrl,
  resource: hook.resource,
  event: hook.event,
  ...(hook.filter !== undefined && { filter: hook.filter }),
  ...(hook.secret !== undefined && { secret: hook.secret }),
  status: hook.status,
  created: new Date(hook.createdAt).toISOString(),
  ownedBy: hook.ownedBy,
});

/** What is encrypted at Webex and never stands in a delivery. */
const encrypted = new Set(["text", "markdown", "html", "title", "description"]);

const valueOf = (data: Readonly<Record<string, unknown>>, name: string): string => {
  if (name === "hasFiles") return String(data["files"] !== undefined);
  if (name === "hasAttachments") return String(data["attachments"] !== undefined);
  return String(data[name]);
};

const fits = (hook: Webhook, data: Readonly<Record<string, unknown>>): boolean =>
  [...new URLSearchParams(hook.filter ?? "")].every(([name, wanted]) => {
    if (name !== "mentionedPeople") return valueOf(data, name).toLowerCase() === wanted.toLowerCase();
    const id = wanted === "me" ? webexIdText("PEOPLE", hook.creatorUuid) : wanted;
    return Array.isArray(data["mentionedPeople"]) && data["mentionedPeople"].includes(id);
  });

/** Bots hear of what mentions them, and of everything in a space of two. */
const reachesBot = (hook: Webhook, change: Change): boolean =>
  change.resource !== "messages" ||
  change.room.type === "direct" ||
  (Array.isArray(change.data["mentionedPeople"]) &&
    change.data["mentionedPeople"].includes(webexIdText("PEOPLE", hook.creatorUuid)));

/** Whether the webhook is told of the change. */
export const wants = (hook: Webhook, change: Change): boolean =>
  hook.status === "active" &&
  (hook.resource === "all" || hook.resource === change.resource) &&
  (hook.event === "all" || hook.event === change.type) &&
  (hook.ownedBy === "org"
    ? change.room.ownerOrg === hook.orgId
    : change.memberUuids.includes(hook.creatorUuid)) &&
  // Nobody is told of the end of a space of two.
  !(change.resource === "memberships" && change.type === "deleted" && change.room.type === "direct") &&
  (!hook.isBot || reachesBot(hook, change)) &&
  fits(hook, change.data);

/** The body of a delivery, as the bytes that are signed and sent. */
export const deliveryBody = (hook: Webhook, change: Change): Buffer =>
  Buffer.from(
    JSON.stringify({
      id: webexIdText("WEBHOOK", hook.uuid),
      name: hook.name,
      targetUrl: hook.targetUrl,
      resource: change.resource,
      event: change.type,
      filter: hook.filter ?? null,
      orgId: webexIdText("ORGANIZATION", hook.orgId),
      createdBy: webexIdText("PEOPLE", hook.creatorUuid),
      appId: webexIdText("APPLICATION", hook.creatorUuid),
      ownedBy: hook.ownedBy,
      status: hook.status,
      created: new Date(hook.createdAt).toISOString(),
      actorId: webexIdText("PEOPLE", change.actorUuid),
      data: Object.fromEntries(Object.entries(change.data).filter(([name]) => !encrypted.has(name))),
    }),
  );
