import {
  defaultJoinSettings,
  type ExcludedMeetings,
  type KeywordAction,
  type OrganisationSettings,
} from "@hybrid/contracts";
import type { EpochMs } from "@hybrid/kernel";
import type { FoundBlock } from "#domain/find-blocks";
import { keywordIn } from "#domain/keyword";
import type { Language } from "#domain/languages/catalogue";
import { textHoldsWebexLink } from "#domain/webex-links";

/** Details of a personal room or of a one-time meeting go to no more invitees than this. */
export const inviteesMax = 300;
/** People in a space that is made for a meeting, its organiser among them. */
export const spaceMembersMax = 60;

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
  readonly isAllDay: boolean;
  /** Shown as free. */
  readonly isFree: boolean;
  /** Private or confidential. */
  readonly isPrivate: boolean;
  readonly categories: readonly string[];
  /** Whether the organisation's pattern of subjects to be left alone fits. */
  readonly subjectIsExcluded: boolean;
  readonly bodyIsHtml: boolean;
  /** More than {@link bodyCharactersMax}, or nested beyond reason: nothing of it was read. */
  readonly bodyIsTooLarge: boolean;
  readonly blocks: readonly FoundBlock[];
  /** A Webex join link in the body, outside of our blocks. */
  readonly bodyHoldsOwnLink: boolean;
  /** The organisation's own rules for addresses call something in location or body a meeting of Webex. */
  readonly holdsRuledLink: boolean;
  /** Somebody takes out or changes again and again what we write. */
  readonly isContested: boolean;
}

/** Why the organisation wants no details in a meeting. */
export type Exclusion =
  | "excludedAllDay"
  | "excludedFree"
  | "excludedPrivate"
  | "excludedNoInvitees"
  | "excludedCategory"
  | "excludedSubject";

/** Why an invitation is left alone. */
export type SkipReason =
  | Exclusion
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
  | "tooManyForSpace"
  | "meetingTooLong"
  | "ownWebexLink"
  | "personalRoomMissing"
  | "contested";

/**
 * Why details are taken out: null when the keyword is gone, else it asks for something that cannot be had, or
 * the organisation wants none, and the details would mislead.
 */
export type RemovalReason =
  | null
  | "actionNotAvailable"
  | "meetingTooLong"
  | "personalRoomMissing"
  | Exclusion;

/** What to do with an invitation. */
export type Decision =
  /** Make it hold the details; in `language` when it already had a block, which keeps its language. */
  | { readonly kind: "decorate"; readonly place: KeywordAction; readonly language: Language | null }
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
  const keyword = keywordIn(invitation.locations, settings);
  const at = { settings, now, place: keyword?.action ?? null };
  const stopped = firstOf(untouchable, invitation, at);
  if (stopped) return { kind: "skip", reason: stopped };
  if (!keyword) return hasOurText(invitation) ? decideRemoval(invitation, null) : { kind: "none" };
  const excluded = firstOf(exclusions, invitation, at);
  if (excluded) return decideUnavailable(invitation, excluded);
  const undone = firstOf(unwanted, invitation, at);
  if (undone) return { kind: "skip", reason: undone };
  const language = invitation.blocks.find((block) => block.hasOurText)?.language ?? null;
  return { kind: "decorate", place: keyword.action, language };
};

/**
 * Decides about an invitation whose keyword cannot be carried out: stale details of ours go, nothing else
 * changes.
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

/** One rule: a question that a person understands, and why the invitation is left alone if it is not so. */
interface Rule {
  /** The reason that it stops with; a page has words of its own for it. */
  readonly name: SkipReason;
  readonly asks: string;
  readonly stops: (invitation: Invitation, at: Circumstances) => SkipReason | null;
}

interface Circumstances {
  readonly settings: OrganisationSettings;
  readonly now: EpochMs;
  /** What the keyword asks for; null when there is none. */
  readonly place: KeywordAction | null;
}

const when = (condition: boolean, reason: SkipReason): SkipReason | null => (condition ? reason : null);
const isDecorated = ({ blocks }: Invitation): boolean => blocks.some((block) => block.intact);
const holdsOwnLink = ({ bodyHoldsOwnLink, holdsRuledLink, locations }: Invitation): boolean =>
  bodyHoldsOwnLink || holdsRuledLink || locations.some(textHoldsWebexLink);

/** What keeps an invitation from being written at all, whatever stands in its location; in this order. */
const untouchable: readonly Rule[] = [
  {
    name: "notOrganizer",
    asks: "Does the user organise it?",
    stops: ({ isOrganizer }) => when(!isOrganizer, "notOrganizer"),
  },
  {
    name: "occurrence",
    asks: "Is it a meeting, a series, or an occurrence that differs from its series?",
    stops: ({ type }) => when(type === "occurrence", "occurrence"),
  },
  {
    name: "cancelled",
    asks: "Does it take place?",
    stops: ({ isCancelled }) => when(isCancelled, "cancelled"),
  },
  {
    name: "past",
    asks: "Is it still to come, or going on?",
    stops: ({ endsAt }, { now }) => when(endsAt !== null && endsAt <= now, "past"),
  },
  {
    name: "bodyNotHtml",
    asks: "Is the body HTML, or empty?",
    stops: ({ bodyIsHtml }) => when(!bodyIsHtml, "bodyNotHtml"),
  },
  {
    name: "contested",
    asks: "Does nobody else write it again and again?",
    stops: (it) => when(it.isContested, "contested"),
  },
  {
    name: "bodyTooLarge",
    asks: "Is the body of a size that a person writes?",
    stops: ({ bodyIsTooLarge }) => when(bodyIsTooLarge, "bodyTooLarge"),
  },
];

const excludedOf = ({ settings: { join } }: Circumstances): ExcludedMeetings =>
  (join ?? defaultJoinSettings).excluded;

/** What an organisation may exclude. */
const exclusions: readonly (Rule & {
  readonly stops: (...given: Parameters<Rule["stops"]>) => Exclusion | null;
})[] = [
  {
    name: "excludedAllDay",
    asks: "May all-day meetings have details?",
    stops: (it, at) => (excludedOf(at).allDay && it.isAllDay ? "excludedAllDay" : null),
  },
  {
    name: "excludedFree",
    asks: "May meetings that are shown as free?",
    stops: (it, at) => (excludedOf(at).free && it.isFree ? "excludedFree" : null),
  },
  {
    name: "excludedPrivate",
    asks: "May private meetings?",
    stops: (it, at) => (excludedOf(at).private && it.isPrivate ? "excludedPrivate" : null),
  },
  {
    name: "excludedNoInvitees",
    asks: "May meetings without invitees?",
    stops: (it, at) => (excludedOf(at).noInvitees && it.inviteesCount === 0 ? "excludedNoInvitees" : null),
  },
  {
    name: "excludedCategory",
    asks: "May meetings of its categories?",
    stops: ({ categories }, at) => {
      const names = new Set(excludedOf(at).categories.map((name) => name.toLowerCase()));
      return categories.some((name) => names.has(name.toLowerCase())) ? "excludedCategory" : null;
    },
  },
  {
    name: "excludedSubject",
    asks: "May meetings with its subject?",
    stops: ({ subjectIsExcluded }) => (subjectIsExcluded ? "excludedSubject" : null),
  },
];

/** What keeps a keyword from being carried out; details that stand there stay. */
const unwanted: readonly Rule[] = [
  {
    name: "tooManyForSpace",
    asks: `Are they few enough for a space (${spaceMembersMax} with the organiser)?`,
    stops: (it, { place }) =>
      when(
        place === "space" && it.inviteesCount + 1 > spaceMembersMax && !isDecorated(it),
        "tooManyForSpace",
      ),
  },
  {
    name: "tooManyInvitees",
    asks: `Are ${inviteesMax} people or fewer invited?`,
    stops: ({ inviteesCount }) => when(inviteesCount > inviteesMax, "tooManyInvitees"),
  },
  {
    // Writing to a draft would send the person's unsent changes; without invitees nothing is sent.
    name: "draft",
    asks: "Has it been sent, or is there nobody to send it to?",
    stops: ({ isDraft, inviteesCount }) => when(isDraft && inviteesCount > 0, "draft"),
  },
  {
    name: "ownWebexLink",
    asks: "Is there no Webex link of the person's own?",
    stops: (it, { place }) =>
      when(place === "personalRoom" && holdsOwnLink(it) && !isDecorated(it), "ownWebexLink"),
  },
];

const firstOf = <Reason extends SkipReason>(
  rules: readonly { readonly stops: (invitation: Invitation, at: Circumstances) => Reason | null }[],
  invitation: Invitation,
  at: Circumstances,
): Reason | null => {
  for (const { stops } of rules) {
    const reason = stops(invitation, at);
    if (reason) return reason;
  }
  return null;
};

/** A rule as it was applied: what it asks, and whether it let the invitation pass. */
export interface AppliedRule {
  /** Which rule: the reason with which it would stop. */
  readonly name: SkipReason;
  readonly asks: string;
  readonly passed: boolean;
  /** Why not; null when it passed. */
  readonly reason: SkipReason | null;
}

/** The rules one after the other, up to the one that stopped the invitation; for people. */
export const rulesApplied = (
  invitation: Invitation,
  settings: OrganisationSettings,
  now: EpochMs,
): readonly AppliedRule[] => {
  const keyword = keywordIn(invitation.locations, settings);
  const at = { settings, now, place: keyword?.action ?? null };
  const applied: AppliedRule[] = [];
  for (const { name, asks, stops } of [...untouchable, ...(keyword ? [...exclusions, ...unwanted] : [])]) {
    const reason = stops(invitation, at);
    applied.push({ name, asks, passed: reason === null, reason });
    if (reason !== null) break;
  }
  return applied;
};

/** What was done with an invitation, and why. */
export type Outcome =
  | { readonly result: "applied" | "refreshed"; readonly reason: null }
  | { readonly result: "removed"; readonly reason: RemovalReason }
  | { readonly result: "unchanged"; readonly reason: "noKeyword" | "current" }
  | { readonly result: "skipped"; readonly reason: SkipReason };
