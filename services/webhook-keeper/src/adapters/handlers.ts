import { signWebhookAddress, type WebexHint, webhookSecretOf } from "@hybrid/contracts";
import { type ActorId, type Clock, type EpochMs, type Handlers, instant } from "@hybrid/kernel";
import {
  keepWebhooks,
  missedEvents,
  spaceOf,
  textOfItem,
  type WantedWebhook,
  type WebexClient,
  type WebexEvent,
} from "@hybrid/webex";
import { hintsMax } from "#domain/numbers";
import type { Call, FeedPlace, Input } from "#domain/state";

/** What the handlers are made of. */
export interface KeeperPorts {
  readonly webex: Pick<
    WebexClient,
    "listWebhooks" | "createWebhook" | "updateWebhook" | "deleteWebhook" | "listEvents"
  >;
  readonly clock: Clock;
  /** Where Webex reaches notification-ingest; a signed address follows it. */
  readonly baseUrl: string;
  /** The newest of the keys that notification-ingest knows. */
  readonly key: Uint8Array;
  /** `org`: messages and spaces of the whole organisation, for a compliance officer's token. */
  readonly ownedBy: "creator" | "org";
}

const resources = ["messages", "memberships", "rooms"] as const;
/** Webex has no webhooks of the whole organisation for memberships. */
const orgWide: ReadonlySet<string> = new Set(["messages", "rooms"]);

const nameOf = (actor: ActorId, resource: string): string => `hybrid-services ${actor} ${resource}`;
const prefixOf = (actor: ActorId): string => `hybrid-services ${actor} `;

const wantedFor = (actor: ActorId, { baseUrl, key, ownedBy }: KeeperPorts): readonly WantedWebhook[] =>
  resources.map((resource) => ({
    name: nameOf(actor, resource),
    targetUrl: `${baseUrl}/${signWebhookAddress(actor, key)}`,
    resource,
    event: "all",
    secret: webhookSecretOf(actor, key),
    ownedBy: orgWide.has(resource) ? ownedBy : "creator",
  }));

const hintOf = (event: WebexEvent, receivedAt: EpochMs): WebexHint => ({
  webhookId: "events-feed",
  resource: event.resource,
  event: event.type,
  itemId: textOfItem(event.data, "id") ?? event.id,
  roomId: spaceOf(event).roomId,
  personId: textOfItem(event.data, "personId"),
  actorId: event.actorId ?? null,
  orgId: event.orgId ?? null,
  occurrence: `events-feed ${event.id}`,
  receivedAt,
});

interface Entry extends FeedPlace {
  readonly event: WebexEvent;
}

const inOrder = (a: FeedPlace, b: FeedPlace): number =>
  a.at - b.at || (a.eventId < b.eventId ? -1 : Number(a.eventId > b.eventId));

/** Keeps the first ones of everything that comes, in order, so that memory has a bound. */
const firstOf = (entries: readonly Entry[], more: readonly Entry[]): readonly Entry[] =>
  [...entries, ...more].sort(inOrder).slice(0, hintsMax);

/** Carries out the service's calls: translates, never decides. */
export const keeperHandlers = (ports: KeeperPorts): Handlers<Call, Input> => ({
  keepWebhooks: async ({ look, isWanted, memory }, { actor, signal }) => {
    const now = ports.clock.now();
    const wanted = isWanted ? wantedFor(actor, ports) : [];
    const kept = await keepWebhooks(ports.webex, { wanted, prefix: prefixOf(actor), memory, now }, signal);
    const repaired = kept.repaired.map(({ name, missedSince }) => ({
      resource: name.slice(prefixOf(actor).length),
      missedSince,
    }));
    return { kind: "webhooksKept", look, memory: kept.memory, waiting: kept.waiting, repaired };
  },
  readMissed: async ({ stretch }, { signal }) => {
    const { resource, place, to } = stretch;
    const from = place?.at ?? stretch.from;
    let found: readonly Entry[] = [];
    let count = 0;
    for await (const page of missedEvents(ports.webex, { from, to, resources: [resource] }, signal)) {
      const fresh = page
        .map((event) => ({ at: instant(Date.parse(event.created)), eventId: event.id, event }))
        .filter((entry) => place === null || inOrder(entry, place) > 0);
      count += fresh.length;
      found = firstOf(found, fresh);
    }
    const last = found.at(-1);
    const isMore = last !== undefined && count > found.length;
    const receivedAt = ports.clock.now();
    return {
      kind: "missedRead",
      hints: found.map(({ event }) => ({
        roomUuid: spaceOf(event).roomUuid,
        hint: hintOf(event, receivedAt),
      })),
      place: isMore ? { at: last.at, eventId: last.eventId } : null,
    };
  },
});
