import type { ActorId, EpochMs } from "@hybrid/kernel";
import type { Replies, Source, Window } from "./windows.ts";

/** A mailbox that is read. */
export interface Mailbox {
  readonly tenantId: string;
  readonly objectId: string;
}

/** What the topic says of the user now. */
export interface Shown {
  readonly since: EpochMs;
  readonly until: EpochMs | null;
  readonly source: Source;
  readonly expiresAt: EpochMs;
}

/** A status that the person chose, and when it ends by itself. */
export interface ChosenStatus {
  readonly status: string;
  readonly expiresAt: EpochMs | null;
}

/** What we have said at Webex. */
export interface Said {
  readonly personId: string;
  readonly until: EpochMs;
  /** What was there before, to be restored. */
  readonly previous: ChosenStatus | null;
}

/** Where the user stands at Webex. */
export interface AtWebex {
  readonly said: Said | null;
  /** When it was first ordered for this episode: what is newer there may be ours. */
  readonly askedAt: EpochMs | null;
  /** The person's own status holds: nothing is said until this episode is over. */
  readonly isLeftAlone: boolean;
  readonly reason: string | null;
  readonly inFlight: {
    readonly number: number;
    readonly kind: "showAtWebex" | "clearAtWebex";
    readonly personId: string;
  } | null;
  /** Not before this, after a failure. */
  readonly tryAt: EpochMs | null;
  readonly failures: number;
}

/** Events that are shown as out of office. */
export interface Events {
  readonly windows: readonly Window[];
  /** The next look at the calendar; null: none is wanted. */
  readonly readAt: EpochMs | null;
  readonly inFlight: number | null;
}

/** A user. */
export interface User {
  readonly kind: "user";
  /** Null while nobody watches the mailbox. */
  readonly mailbox: Mailbox | null;
  /** UUID at Webex. */
  readonly personId: string | null;
  /** The group that reads the mailbox. */
  readonly group: number | null;
  readonly replies: Replies;
  /** When replies without an end were first seen. */
  readonly alwaysFrom: EpochMs;
  readonly events: Events;
  readonly shown: Shown | null;
  readonly episode: number;
  readonly webex: AtWebex;
  readonly calls: number;
  readonly nextAt: EpochMs | null;
}

/** Which groups a tenant's users of one partition are in. Group 0 to `groups` - 1 exist. */
export interface Roster {
  readonly kind: "roster";
  readonly groups: number;
  /** Members of the last group. */
  readonly lastSize: number;
  /** Groups that somebody left, one entry a place. */
  readonly holes: readonly number[];
}

/** One mailbox of a group, and what was read of it last. */
export interface Member {
  readonly user: ActorId;
  readonly objectId: string;
  /** Null: the user has been told nothing. */
  readonly replies: Replies | null;
  readonly failingSince: EpochMs | null;
}

/** Up to twenty mailboxes of a tenant that are read by one batch. */
export interface Group {
  readonly kind: "group";
  readonly members: readonly Member[];
  readonly readAt: EpochMs | null;
  readonly nextAt: EpochMs;
  /** Counts readings; the outcome of another one is stale. */
  readonly number: number;
  readonly isReading: boolean;
  readonly failures: number;
  /** 1, or more while Graph throttles. */
  readonly slowdown: number;
}

/** The state of any actor of the service. */
export type State = { readonly kind: "unknown" } | User | Roster | Group;

/** What every actor starts from. */
export const initial: State = { kind: "unknown" };

/** A user of whom nothing is known yet. */
export const newUser: User = {
  kind: "user",
  mailbox: null,
  personId: null,
  group: null,
  replies: { kind: "off" },
  alwaysFrom: 0 as EpochMs,
  events: { windows: [], readAt: null, inFlight: null },
  shown: null,
  episode: 0,
  webex: {
    said: null,
    askedAt: null,
    isLeftAlone: false,
    reason: null,
    inFlight: null,
    tryAt: null,
    failures: 0,
  },
  calls: 0,
  nextAt: null,
};
