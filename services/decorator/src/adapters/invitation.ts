import type { OrganisationSettings } from "@hybrid/contracts";
import { z } from "zod";
import { bodyCharactersMax, type Invitation } from "#domain/decide-decoration";
import { blocksIn, findBlocks } from "#domain/find-blocks";
import { parseHtml } from "#domain/html-tree";
import { keywordOf } from "#domain/keyword";
import type { EventSighting } from "#domain/mailbox-state";
import { bodyHoldsWebexLink } from "#domain/webex-links";
import { endOf } from "./event-times.ts";
import type { EventModel } from "./ports.ts";

/**
 * The one extended property of ours: GUID and name are fixed for ever, because every new name uses up a
 * named property of the mailbox.
 */
export const decorationPropertyId = "String {5d1b0a4e-7c86-4f0e-9a53-2f6c1e8b4d97} Name HybridDecoration";

const Decoration = z.object({ v: z.literal(1), digest: z.string().min(1), language: z.enum(["en", "sv"]) });

/** What our extended property says about the block that was last written. */
export type Decoration = z.infer<typeof Decoration>;

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

export const decorationValue = (decoration: Omit<Decoration, "v">): string =>
  JSON.stringify({ v: 1, ...decoration } satisfies Decoration);

/** Outlook joins the rooms' names into the one location; some clients fill only the list. */
const locationOf = (event: EventModel): string => {
  const displayName = event.location?.displayName ?? "";
  return displayName === ""
    ? event.locations.map((location) => location.displayName).join("; ")
    : displayName;
};

/**
 * An event with nothing written in it is called text by some clients; there is nothing to convert in
 * it.
 */
const isHtml = ({ body }: EventModel): boolean => body.contentType === "html" || body.content.trim() === "";

const isTooLarge = ({ body }: EventModel): boolean => body.content.length > bodyCharactersMax;

/** Reads what a decision needs out of an event. */
export const invitationOf = (event: EventModel): Invitation => {
  const document = parseHtml(isHtml(event) && !isTooLarge(event) ? event.body.content : "");
  const blocks = blocksIn(document, decorationOf(event)?.digest ?? null);
  return {
    type: event.type,
    isOrganizer: event.isOrganizer,
    isCancelled: event.isCancelled,
    isDraft: event.isDraft,
    endsAt: endOf(event),
    inviteesCount: event.attendeesCount,
    location: locationOf(event),
    bodyIsHtml: isHtml(event),
    bodyIsTooLarge: isTooLarge(event),
    blocks,
    bodyHoldsOwnLink: bodyHoldsWebexLink(document, blocks),
  };
};

const isMarked = (event: EventModel): boolean =>
  isHtml(event) &&
  !isTooLarge(event) &&
  findBlocks(event.body.content, null).some((block) => block.hasOurText);

/** Reads what the machine needs to know of an event on a page of delta. */
export const sightingOf = (event: EventModel, settings: OrganisationSettings): EventSighting => ({
  eventId: event.id,
  etag: event.etag,
  keywordAction: keywordOf(locationOf(event), settings)?.action ?? null,
  type: event.type,
  isOrganizer: event.isOrganizer,
  cancelled: event.isCancelled,
  removed: false,
  marked: isMarked(event),
  endsAt: endOf(event),
});
