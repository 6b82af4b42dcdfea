import { instant } from "@hybrid/kernel";
import type { WebexEvent } from "@hybrid/webex";
import type { Call, Input } from "#domain/inputs";
import type { WebexPorts } from "./ports.ts";
import { uuidOf } from "./webex-ids.ts";

type Order<Kind extends Call["kind"]> = Extract<Call, { readonly kind: Kind }>;
type Noticed = Extract<Input, { readonly kind: "feedRead" }>["events"][number];

/** Events of one answer: what an outcome may hold. */
const eventsMax = 200;
/** Events of one reading at all; what lies beyond is read with the next one. */
const readingMax = 20_000;
const teamsMax = 400;

const changes = new Set(["created", "updated", "deleted"]);

const noticedOf = ({ id, type, created, data }: WebexEvent): Noticed | null => {
  const text = (name: string): string | undefined => {
    const value = data[name];
    return typeof value === "string" ? value : undefined;
  };
  const [roomUuid, personUuid] = [uuidOf(text("roomId")), uuidOf(text("personId"))];
  if (!changes.has(type) || roomUuid === undefined || personUuid === undefined) return null;
  return {
    eventId: id,
    change: type as Noticed["change"],
    roomUuid,
    personUuid,
    isModerator: data["isModerator"] === true,
    at: instant(Date.parse(created)),
  };
};

/** Memberships of the organisation between two moments, oldest first. */
export const readFeed = async (
  webex: WebexPorts,
  { number, from, to, after }: Order<"readFeed">,
  signal: AbortSignal,
): Promise<Input> => {
  const [start, end] = [from, to].map((at) => new Date(at).toISOString());
  const read: Noticed[] = [];
  const filter = { resource: "memberships", from: start, to: end, max: 1_000 };
  for await (const { items } of webex.listEvents(filter, signal)) {
    read.push(...items.flatMap((event) => noticedOf(event) ?? []));
    if (read.length > readingMax) break;
  }
  // Pages come newest first, or not: only the whole of them has an order. Of one moment there may be more
  // than an answer may hold, so the order goes by id as well.
  const sorted = read.sort((a, b) => a.at - b.at || (a.eventId < b.eventId ? -1 : 1));
  const rest = sorted.slice(after === null ? 0 : sorted.findIndex(({ eventId }) => eventId === after) + 1);
  const events = rest.slice(0, eventsMax);
  const isPartial = rest.length > events.length;
  const until = isPartial ? (events.at(-1)?.at ?? to) : to;
  return { kind: "feedRead", number, events, until, isPartial };
};

/** Teams that the account is in, by id; a compliance officer finds the others by their events. */
export const listTeams = async (
  webex: WebexPorts,
  { number, after }: Order<"listTeams">,
  signal: AbortSignal,
): Promise<Input> => {
  const all: string[] = [];
  for await (const { items } of webex.listTeams({ max: 1_000 }, signal))
    all.push(...items.flatMap(({ id }) => uuidOf(id) ?? []));
  const left = all.filter((team) => team > after).sort();
  const teams = left.slice(0, teamsMax);
  return {
    kind: "teamsListed",
    number,
    teams,
    next: left.length > teams.length ? (teams.at(-1) ?? null) : null,
  };
};
