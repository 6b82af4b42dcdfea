/** What the invitations of a room tell of its mailbox's settings, which no interface of Graph shows. */
export interface MailboxHint {
  /** Invitations by others. */
  readonly invitations: number;
  /** Of these, not answered ten minutes after they came. */
  readonly unanswered: number;
  /** Of these, without a single character of body. */
  readonly withoutBody: number;
  /** Of these, with the organiser's name for a subject. */
  readonly namedAfterOrganizer: number;
}

/** What seems wrong with the settings of a room's mailbox. */
export type RoomFinding = "notAutoAccepting" | "commentsDeleted" | "subjectReplaced";

/** Fewer invitations than this say nothing about a setting, even when all look alike. */
const alikeMin = 3;

/** What seems wrong; calendar processing of Exchange does these things by default or by choice. */
export const findingsOf = ({
  invitations,
  unanswered,
  withoutBody,
  namedAfterOrganizer,
}: MailboxHint): readonly RoomFinding[] => [
  ...(unanswered > 0 ? (["notAutoAccepting"] as const) : []),
  ...(invitations >= alikeMin && withoutBody === invitations ? (["commentsDeleted"] as const) : []),
  ...(invitations >= alikeMin && namedAfterOrganizer === invitations ? (["subjectReplaced"] as const) : []),
];

/** What each finding means, and what an administrator of Exchange does about it. */
export const findingAdvice: Readonly<Record<RoomFinding, string>> = {
  notAutoAccepting:
    "the room does not accept invitations by itself: Set-CalendarProcessing -AutomateProcessing AutoAccept",
  commentsDeleted:
    "the text of invitations is deleted, and links with it: Set-CalendarProcessing -DeleteComments $false",
  subjectReplaced:
    "subjects are replaced by organisers: " +
    "Set-CalendarProcessing -DeleteSubject $false -AddOrganizerToSubject $false",
};
