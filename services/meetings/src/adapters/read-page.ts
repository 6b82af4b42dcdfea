import type { MeetingRulesOf } from "@hybrid/address-rules";
import type { Meeting } from "@hybrid/contracts";
import { type Clock, type Handlers, orgOf, ProviderError } from "@hybrid/kernel";
import type { CompiledRules } from "@hybrid/meeting-links";
import { digestOf } from "#domain/after-page";
import type { Call, Input, PageRead } from "#domain/list-state";
import { meetingOf } from "./meeting-of-event.ts";
import type { CalendarPort } from "./ports.ts";

/** An outcome may have 64 KiB; the page is read again for what does not fit. */
const bytesMax = 48 * 1_024;
const digestBytes = 20;

/** Reads one page of a calendar into facts; no body and no address of who is invited leaves this function. */
export const readPage = async (
  { calendar, rules }: { readonly calendar: CalendarPort; readonly rules: CompiledRules },
  { mailbox, page, roundStartedAt, known }: Call,
  signal: AbortSignal,
): Promise<PageRead> => {
  const from = page.kind === "link" ? { link: page.link } : { window: page.window };
  const { events, nextLink } = await calendar.view({ ...mailbox, from, signal });
  if (page.kind === "link" && nextLink === page.link)
    throw new ProviderError(
      "Graph answered calendarView with a nextLink that leads to the same page again, which would never end",
      { code: "unexpected", retryable: false },
    );
  const listed = new Set(known);
  const meetings: Meeting[] = [];
  const unchanged: string[] = [];
  const unread: string[] = [];
  const read = (next: PageRead["next"]): PageRead => {
    return { kind: "pageRead", roundStartedAt, meetings, unchanged, unread, next };
  };
  let bytes = 0;
  let skip = page.skip;
  for (const event of events.slice(page.skip)) {
    const meeting = meetingOf(event, rules);
    const json = JSON.stringify(meeting ?? event.id);
    const digest = meeting && digestOf(json);
    const isListed = digest !== null && listed.has(digest);
    bytes += isListed ? digestBytes : Buffer.byteLength(json);
    if (bytes > bytesMax && skip > page.skip) return read({ kind: "rest", skip });
    if (isListed) unchanged.push(digest);
    else if (meeting) meetings.push(meeting);
    else unread.push(event.id);
    skip++;
  }
  return read(nextLink === null ? { kind: "end" } : { kind: "page", link: nextLink });
};

/** What carries out the calls of the lists. */
export interface ListPorts {
  readonly calendar: CalendarPort;
  readonly rulesOf: MeetingRulesOf;
  readonly clock: Clock;
  /** Told how long it took from a change to the list that has it: it is written with what was read. */
  readonly onListed: (ms: number) => void;
}

/** Carries out the calls of the lists. */
export const meetingsHandlers = ({
  calendar,
  rulesOf,
  clock,
  onListed,
}: ListPorts): Handlers<Call, Input> => ({
  readPage: async (order, { actor, signal }) => {
    const { all: rules } = await rulesOf(orgOf(actor), signal);
    const read = await readPage({ calendar, rules }, order, signal);
    if (order.changedAt !== null && read.next.kind === "end") onListed(clock.now() - order.changedAt);
    return read;
  },
});
