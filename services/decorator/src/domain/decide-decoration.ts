import type { OrganisationSettings } from "@hybrid/contracts";
import { type EpochMs, unreachable } from "@hybrid/kernel";
import type { FoundBlock } from "#domain/find-blocks";
import type { Language } from "#domain/join-block";
import { keywordIn } from "#domain/keyword";
import { textHoldsWebexLink } from "#domain/webex-links";

/** Personal-room details go to no more invitees than this. */
export const inviteesMax = 300;

/**
 * Bodies larger than this are left alone: parsing holds up everybody else in the process, and no person wrote
 * them.
 */
export const bodyCharactersMax = 1_000_000;

/** Graph's four kinds of event. */
export type EventType = "singleInstance" | "seriesMaster" | "occurrence" | "exception";

/** What counts about an invitation as it stands in the organiser's mailbox. */
export interface Invitation {
  readonly type: EventType;
  readonly isOrganizer: boolean;
  readonly isCancelled: boolean;
  readonly isDraft: boolean;
  /** The end of the meeting, of a series that of its last occurrence; null: it never ends. */
  readonly endsAt: EpochMs | null;
  readonly inviteesCount: number;
  /** The location as it is shown, then each of the list: the first may be cut, or left empty. */
  readonly locations: readonly string[];
  readonly bodyIsHtml: boolean;
  /** More than {@link bodyCharactersMax}, or nested beyond reason: nothing of it was read. */
  readonly bodyIsTooLarge: boolean;
  readonly blocks: readonly FoundBlock[];
  /** A Webex join link in the body, outside of our blocks. */
  readonly bodyHoldsOwnLink: boolean;
}

/** Why an invitation is left alone. */
export type SkipReason =
  | "gone"
  | "notOrganizer"
  | "occurrence"
  | "cancelled"
  | "past"
  | "draft"
  | "bodyNotHtml"
  | "bodyNotEditable"
  | "bodyTooLarge"
  | "actionNotAvailable"
  | "tooManyInvitees"
  | "ownWebexLink"
  | "personalRoomMissing";

/**
 * Why details are taken out: null when the keyword is gone, else it asks for something that cannot be had,
 * and the details would mislead.
 */
export type RemovalReason = null | "actionNotAvailable" | "personalRoomMissing";

/** What to do with an invitation. */
export type Decision =
  /** Make it hold the details; in `language` when it already had a block, which keeps its language. */
  | { readonly kind: "decorate"; readonly language: Language | null }
  /** Our block is still there, and nothing asks for it any more. */
  | { readonly kind: "remove"; readonly reason: RemovalReason }
  /** No keyword, nothing of ours: no concern of this service. */
  | { readonly kind: "none" }
  | { readonly kind: "skip"; readonly reason: SkipReason };

/** Decides about one invitation; pure, so that `explain` and a replay decide the same. */
export const decideDecoration = (
  invitation: Invitation,
  settings: OrganisationSettings,
  now: EpochMs,
): Decision => {
  const untouchable = untouchableBecause(invitation, now);
  if (untouchable) return { kind: "skip", reason: untouchable };
  const keyword = keywordIn(invitation.locations, settings);
  if (!keyword) return hasOurText(invitation) ? decideRemoval(invitation, null) : { kind: "none" };
  if (keyword.action !== "personalRoom") return decideUnavailable(invitation, "actionNotAvailable");
  const unwanted = unwantedBecause(invitation);
  if (unwanted) return { kind: "skip", reason: unwanted };
  const language = invitation.blocks.find((block) => block.hasOurText)?.language ?? null;
  return { kind: "decorate", language };
};

/**
 * Decides about an invitation whose keyword cannot be carried out, or whose organiser turns out to have no
 * personal room: stale details of ours go, nothing else changes.
 */
export const decideUnavailable = (
  invitation: Invitation,
  reason: NonNullable<RemovalReason>,
): Extract<Decision, { readonly kind: "remove" | "skip" }> =>
  hasOurText(invitation) ? decideRemoval(invitation, reason) : { kind: "skip", reason };

/** Writing to a draft would send the person's unsent changes. */
const decideRemoval = (
  { isDraft }: Invitation,
  reason: RemovalReason,
): Extract<Decision, { readonly kind: "remove" | "skip" }> =>
  isDraft ? { kind: "skip", reason: "draft" } : { kind: "remove", reason };

const hasOurText = ({ blocks }: Invitation): boolean => blocks.some((block) => block.hasOurText);

/** An invitation that must not be written at all, whatever stands in its location. */
const untouchableBecause = (invitation: Invitation, now: EpochMs): SkipReason | null => {
  if (!invitation.isOrganizer) return "notOrganizer";
  if (invitation.type === "occurrence" || invitation.type === "exception") return "occurrence";
  if (invitation.isCancelled) return "cancelled";
  if (invitation.endsAt !== null && invitation.endsAt <= now) return "past";
  if (!invitation.bodyIsHtml) return "bodyNotHtml";
  return invitation.bodyIsTooLarge ? "bodyTooLarge" : null;
};

/** An invitation whose keyword is not carried out. */
const unwantedBecause = (invitation: Invitation): SkipReason | null => {
  if (invitation.inviteesCount > inviteesMax) return "tooManyInvitees";
  // Writing to a draft would send the person's unsent changes; without invitees nothing is sent.
  if (invitation.isDraft && invitation.inviteesCount > 0) return "draft";
  const isDecorated = invitation.blocks.some((block) => block.intact);
  const holdsLink = invitation.bodyHoldsOwnLink || invitation.locations.some(textHoldsWebexLink);
  return holdsLink && !isDecorated ? "ownWebexLink" : null;
};

/** What was done with an invitation, and why. */
export type Outcome =
  | { readonly result: "applied" | "refreshed"; readonly reason: null }
  | { readonly result: "removed"; readonly reason: RemovalReason }
  | { readonly result: "unchanged"; readonly reason: "noKeyword" | "current" }
  | { readonly result: "skipped"; readonly reason: SkipReason };

const skipSentences: Readonly<Record<SkipReason, string>> = {
  gone: "The event no longer exists in the mailbox.",
  notOrganizer: "The user does not organise the meeting; only the organiser's invitation is written.",
  occurrence: "A keyword on a single occurrence of a series is ignored; put it on the whole series.",
  cancelled: "The meeting is cancelled.",
  past: "The meeting is over; meetings in the past are never changed.",
  draft: "The organiser has unsent changes; it is looked at again when they are sent.",
  bodyNotHtml: "The invitation's body was not given as HTML.",
  bodyNotEditable: "The invitation's HTML has no place where join details would be seen.",
  bodyTooLarge:
    `The invitation's body has more than ${bodyCharactersMax} characters, or more elements or deeper ones ` +
    "than a person's invitation has.",
  actionNotAvailable: "The keyword asks for a space or a one-time meeting, which this version does not make.",
  tooManyInvitees: `The meeting has more than ${inviteesMax} invitees.`,
  ownWebexLink: "The invitation already holds a Webex link that a person or a plug-in put there.",
  personalRoomMissing: "Webex has no personal room for the organiser; tried again daily.",
};

const removalSentence = (reason: RemovalReason): string => {
  switch (reason) {
    case null:
      return "The keyword is gone from the location; the join details were taken out.";
    case "actionNotAvailable":
      return (
        "The keyword now asks for a space or a one-time meeting, which this version does not make; " +
        "the join details of the personal room were taken out."
      );
    case "personalRoomMissing":
      return "Webex has no personal room for the organiser any more; the join details were taken out.";
    default:
      return unreachable(reason);
  }
};

/** Why an event was or was not decorated, one sentence for an administrator. */
export const explainOutcome = (outcome: Outcome): string => {
  switch (outcome.result) {
    case "applied":
      return "The location holds a keyword; the join details were written into the invitation.";
    case "refreshed":
      return "The join details in the invitation were no longer right; they were written again.";
    case "removed":
      return removalSentence(outcome.reason);
    case "unchanged":
      return outcome.reason === "current"
        ? "The invitation already holds the right join details."
        : "The location holds no keyword.";
    case "skipped":
      return skipSentences[outcome.reason];
    default:
      return unreachable(outcome);
  }
};
