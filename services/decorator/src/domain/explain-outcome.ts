import { unreachable } from "@hybrid/kernel";
import {
  bodyCharactersMax,
  inviteesMax,
  type Outcome,
  type RemovalReason,
  type SkipReason,
  spaceMembersMax,
} from "#domain/decide-decoration";

const skipSentences: Readonly<Record<SkipReason, string>> = {
  gone: "The event no longer exists in the mailbox.",
  notOrganizer: "The user does not organise the meeting; only the organiser's invitation is written.",
  occurrence: "It is an occurrence like all others of its series, which is looked at as a whole.",
  cancelled: "The meeting is cancelled.",
  past: "The meeting is over; meetings in the past are never changed.",
  draft: "The organiser has unsent changes; it is looked at again when they are sent.",
  bodyNotHtml: "The invitation's body was not given as HTML.",
  bodyNotEditable: "The invitation's HTML has no place where join details would be seen.",
  bodyTooLarge:
    `The invitation's body has more than ${bodyCharactersMax} characters, or more elements or deeper ones ` +
    "than a person's invitation has.",
  actionNotAvailable:
    "Webex refused to make the space or the meeting that the keyword asks for: the host has no account " +
    "there, or the access token lacks a scope.",
  tooManyInvitees: `The meeting has more than ${inviteesMax} invitees.`,
  tooManyForSpace: `A space takes ${spaceMembersMax} people with the organiser, who was told so.`,
  meetingTooLong: "A meeting of Webex lasts 23 hours and 59 minutes at most.",
  ownWebexLink: "The invitation already holds a Webex link that a person or a plug-in put there.",
  personalRoomMissing: "Webex has no personal room for the organiser; tried again daily.",
  contested:
    "Somebody took out or changed the same join details again and again within a day; they are left alone " +
    "until tomorrow.",
  excludedAllDay: "The organisation wants no join details in all-day meetings.",
  excludedFree: "The organisation wants no join details in meetings that are shown as free.",
  excludedPrivate: "The organisation wants no join details in private meetings.",
  excludedNoInvitees: "The organisation wants no join details in meetings without invitees.",
  excludedCategory: "The organisation wants no join details in meetings of this category.",
  excludedSubject: "The organisation wants no join details in meetings with such a subject.",
};

const removalSentence = (reason: RemovalReason): string => {
  if (reason === null) return "The keyword is gone from the location; the join details were taken out.";
  return `${skipSentences[reason]} The join details that stood there were taken out.`;
};

/** Why an invitation is left alone, in a sentence or two. */
export const explainSkip = (reason: SkipReason): string => skipSentences[reason];

/** Why an event was or was not decorated, in a sentence or two for an administrator. */
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
