import { createHash } from "node:crypto";
import { type EpochMs, instant, type OrgId } from "@hybrid/kernel";
import { occurrencesIn } from "@hybrid/recurrence";
import { removeBlock } from "#domain/body-editor";
import { parseHtml, textOf } from "#domain/html-tree";
import { joinSettingsOf } from "#domain/join-style";
import { type Language, wordsOf } from "#domain/languages/catalogue";
import type { Mailbox } from "#domain/mailbox-state";
import type { Ours } from "#domain/ownership";
import { seriesOf, startOf } from "./event-times.ts";
import type { EventModel, MeetingOrder, SpaceOrder } from "./ports.ts";
import { webexRecurrence } from "./webex-recurrence.ts";

/** Bounds of Webex: a title, an agenda, a meeting's length. */
const titleMax = 128;
const agendaMax = 1_300;
const shortestMs = 10 * 60_000;
const longestMs = (23 * 60 + 59) * 60_000;
/** A meeting cannot begin in the past; one that is going on begins in a minute. */
const soonMs = 60_000;
const dayMs = 86_400_000;

/** What of an event a meeting or a space is made of. */
export interface Wanted {
  readonly org: OrgId;
  readonly mailbox: Mailbox;
  readonly event: EventModel;
  readonly language: Language;
  /** What of the body is ours, and so no agenda. */
  readonly ours: Ours | null;
  readonly known: {
    readonly meetingId: string | null;
    readonly roomId: string | null;
    /** Who was added to the space, as `KnownMeeting.invited`. */
    readonly invited: string | null;
  };
  readonly follow: boolean;
  readonly now: EpochMs;
}

/** The meeting that an event wants; or why Webex cannot make one. */
export type OrderOrFault =
  | { readonly order: MeetingOrder; readonly fault: null }
  | { readonly order: null; readonly fault: "tooLong" | "recurrence" };

const keyOf = (...parts: readonly string[]): string =>
  `hybrid-${createHash("sha256").update(parts.join("\n")).digest("hex").slice(0, 40)}`;

const oneLine = (text: string): string => text.replace(/[\p{Cc}\s]+/gu, " ").trim();

const isPrivate = ({ sensitivity }: EventModel): boolean =>
  sensitivity === "private" || sensitivity === "confidential";

/** A subject that is nobody else's business is not told to Webex. */
export const titleOf = (event: EventModel, language: Language): string => {
  const words = wordsOf(language);
  if (isPrivate(event)) return words.privateMeeting;
  return oneLine(event.subject).slice(0, titleMax).toWellFormed() || words.untitled;
};

/** The words of the invitation, without what we wrote. */
const agendaOf = (event: EventModel, ours: Ours | null): string => {
  if (isPrivate(event)) return "";
  const { contentType, content } = event.body;
  const document = contentType === "html" ? parseHtml(removeBlock(content, ours)) : null;
  const text = document ? textOf(document, 20_000) : contentType === "text" ? content : "";
  return oneLine(text).slice(0, agendaMax).toWellFormed();
};

/** The event's next time that is not over, as far as there is one within two years. */
const nextTime = (event: EventModel, now: EpochMs): { readonly startAt: number; readonly endAt: number } => {
  const own = startOf(event);
  const series = seriesOf(event);
  if (!series) return own;
  const window = { fromMs: now, untilMs: now + 731 * dayMs };
  return occurrencesIn(series, window, 1).occurrences[0] ?? own;
};

/** What meeting an event wants of Webex. */
export const meetingOrderOf = (wanted: Wanted): OrderOrFault => {
  const { org, mailbox, event, language, known, follow, now } = wanted;
  const series = seriesOf(event);
  const recurrence = series ? webexRecurrence(series.recurrence) : null;
  if (series && recurrence === null) return { order: null, fault: "recurrence" };
  const { startAt, endAt } = nextTime(event, now);
  if (endAt - startAt > longestMs) return { order: null, fault: "tooLong" };
  const isPlanned = (at: EpochMs): boolean =>
    series
      ? occurrencesIn(series, { fromMs: at, untilMs: at + 1 }, 2).occurrences.some(
          (each) => each.startAt === at,
        )
      : startOf(event).startAt === at || (startAt < now && at >= startAt && at < endAt);
  const begin = Math.max(startAt, now + soonMs);
  const order: MeetingOrder = {
    org,
    userEmail: mailbox.mailAddress,
    site: joinSettingsOf(mailbox.settings).site,
    key: keyOf(org, mailbox.objectId, event.id),
    knownMeetingId: known.meetingId,
    follow,
    title: titleOf(event, language),
    agenda: agendaOf(event, wanted.ours),
    startAt: instant(begin),
    endAt: instant(
      begin === startAt ? Math.max(endAt, startAt + shortestMs) : Math.max(endAt, begin + shortestMs),
    ),
    isPlanned,
    zone: series?.zone ?? startOf(event).zone,
    recurrence,
  };
  return { order, fault: null };
};

/** A subject is somebody's words: none of its signs may become markup of Webex. */
export const asMarkdownText = (text: string): string => text.replace(/[\\`*_{}[\]()#+\-.!<>|~@&]/g, "\\$&");

const cardOf = (event: EventModel, order: MeetingOrder, language: Language): string | null => {
  if (isPrivate(event)) return null;
  const when = new Intl.DateTimeFormat(language, {
    dateStyle: "full",
    timeStyle: "short",
    timeZone: order.zone,
  }).format(order.startAt);
  return [
    `**${asMarkdownText(order.title)}**`,
    asMarkdownText(`${when} (${order.zone})`),
    wordsOf(language).card,
  ].join("\n\n");
};

/**
 * What space an event wants. Two people who meet have one space for all their meetings; Webex's own space of
 * two is closed to anybody else, also to the account of a service.
 */
export const spaceOrderOf = (
  wanted: Wanted,
): { readonly order: SpaceOrder } | { readonly order: null; readonly fault: "tooLong" | "recurrence" } => {
  const made = meetingOrderOf(wanted);
  if (made.order === null) return made;
  const { order } = made;
  const { org, mailbox, event, language, known } = wanted;
  const own = mailbox.mailAddress.toLowerCase();
  const people = event.attendees
    .filter(({ isResource }) => !isResource)
    .map(({ address }) => address.toLowerCase());
  const members = [...new Set(people)].filter((address) => address !== own);
  const [only, ...others] = members;
  const pair = only !== undefined && others.length === 0 ? [own, only].toSorted() : null;
  const ownRoomKey = keyOf(org, mailbox.objectId, event.id, "space");
  return {
    order: {
      ...order,
      knownRoomId: known.roomId,
      roomKey: pair ? keyOf(org, "pair", ...pair) : ownRoomKey,
      ownRoomKey,
      invited: known.invited,
      roomTitle: order.title,
      members,
      card: cardOf(event, order, language),
    },
  };
};
