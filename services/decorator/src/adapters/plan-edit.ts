import { unreachable } from "@hybrid/kernel";
import { putBlock, removeBlock } from "#domain/body-editor";
import {
  type Decision,
  decideDecoration,
  decideUnavailable,
  type Invitation,
  inviteesMax,
  type Outcome,
  type RemovalReason,
  type SkipReason,
  spaceMembersMax,
} from "#domain/decide-decoration";
import { joinBlock, type MeetingPlace } from "#domain/join-block";
import { joinSettingsOf, styleOf } from "#domain/join-style";
import { keywordIn } from "#domain/keyword";
import { type Language, languageOf, wordsOf } from "#domain/languages/catalogue";
import type { Mailbox } from "#domain/mailbox-state";
import type { Ours } from "#domain/ownership";
import { textDigest } from "#domain/text-digest";
import { type DecorateEventParts, decoratedBy, type Finished, type Work } from "./decorate-work.ts";
import { endOf } from "./event-times.ts";
import {
  type Decoration,
  decorationOf,
  invitationOf,
  type Judged,
  locationsOf,
  oursOf,
  ownDecorationOf,
} from "./invitation.ts";
import { joinableOf } from "./join-places.ts";
import { asMarkdownText, titleOf } from "./meeting-order.ts";
import type { EventModel } from "./ports.ts";

/** What is to be written: a body, and what our property then says. */
export interface Edit {
  readonly content: string;
  readonly decoration: Decoration | null;
  readonly outcome: Extract<Outcome, { readonly result: "applied" | "refreshed" | "removed" }>;
  /** Who was added to the event's space, as `KnownMeeting.invited`; null without one. */
  readonly invited: string | null;
  /** Tells the organiser, once the event is written, what there is to tell. */
  readonly tell: () => Promise<Told>;
}

/** Whether the organiser was told something now. */
export type Told = { readonly told?: true };

const nothingToTell = async (): Promise<Told> => ({});

/** An event as it stands, and its series when it is an exception that has nothing of its own yet. */
export interface Looked {
  readonly event: EventModel;
  readonly master: EventModel | null;
}

/** What is known of an event beside itself. */
interface Known {
  /** What was written before: into it, or into its series. */
  readonly before: Decoration | null;
  readonly ours: Ours | null;
  readonly invitation: Invitation;
}

const knownOf = ({ event, master }: Looked, { order }: Work, ownRules: Judged["ownRules"]): Known => {
  const before = decorationOf(event) ?? (master && decorationOf(master));
  const ours = oursOf(before, order.knownDigest);
  const { settings } = order.mailbox;
  const isContested = order.contested === true;
  return { before, ours, invitation: invitationOf(event, { settings, ours, isContested, ownRules }) };
};

/** Decides about an event and edits its body; nothing is written here, but meetings and spaces are made. */
export const planEdit = async (
  parts: DecorateEventParts,
  looked: Looked,
  work: Work,
): Promise<Edit | Finished> => {
  const known = knownOf(looked, work, await parts.ownRulesOf(work.org, work.signal));
  const decision = decideDecoration(known.invitation, work.order.mailbox.settings, parts.clock.now());
  switch (decision.kind) {
    case "skip":
      return decision.reason === "tooManyForSpace"
        ? tellTooMany(parts, looked, { ...work, known })
        : skipped(decision.reason);
    case "none":
      return { result: "unchanged", reason: "noKeyword", decorated: null };
    case "remove":
      return planRemoval(looked.event, known, decision.reason);
    case "decorate":
      return planBlock(parts, looked, { ...work, decision, known });
    default:
      return unreachable(decision);
  }
};

const skipped = (reason: SkipReason): Finished => ({ result: "skipped", reason, decorated: null });

/** That a copy of ours cannot be taken out after all leaves the event as if it were not there. */
const planRemoval = (event: EventModel, { ours }: Known, reason: RemovalReason): Edit | Finished => {
  const content = removeBlock(event.body.content, ours);
  if (content !== event.body.content)
    return {
      content,
      decoration: null,
      outcome: { result: "removed", reason },
      invited: null,
      tell: nothingToTell,
    };
  return reason === null ? { result: "unchanged", reason: "noKeyword", decorated: null } : skipped(reason);
};

/** The organiser hears once that a space does not take all of the people. */
const tellTooMany = async (
  parts: DecorateEventParts,
  { event }: Looked,
  { order, org, signal, known }: Work & { readonly known: Known },
): Promise<Finished> => {
  const reason = known.invitation.inviteesCount > inviteesMax ? "tooManyInvitees" : "tooManyForSpace";
  if (order.told === true) return skipped(reason);
  const language = await newLanguage(parts, order.mailbox, signal);
  const text = wordsOf(language)
    .tooManyForSpace.replace("{count}", String(event.attendeesCount))
    .replace("{max}", String(spaceMembersMax - 1));
  await parts.webex.tell({ org, userEmail: order.mailbox.mailAddress, text, language }, signal);
  return { ...skipped(reason), told: true };
};

/** The organiser hears once that some who were invited later found no place in the space. */
const tellLeftOut = async (
  { webex }: DecorateEventParts,
  { order, org, signal }: Work,
  {
    leftOut,
    language,
    title,
  }: { readonly leftOut: number; readonly language: Language; readonly title: string },
): Promise<Told> => {
  if (leftOut === 0 || order.told === true) return {};
  const text = wordsOf(language)
    .spaceIsFull.replace("{count}", String(leftOut))
    .replace("{max}", String(spaceMembersMax - 1))
    // A function, because signs such as $& would mean something in a text.
    .replace("{title}", () => asMarkdownText(title));
  await webex.tell({ org, userEmail: order.mailbox.mailAddress, text, language }, signal);
  return { told: true };
};

/** Whether an exception asks for the same as its series: then it is the series' meeting. */
const followsSeries = ({ event, master }: Looked, { settings }: Mailbox): boolean =>
  master !== null &&
  keywordIn(locationsOf(event), settings)?.action === keywordIn(locationsOf(master), settings)?.action;

const planBlock = async (
  parts: DecorateEventParts,
  looked: Looked,
  work: Work & {
    readonly decision: Extract<Decision, { readonly kind: "decorate" }>;
    readonly known: Known;
  },
): Promise<Edit | Finished> => {
  const { order, org, signal, decision, known } = work;
  const { event } = looked;
  const { mailbox } = order;
  const { before, ours, invitation } = known;
  const isThere = invitation.blocks.some((block) => block.hasOurText);
  const kept = decision.language ?? (isThere ? (before?.language ?? null) : null);
  const language = kept ?? (await newLanguage(parts, mailbox, signal));
  const isSeries = followsSeries(looked, mailbox);
  const series = looked.master && decorationOf(looked.master);
  const made = madeBefore(isSeries ? series : ownDecorationOf(event), decision.place);
  // Who was added is remembered of the event itself; an occurrence leaves its series' space alone.
  const wasAdded = isSeries ? null : (order.knownMeeting?.invited ?? null);
  const wanted = {
    org,
    mailbox,
    event,
    language,
    ours,
    known: { ...made, invited: wasAdded },
    follow: !isSeries,
    now: parts.clock.now(),
  };
  const joinable = await joinableOf(parts, decision.place, wanted, signal);
  if ("unavailable" in joinable) {
    const instead = decideUnavailable(invitation, joinable.unavailable);
    return instead.kind === "skip" ? skipped(instead.reason) : planRemoval(event, known, instead.reason);
  }
  const { place, details, meetingId, roomId, invited, leftOut } = joinable;
  const tell = () => tellLeftOut(parts, work, { leftOut, language, title: titleOf(event, language) });
  const block = joinBlock(details, language, styleOf(joinSettingsOf(mailbox.settings), language, place));
  const { html, placed } = putBlock(event.body.content, block, ours);
  if (!placed) return skipped("bodyNotEditable");
  // A meeting of the series is the series' to end.
  const own = isSeries ? { meetingId: null, roomId: null } : { meetingId, roomId };
  const { digest, lines } = block;
  const decoration: Decoration = { digest, language, lines, place, of: textDigest(event.id), ...own };
  if (html === event.body.content)
    return {
      result: "unchanged",
      reason: "current",
      decorated: { ...decoratedBy(decoration, invited), etag: event.etag, endsAt: endOf(event) },
      ...(await tell()),
    };
  const result = isThere ? "refreshed" : "applied";
  return { content: html, decoration, outcome: { result, reason: null }, invited, tell };
};

/** What was made in Webex for the same wish. */
const madeBefore = (before: Decoration | null, place: MeetingPlace) =>
  before?.place === place
    ? { meetingId: before.meetingId, roomId: before.roomId }
    : { meetingId: null, roomId: null };

/** The organisation's language overrides the mailbox's. */
const newLanguage = async (
  { mailboxes, locales }: DecorateEventParts,
  { tenantId, objectId, settings }: Mailbox,
  signal: AbortSignal,
): Promise<Language> => {
  if (settings.language !== null) return languageOf(settings.language);
  const locale = await locales.get(`${tenantId}/${objectId}`, async () => {
    const answer = await mailboxes.getSettings({ tenantId, userObjectId: objectId, signal });
    return answer.locale;
  });
  return languageOf(locale);
};
