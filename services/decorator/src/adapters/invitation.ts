import type { OrganisationSettings } from "@hybrid/contracts";
import { z } from "zod";
import { bodyCharactersMax, type Invitation } from "#domain/decide-decoration";
import { blocksIn, mentionsBlock } from "#domain/find-blocks";
import { parseHtml } from "#domain/html-tree";
import type { Language } from "#domain/join-block";
import { keywordIn } from "#domain/keyword";
import type { EventSighting } from "#domain/mailbox-state";
import type { Ours } from "#domain/ownership";
import { bodyHoldsWebexLink, mayHoldWebexLink } from "#domain/webex-links";
import { endOf } from "./event-times.ts";
import type { EventModel } from "./ports.ts";

/**
 * The one extended property of ours: GUID and name are fixed for ever, because every new name uses up a
 * named property of the mailbox.
 */
export const decorationPropertyId = "String {5d1b0a4e-7c86-4f0e-9a53-2f6c1e8b4d97} Name HybridDecoration";

const digest = z.string().min(1).max(64);
const language = z.enum(["en", "sv"]);
const Decoration = z.union([
  z.object({ v: z.literal(2), digest, language, lines: z.array(digest).max(64) }),
  // Written before lines were told.
  z.object({ v: z.literal(1), digest, language }).transform((old) => ({ ...old, v: 2 as const, lines: [] })),
]);

/** What our extended property says about the block that was last written. */
export interface Decoration {
  readonly digest: string;
  readonly language: Language;
  /** Digests of the block's lines, in order; empty when an older version wrote it. */
  readonly lines: readonly string[];
}

/** Reads our extended property; anything unreadable counts as absent. */
export const decorationOf = ({ extendedProperty }: EventModel): Decoration | null => {
  if (extendedProperty === null) return null;
  try {
    return Decoration.safeParse(JSON.parse(extendedProperty)).data ?? null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
};

export const decorationValue = ({ digest, language, lines }: Decoration): string =>
  JSON.stringify({ v: 2, digest, language, lines });

/**
 * What of the event is provably ours: what the property says, and what is remembered; null when neither is.
 */
export const oursOf = (event: EventModel, knownDigest: string | undefined): Ours | null => {
  const decoration = decorationOf(event);
  const digests = [decoration?.digest, knownDigest].filter((each) => each !== undefined);
  return digests.length === 0 ? null : { digests, lines: decoration?.lines ?? [] };
};

/**
 * Outlook joins the rooms' names into the one location, and cuts that at 255 characters; some clients fill
 * only the list.
 */
const locationsOf = (event: EventModel): readonly string[] =>
  [event.location, ...event.locations].map((location) => location?.displayName ?? "");

/**
 * An event with nothing written in it is called text by some clients; there is nothing to convert in
 * it.
 */
const isHtml = ({ body }: EventModel): boolean => body.contentType === "html" || body.content.trim() === "";

const isTooLarge = ({ body }: EventModel): boolean => body.content.length > bodyCharactersMax;

/** Reads what a decision needs out of an event. `knownDigest`: of the block last written, if remembered. */
export const invitationOf = (event: EventModel, knownDigest?: string): Invitation => {
  const html = isHtml(event) && !isTooLarge(event) ? event.body.content : "";
  // Most bodies hold nothing that concerns us, and that costs no parsing to see.
  const isOfConcern = mentionsBlock(html) || mayHoldWebexLink(html);
  const document = parseHtml(isOfConcern ? html : "");
  const blocks = document ? blocksIn(document, oursOf(event, knownDigest)) : [];
  return {
    type: event.type,
    isOrganizer: event.isOrganizer,
    isCancelled: event.isCancelled,
    isDraft: event.isDraft,
    endsAt: endOf(event),
    inviteesCount: event.attendeesCount,
    locations: locationsOf(event),
    bodyIsHtml: isHtml(event),
    bodyIsTooLarge: isTooLarge(event) || document === null,
    blocks,
    bodyHoldsOwnLink: document !== null && bodyHoldsWebexLink(document, blocks),
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
