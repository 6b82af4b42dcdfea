import type { OrganisationSettings } from "@hybrid/contracts";
import { type CompiledRules, findMeetings } from "@hybrid/meeting-links";
import { RE2JS, RE2JSException } from "re2js";
import { z } from "zod";
import { removeBlock } from "#domain/body-editor";
import { bodyCharactersMax, type Invitation } from "#domain/decide-decoration";
import { blocksIn, mentionsBlock } from "#domain/find-blocks";
import { parseHtml } from "#domain/html-tree";
import type { MeetingPlace } from "#domain/join-block";
import { keywordIn } from "#domain/keyword";
import { type Language, languages } from "#domain/languages/catalogue";
import type { EventSighting } from "#domain/mailbox-state";
import type { Ours } from "#domain/ownership";
import { textDigest } from "#domain/text-digest";
import { bodyHoldsWebexLink, mayHoldWebexLink } from "#domain/webex-links";
import { endOf } from "./event-times.ts";
import type { EventModel } from "./ports.ts";

/**
 * The one extended property of ours: GUID and name are fixed for ever, because every new name uses up a
 * named property of the mailbox.
 */
export const decorationPropertyId = "String {5d1b0a4e-7c86-4f0e-9a53-2f6c1e8b4d97} Name HybridDecoration";

const digest = z.string().min(1).max(64);
const id = z.string().min(1).max(400);
const language = z.enum(languages);
const lines = z.array(digest).max(100);
const nothingMade = { place: "personalRoom", of: null, meetingId: null, roomId: null } as const;
const Decoration = z.union([
  z.object({
    v: z.literal(3),
    digest,
    language,
    lines,
    place: z.enum(["personalRoom", "space", "oneTime"]),
    of: digest,
    meetingId: id.nullable(),
    roomId: id.nullable(),
  }),
  // Written when there were personal rooms only, and before lines were told.
  z.object({ v: z.literal(2), digest, language, lines }).transform((old) => ({ ...old, ...nothingMade })),
  z.object({ v: z.literal(1), digest, language }).transform((old) => ({ ...old, lines: [], ...nothingMade })),
]);

/** What our extended property says about the block that was last written. */
export interface Decoration {
  readonly digest: string;
  readonly language: Language;
  /** Digests of the block's lines, as `JoinBlock` lists them; empty when an older version wrote it. */
  readonly lines: readonly string[];
  readonly place: MeetingPlace;
  /** Digest of the id of the event that it was written into; null when an older version wrote it. */
  readonly of: string | null;
  /** What was made in Webex for the event; null: nothing. */
  readonly meetingId: string | null;
  readonly roomId: string | null;
}

/** Reads our extended property; anything unreadable counts as absent. */
export const decorationOf = ({
  extendedProperty,
}: Pick<EventModel, "extendedProperty">): Decoration | null => {
  if (extendedProperty === null) return null;
  try {
    return Decoration.safeParse(JSON.parse(extendedProperty)).data ?? null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
};

/** What was written into this very event: one that begins to differ takes over what its series says. */
export const ownDecorationOf = (event: EventModel): Decoration | null => {
  const decoration = decorationOf(event);
  return decoration?.of === textDigest(event.id) ? decoration : null;
};

/** The value of the property. What an older release can read is written so that it can. */
export const decorationValue = (decoration: Decoration): string => {
  const { digest, language, lines, place, of, meetingId, roomId } = decoration;
  const isOld = place === "personalRoom" && (language === "en" || language === "sv") && lines.length <= 64;
  return JSON.stringify(
    isOld
      ? { v: 2, digest, language, lines }
      : { v: 3, digest, language, lines, place, of, meetingId, roomId },
  );
};

/**
 * What of the event is provably ours: what the property says, and what is remembered; null when neither is.
 */
export const oursOf = (decoration: Decoration | null, knownDigest: string | undefined): Ours | null => {
  const digests = [decoration?.digest, knownDigest].filter((each) => each !== undefined);
  return digests.length === 0 ? null : { digests, lines: decoration?.lines ?? [] };
};

/**
 * Outlook joins the rooms' names into the one location, and cuts that at 255 characters; some clients fill
 * only the list.
 */
export const locationsOf = (event: EventModel): readonly string[] =>
  [event.location, ...event.locations].map((location) => location?.displayName ?? "");

/**
 * An event with nothing written in it is called text by some clients; there is nothing to convert in
 * it.
 */
const isHtml = ({ body }: EventModel): boolean => body.contentType === "html" || body.content.trim() === "";

const isTooLarge = ({ body }: EventModel): boolean => body.content.length > bodyCharactersMax;

/** Whether a pattern of the organisation's is found in a subject; one that cannot be read fits none. */
const fits = (pattern: string | null, subject: string): boolean => {
  if (pattern === null) return false;
  try {
    return RE2JS.compile(pattern, RE2JS.CASE_INSENSITIVE).matcher(subject.slice(0, 1_000)).find();
  } catch (error) {
    if (error instanceof RE2JSException) return false;
    throw error;
  }
};

/** What else an invitation is judged by. */
export interface Judged {
  readonly settings: OrganisationSettings;
  /** What is known to be ours in the body. */
  readonly ours: Ours | null;
  readonly isContested: boolean;
  /** The organisation's own rules for addresses, without the shipped ones; null: none. */
  readonly ownRules: CompiledRules | null;
}

/** Whether the organisation's own rules find a meeting of Webex, outside of what we wrote. */
const holdsRuledLink = (event: EventModel, html: string, { ours, ownRules }: Judged): boolean => {
  if (ownRules === null) return false;
  const fields = [
    { name: "location", text: locationsOf(event).join("\n") },
    { name: "body", text: removeBlock(html, ours), isHtml: true },
  ];
  return findMeetings(fields, ownRules).all.some(({ service }) => service === "webex");
};

/** Reads what a decision needs out of an event. */
export const invitationOf = (event: EventModel, judged: Judged): Invitation => {
  const { settings, ours, isContested } = judged;
  const html = isHtml(event) && !isTooLarge(event) ? event.body.content : "";
  // Most bodies hold nothing that concerns us, and that costs no parsing to see.
  const isOfConcern = mentionsBlock(html) || mayHoldWebexLink(html);
  const document = parseHtml(isOfConcern ? html : "");
  const blocks = document ? blocksIn(document, ours) : [];
  return {
    type: event.type,
    isOrganizer: event.isOrganizer,
    isCancelled: event.isCancelled,
    isDraft: event.isDraft,
    endsAt: endOf(event),
    inviteesCount: event.attendeesCount,
    locations: locationsOf(event),
    isAllDay: event.isAllDay,
    isFree: event.showAs === "free",
    isPrivate: event.sensitivity === "private" || event.sensitivity === "confidential",
    categories: event.categories,
    subjectIsExcluded: fits(settings.join?.excluded.subjectPattern ?? null, event.subject),
    bodyIsHtml: isHtml(event),
    bodyIsTooLarge: isTooLarge(event) || document === null,
    blocks,
    bodyHoldsOwnLink: document !== null && bodyHoldsWebexLink(document, blocks),
    holdsRuledLink: holdsRuledLink(event, html, judged),
    isContested,
  };
};

/**
 * Reads what the machine needs to know of an event on a page of delta. Whose block it is, if any, only a
 * look at the event itself tells: a page comes without our property.
 */
export const sightingOf = (event: EventModel, settings: OrganisationSettings): EventSighting => ({
  eventId: event.id,
  etag: event.etag,
  keywordAction: keywordIn(locationsOf(event), settings)?.action ?? null,
  type: event.type,
  isOrganizer: event.isOrganizer,
  cancelled: event.isCancelled,
  removed: false,
  marked: isHtml(event) && !isTooLarge(event) && mentionsBlock(event.body.content),
  endsAt: endOf(event),
});
