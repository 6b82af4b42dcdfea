import type { ArchivedItem } from "@hybrid/contracts";
import type { ActorId, CallFailure } from "@hybrid/kernel";
import type { MemberChange, Participant, Stay } from "./members.ts";
import type { CopyEnd, FailedCopy, Item, Tally, Terms } from "./terms.ts";

/** A stretch of the feed that is being read, memberships first, so that spaces know who was there. */
export interface Round {
  readonly from: number;
  readonly to: number;
  /** Which fan-out its copies belong to; a re-run has a number of its own. */
  readonly run: number;
  readonly isRerun: boolean;
  readonly phase: "members" | "items";
  /** The stretch of the call that is due or under way. */
  readonly chunk: { readonly from: number; readonly to: number };
  /** The last event of it that is dealt with; null at its beginning. */
  readonly after: { readonly at: number; readonly eventId: string } | null;
  readonly widthMs: number;
  /** The number of the call under way; null while it waits, until `notBefore` or for room. */
  readonly call: number | null;
  readonly notBefore: number;
}

/** A connector. */
export interface Connector {
  readonly kind: "connector";
  readonly createdBy: string;
  readonly createdAt: number;
  readonly terms: Terms;
  readonly pollEveryMs: number;
  readonly isPaused: boolean;
  /** Where the archive begins; everything before `cursor` has been read. */
  readonly startsAt: number;
  readonly cursor: number;
  readonly round: Round | null;
  readonly nextRoundAt: number;
  readonly reruns: readonly { readonly from: number; readonly to: number }[];
  readonly runs: number;
  readonly calls: number;
  /** Short digests of events within the overlap, with their times. */
  readonly seen: readonly (readonly [digest: string, at: number])[];
  /** Items that spaces have and that are not done. */
  readonly open: number;
  readonly failures: number;
  readonly problem: string | null;
  /** Events before this were older than Webex gives out; null: none were. */
  readonly lostBefore: number | null;
  readonly publishAt: number | null;
}

/** One day of the status log. */
export interface DayLog extends Tally {
  /** `YYYY-MM-DD`, UTC, of the time of import. */
  readonly day: string;
  /** When the last import of the day ended. */
  readonly completedAt: number;
}

/** The status log of a connector. */
export interface StatusLog {
  readonly kind: "log";
  readonly days: readonly DayLog[];
}

/** An item that a space has before it. */
export interface QueuedItem {
  readonly item: Item;
  readonly connector: string;
  readonly run: string;
  /** Since when it cannot go on because of itself: a scan, a key. */
  readonly waitingSince: number | null;
}

/** An item that was handed to mailboxes. */
export interface HandedItem {
  readonly item: Item;
  readonly connector: string;
  readonly run: string;
  /** Copies without outcome. */
  readonly waiting: number;
  readonly isPartial: boolean;
  /** When the last copy ended; null: not yet. */
  readonly doneAt: number | null;
  /** Copies that have an outcome, and those of them that failed; left out by an older release. */
  readonly copies?: number;
  readonly failed?: number;
  /** Whether the log has it already: a late joiner makes it go on, and it counts once. */
  readonly isTold?: boolean;
}

/** What a space has to tell a connector. */
export interface Report {
  readonly connector: string;
  readonly items: number;
  readonly tally: Tally;
  readonly failures: readonly FailedCopy[];
  /** The items that are done; left out by an older release. */
  readonly done?: readonly ArchivedItem[];
}

/** A space. */
export interface Room {
  readonly kind: "room";
  /** The id as Webex wrote it last, for calls. */
  readonly roomId: string;
  readonly stays: readonly Stay[];
  readonly isDescribed: boolean;
  /** The last member that the look at the space has come to, by id. */
  readonly lookedTo: string | null;
  readonly terms: Readonly<Record<string, Terms>>;
  readonly queue: readonly QueuedItem[];
  readonly call: { readonly number: number; readonly kind: "describe" | "prepare" } | null;
  readonly calls: number;
  readonly notBefore: number;
  readonly failures: number;
  readonly handed: readonly HandedItem[];
  readonly reports: readonly Report[];
  readonly reportAt: number | null;
  /** When its connectors were last told that something happened. */
  readonly hintedAt: number;
  /** Content that nobody needs any more, by its place in the blob store. */
  readonly released: readonly string[];
  readonly releasing: number | null;
}

/** A copy that a mailbox must get. */
export interface Copy {
  /** Where the rendered message waits in the blob store. */
  readonly content: string;
  readonly eventId: string;
  readonly run: string;
  readonly connector: string;
  /** The space's actor, which is told the outcome. */
  readonly room: string;
  readonly at: number;
  readonly isPartial: boolean;
  /** Whose copy it is, for the log. */
  readonly personId: string;
  readonly catchAll: string | null;
  /** It is wanted only when the person is in one of these groups; left out: in any case. */
  readonly groups?: readonly string[];
}

/** Where a mailbox is. */
export interface MailboxPlace {
  readonly tenantId: string;
  readonly objectId: string;
  readonly userPrincipalName: string;
}

/** The mailbox of a participant, or of whatever belongs to nobody. */
export interface Mailbox {
  readonly kind: "mailbox";
  readonly email: string;
  readonly tenants: readonly string[];
  readonly place: MailboxPlace | null;
  readonly folderId: string | null;
  /** Until when there is no use in looking for a mailbox. */
  readonly missingUntil: number | null;
  readonly copies: readonly Copy[];
  readonly call: number | null;
  readonly calls: number;
  readonly notBefore: number;
  readonly failures: number;
  /** Connectors whose log has this person's missing mailbox. */
  readonly logged: readonly string[];
}

/** Who removes what one partition's spaces have of an erased person. `<org>/u-<user>#<partition>` */
export interface Eraser {
  readonly kind: "eraser";
  readonly orderId: string;
  readonly ids: readonly string[];
  /** The last space that was asked, and whether it was the last one there is. */
  readonly after: string | null;
  readonly isListed: boolean;
  /** Spaces that have not answered yet. */
  readonly asked: number;
  /** What is to be removed still, by its place in the blob store. */
  readonly contents: readonly string[];
  readonly spaces: number;
  readonly removed: number;
  readonly call: number | null;
  readonly calls: number;
  readonly notBefore: number;
  readonly failures: number;
}

/** State of an actor of the archiver. */
export type State = { readonly kind: "none" } | Connector | StatusLog | Room | Mailbox | Eraser;

/** Before anything happened. */
export const initial: State = { kind: "none" };

/** An order of an administrator to one connector. */
export type ConnectorCommand =
  | {
      readonly kind: "create";
      readonly by: string;
      readonly terms: Terms;
      readonly pollEveryMs: number;
      readonly startsAt: number;
    }
  | { readonly kind: "pause" }
  | { readonly kind: "resume" }
  | { readonly kind: "rerun"; readonly from: number; readonly to: number };

/** One event of the feed, as a connector gets it. */
export type CollectedEvent =
  | { readonly kind: "item"; readonly roomId: string; readonly roomUuid: string; readonly item: Item }
  | {
      readonly kind: "member";
      readonly roomId: string;
      readonly roomUuid: string;
      readonly eventId: string;
      readonly change: MemberChange;
    };

/** A part of a chunk: the events after `after`, by time and id. */
export interface Slice {
  readonly events: readonly CollectedEvent[];
  /** The last event that was looked at, usable or not; null when there was none. */
  readonly last: { readonly at: number; readonly eventId: string } | null;
  readonly hasMore: boolean;
}

/** What became of an item's rendering. */
export interface PreparedItem {
  readonly eventId: string;
  readonly run: string;
  readonly outcome: "ready" | "waiting" | "failed";
  /** Whether files were left out. */
  readonly isPartial: boolean;
  /** When to look again at one that waits. */
  readonly retryAt: number | null;
  readonly reason: string | null;
}

/** What became of a copy in a mailbox. */
export interface ImportedCopy {
  readonly eventId: string;
  readonly run: string;
  readonly outcome: CopyEnd;
  readonly reason: string | null;
}

/** What can reach an actor of the archiver. */
export type Input =
  | { readonly kind: "commanded"; readonly command: ConnectorCommand }
  | { readonly kind: "hinted" }
  | { readonly kind: "collected"; readonly number: number; readonly slice: Slice }
  | { readonly kind: "itemsDone"; readonly items: number }
  | { readonly kind: "reported"; readonly report: Report }
  | {
      readonly kind: "itemCollected";
      readonly roomId: string;
      readonly connector: string;
      readonly run: string;
      readonly terms: Terms;
      readonly item: Item;
    }
  | { readonly kind: "memberChanged"; readonly roomId: string; readonly change: MemberChange }
  | {
      readonly kind: "roomDescribed";
      readonly number: number;
      readonly present: readonly {
        readonly personId: string;
        readonly email: string;
        readonly since: number | null;
      }[];
      readonly hasMore: boolean;
    }
  | { readonly kind: "itemsPrepared"; readonly number: number; readonly items: readonly PreparedItem[] }
  | { readonly kind: "contentDeleted"; readonly number: number; readonly contents: readonly string[] }
  | {
      readonly kind: "copyWanted";
      readonly email: string;
      readonly tenants: readonly string[];
      readonly copy: Copy;
    }
  | {
      readonly kind: "copiesImported";
      readonly number: number;
      readonly place: MailboxPlace | null;
      readonly folderId: string | null;
      readonly copies: readonly ImportedCopy[];
      readonly failure: CallFailure | null;
    }
  | {
      readonly kind: "copyEnded";
      readonly connector: string;
      readonly eventId: string;
      readonly run: string;
      readonly outcome: CopyEnd;
      readonly failure: FailedCopy | null;
    }
  | {
      readonly kind: "callFailed";
      readonly call: Call["kind"];
      readonly number: number;
      readonly failure: CallFailure;
    }
  | { readonly kind: "erased"; readonly orderId: string; readonly ids: readonly string[] }
  /** To a space: which content is it that these people wrote? */
  | { readonly kind: "contentsAsked"; readonly ids: readonly string[]; readonly by: ActorId }
  | { readonly kind: "contentsNamed"; readonly contents: readonly string[] }
  | {
      readonly kind: "spacesListed";
      readonly number: number;
      readonly spaces: readonly ActorId[];
      readonly isLast: boolean;
    }
  /** To the mailbox of somebody who is erased. */
  | { readonly kind: "mailboxErased" }
  | { readonly kind: "timerFired"; readonly name: string };

/** What each kind of actor takes; anything else was never meant for it. */
export const inputsOf = {
  connector: ["commanded", "hinted", "collected", "itemsDone", "callFailed", "timerFired"],
  room: [
    "itemCollected",
    "memberChanged",
    "roomDescribed",
    "itemsPrepared",
    "copyEnded",
    "contentDeleted",
    "hinted",
    "contentsAsked",
    "callFailed",
    "timerFired",
  ],
  mailbox: ["copyWanted", "copiesImported", "mailboxErased", "callFailed", "timerFired"],
  eraser: ["erased", "spacesListed", "contentsNamed", "contentDeleted", "callFailed", "timerFired"],
  log: ["reported"],
} as const satisfies Readonly<Record<string, readonly Input["kind"][]>>;

/** The inputs of one kind of actor. */
export type InputOf<Actor extends keyof typeof inputsOf> = Extract<
  Input,
  { readonly kind: (typeof inputsOf)[Actor][number] }
>;

/** What the archiver asks of the outside. */
export type Call =
  | {
      readonly kind: "collect";
      readonly number: number;
      readonly run: string;
      readonly phase: Round["phase"];
      readonly from: number;
      readonly to: number;
      readonly after: { readonly at: number; readonly eventId: string } | null;
      readonly limit: number;
      /** Digests of events that need not come again, 12 digits each, joined. */
      readonly seen: string;
    }
  | {
      readonly kind: "describeRoom";
      readonly number: number;
      readonly roomId: string;
      /** Members behind this one, by id, at most `limit`. */
      readonly after: string | null;
      readonly limit: number;
    }
  | {
      readonly kind: "prepareItems";
      readonly number: number;
      readonly roomId: string;
      /** Whom the mails name. */
      readonly to: readonly Participant[];
      readonly terms: Terms;
      /** Whether files and texts that are not there yet are waited for, item by item. */
      readonly items: readonly { readonly item: Item; readonly run: string; readonly isPatient: boolean }[];
    }
  | { readonly kind: "deleteContent"; readonly number: number; readonly contents: readonly string[] }
  /** Spaces of this partition behind this one, by id, at most `limit`. */
  | {
      readonly kind: "listSpaces";
      readonly number: number;
      readonly after: string | null;
      readonly limit: number;
    }
  | {
      readonly kind: "importCopies";
      readonly number: number;
      readonly email: string;
      readonly tenants: readonly string[];
      readonly place: MailboxPlace | null;
      readonly folderId: string | null;
      readonly copies: readonly Pick<Copy, "content" | "eventId" | "run" | "isPartial" | "groups">[];
    };
