import type { MeetingRulesOf } from "@hybrid/address-rules";
import type { Meeting } from "@hybrid/contracts";
import { type Clock, type Handlers, orgOf, ProviderError } from "@hybrid/kernel";
import type { CompiledRules } from "@hybrid/meeting-links";
import type { Call, Input, PageRead } from "#domain/list-state";
import { meetingOf } from "./meeting-of-event.ts";
import type { CalendarPort } from "./ports.ts";

/** An outcome may have 64 KiB; the page is read again for what does not fit. */
const bytesMax = 48 * 1_024;

const utf8Bytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

/** Reads one page of a calendar into facts; no body and no address of who is invited leaves this function. */
export const readPage = async (
  { calendar, rules }: { readonly calendar: CalendarPort; readonly rules: CompiledRules },
  { mailbox, page, roundStartedAt }: Call,
  signal: AbortSignal,
): Promise<PageRead> => {
  const from = page.kind === "link" ? { link: page.link } : { window: page.window };
  const { events, nextLink } = await calendar.view({ ...mailbox, from, signal });
  if (page.kind === "link" && nextLink === page.link)
    throw new ProviderError(
      "Graph answered calendarView with a nextLink that leads to the same page again, which would never end",
      { code: "unexpected", retryable: false },
    );
  const meetings: Meeting[] = [];
  const unread: string[] = [];
  let bytes = 0;
  let skip = page.skip;
  for (const event of events.slice(page.skip)) {
    const meeting = meetingOf(event, rules);
    bytes += utf8Bytes(meeting ?? event.id);
    if (bytes > bytesMax && skip > page.skip)
      return { kind: "pageRead", roundStartedAt, meetings, unread, next: { kind: "rest", skip } };
    if (meeting) meetings.push(meeting);
    else unread.push(event.id);
    skip++;
  }
  const next = nextLink === null ? ({ kind: "end" } as const) : ({ kind: "page", link: nextLink } as const);
  return { kind: "pageRead", roundStartedAt, meetings, unread, next };
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
