import { days, type EpochMs, ProviderError, plus } from "@hybrid/kernel";
import { removeBlock } from "#domain/body-editor";
import { decorationOf, decorationPropertyId, oursOf } from "./invitation.ts";
import type { DeltaEvent, EventsPort } from "./ports.ts";

/** Whose future invitations are freed of what was written into them. */
export interface TakeOut {
  readonly tenantId: string;
  readonly userObjectId: string;
  readonly now: EpochMs;
  /** The deadline of one call. */
  readonly signal: () => AbortSignal;
}

/** What became of a mailbox's invitations. */
export interface TakenOut {
  /** Invitations and series that were looked at. */
  readonly looked: number;
  readonly freed: number;
  /** That changed under our hands every time; a repetition finds them. */
  readonly left: number;
}

/** A year ahead: nothing of ours was written further. */
const aheadMs = days(366);
const pageSize = 50;
const attemptsMax = 4;

const idOf = (event: DeltaEvent): string | null => {
  if (event.kind === "removed") return null;
  if (event.kind === "occurrence") return event.seriesMasterId;
  return event.kind === "event" ? event.event.id : event.id;
};

async function* futureIds(events: EventsPort, { now, signal, ...mailbox }: TakeOut): AsyncGenerator<string> {
  const known = new Set<string>();
  let from: Parameters<EventsPort["delta"]>[0]["from"] | null = {
    window: { startsAt: now, endsAt: plus(now, aheadMs) },
  };
  while (from !== null) {
    const page = await events.delta({ ...mailbox, from, pageSize, signal: signal() });
    for (const event of page.events) {
      const id = idOf(event);
      if (id === null || known.has(id)) continue;
      known.add(id);
      yield id;
    }
    from = page.nextLink === null ? null : { link: page.nextLink };
  }
}

/** Frees one invitation: whether something of ours was in it. */
const freeOne = async (
  events: EventsPort,
  { signal, tenantId, userObjectId }: TakeOut,
  eventId: string,
): Promise<boolean> => {
  const address = { tenantId, userObjectId, eventId };
  const get = { ...address, expandProperty: decorationPropertyId, signal: signal() };
  const { etag, body, ...event } = await events.get(get);
  const ours = oursOf(decorationOf(event), undefined);
  if (ours === null) return false;
  const content = removeBlock(body.content, ours);
  const extendedProperty = { id: decorationPropertyId, value: null };
  const edited = { contentType: "html", content } as const;
  await events.update({ ...address, etag, body: edited, extendedProperty, signal: signal() });
  return true;
};

/**
 * Takes our blocks, and the property that says that they are ours, out of a mailbox's future invitations; a
 * series is one, its past occurrences change with it. What people wrote stays. Never writes past a change of
 * somebody else (If-Match). May be repeated. Rejects with ProviderError.
 */
export const takeOutDetails = async (events: EventsPort, order: TakeOut): Promise<TakenOut> => {
  let [looked, freed, left] = [0, 0, 0];
  for await (const eventId of futureIds(events, order)) {
    looked++;
    for (let attempt = 1; ; attempt++)
      try {
        if (await freeOne(events, order, eventId)) freed++;
        break;
      } catch (error) {
        if (!(error instanceof ProviderError)) throw error;
        if (error.code === "notFound") break;
        if (error.code !== "preconditionFailed") throw error;
        if (attempt < attemptsMax) continue;
        left++;
        break;
      }
  }
  return { looked, freed, left };
};
