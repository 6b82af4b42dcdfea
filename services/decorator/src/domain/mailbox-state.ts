import type { KeywordAction, OrganisationSettings, ResyncRequest, UserState } from "@hybrid/contracts";
import type { CallFailure, EpochMs, ErrorCode } from "@hybrid/kernel";
import type { EventType, Outcome } from "#domain/decide-decoration";

/** Whose mailbox it is, and what the organisation wants. */
export interface Mailbox {
  readonly tenantId: string;
  readonly objectId: string;
  readonly mailAddress: string;
  readonly settings: OrganisationSettings;
}

/** What was made in Webex for an event. */
export interface KnownMeeting {
  readonly meetingId: string;
  /** A space hosts it. */
  readonly isOfSpace: boolean;
  /** Who was added to the space: `invitedDigest` of each, one after the other; left out: not remembered. */
  readonly invited?: string;
}

/** An event that carries our block, in the version that we know. */
export interface DecoratedEvent {
  readonly digest: string;
  readonly etag: string;
  /** null: the series never ends. */
  readonly endsAt: EpochMs | null;
  /** The meeting that was made in Webex for it, and whether a space hosts it; left out: none. */
  readonly meeting?: KnownMeeting;
  /** How often the same details had to be written again, and since when; left out: never. */
  readonly fights?: { readonly count: number; readonly since: EpochMs };
}

/** Spares reads of events that did not change; forgetting an entry costs one read, nothing else. */
export type Decorated = Readonly<Record<string, DecoratedEvent>>;

/** A stretch of time whose events are read. */
export interface Window {
  readonly startsAt: EpochMs;
  readonly endsAt: EpochMs;
}

/**
 * A page of delta: the first one of a window, or what Graph's nextLink or deltaLink leads to. `skip`: the
 * number of its events that have been dealt with, because there were more on it than one outcome can hold.
 */
export type Page =
  | { readonly kind: "first"; readonly window: Window; readonly skip?: number }
  | { readonly kind: "link"; readonly link: string; readonly skip?: number };

/** Reading of the calendar that has begun: page by page, the events of a page before the next page. */
export interface Round {
  /** Tells outcomes of this round from late ones of an earlier round. */
  readonly startedAt: EpochMs;
  /** Full: the whole window, as if for the first time; else what changed since the last round. */
  readonly full: boolean;
  readonly page: Page;
  /** Digests of the ids of series masters that earlier pages held: their occurrences come on later ones. */
  readonly mastersSeen: readonly string[];
  /** Pages ordered so far. */
  readonly pages: number;
  /** Events that notifications named before it began: it will have seen them when it is over. */
  readonly covers: readonly string[];
}

/** How many pages were read since a moment. */
export interface Reads {
  readonly from: EpochMs;
  readonly count: number;
}

/** The calendar cannot be read. */
export interface Trouble {
  readonly since: EpochMs;
  readonly code: ErrorCode;
  /** Whether the administrator has been told. */
  readonly told: boolean;
}

/** An event that is to be looked at. */
export interface QueuedEvent {
  readonly eventId: string;
  /** Failed attempts. */
  readonly attempts: number;
}

/** Why nothing is called at present. */
export type Hold =
  /** `of` pages: events that are known by their ids are looked at meanwhile. */
  | { readonly kind: "retry"; readonly dueAt: EpochMs; readonly of: "all" | "pages" }
  /** A person must act; only the daily sweep or a sign of life tries again. */
  | { readonly kind: "stopped"; readonly code: ErrorCode };

/** What a user's actor knows. A mailbox that is not active keeps what it decorated, nothing else. */
export type State = { readonly kind: "absent" } | InactiveState | ActiveState;

export interface InactiveState {
  readonly kind: "inactive";
  /** Number of the last transition seen; an older one is late. */
  readonly transition: number;
  readonly objectId: string;
  readonly callInFlight: boolean;
  readonly decorated: Decorated;
}

export interface ActiveState {
  readonly kind: "active";
  readonly transition: number;
  readonly mailbox: Mailbox;
  /** At most one call at a time, so at most one Graph request of this service per mailbox. */
  readonly callInFlight: boolean;
  readonly decorated: Decorated;
  /** Where the next incremental round starts; null before the first full round has ended. */
  readonly deltaLink: string | null;
  readonly round: Round | null;
  /** Changes that wait for more to come. */
  readonly changes: { readonly firstAt: EpochMs; readonly dueAt: EpochMs } | null;
  /** Which round is wanted next. */
  readonly wanted: "none" | "changes" | "full";
  /** At most one page's events. */
  readonly queue: readonly QueuedEvent[];
  readonly hold: Hold | null;
  /** In a row; throttling is none. */
  readonly failures: number;
  /** Events that notifications named since the last round began. */
  readonly named: readonly string[];
  readonly reads: Reads;
  readonly trouble: Trouble | null;
  readonly sweepAt: EpochMs;
  /** Digests of events whose organiser was told that a space does not take all invited; left out: none. */
  readonly told?: readonly string[];
}

/** What a page of delta says about an event that may concern us. */
export interface EventSighting {
  readonly eventId: string;
  readonly etag: string | null;
  readonly keywordAction: KeywordAction | null;
  readonly type: EventType;
  readonly isOrganizer: boolean;
  readonly cancelled: boolean;
  readonly removed: boolean;
  /** Our block was seen in its body. */
  readonly marked: boolean;
  readonly endsAt: EpochMs | null;
}

/** Facts in the past tense. */
export type Input =
  | {
      readonly kind: "statusChanged";
      readonly to: UserState;
      readonly transition: number;
      readonly mailbox: Mailbox;
    }
  | { readonly kind: "calendarChanged"; readonly eventId: string; readonly etag: string | null }
  | { readonly kind: "resyncRequested"; readonly reason: ResyncRequest["reason"] }
  | { readonly kind: "timerFired"; readonly timer: TimerName }
  | {
      readonly kind: "pageRead";
      readonly roundStartedAt: EpochMs;
      readonly events: readonly EventSighting[];
      /** Masters of series that stand on the page, anybody's. */
      readonly masters: readonly string[];
      /** Masters of the occurrences on the page that do not stand on it themselves. */
      readonly mastersElsewhere: readonly string[];
      /** Events of which the page says too little to judge them. */
      readonly unread: readonly string[];
      readonly next:
        | { readonly kind: "page" | "delta"; readonly link: string }
        /** The same page again, for what comes after its first `skip` events. */
        | { readonly kind: "rest"; readonly skip: number };
    }
  | EventHandled
  | { readonly kind: "callFailed"; readonly order: Call; readonly failure: CallFailure };

export type EventHandled = {
  readonly kind: "eventHandled";
  readonly eventId: string;
  /** The event as it now is, when it carries our block. */
  readonly decorated: DecoratedEvent | null;
  /** The organiser was told why; left out: no. */
  readonly told?: boolean;
} & Outcome;

export type TimerName = "sync" | "sweep" | "retry";

/** Orders to the outside world. */
export type Call =
  | {
      readonly kind: "readDelta";
      readonly mailbox: Mailbox;
      readonly roundStartedAt: EpochMs;
      readonly page: Page;
    }
  | {
      readonly kind: "decorateEvent";
      readonly mailbox: Mailbox;
      readonly eventId: string;
      /** Digest of the block that was written last, as far as it is remembered. */
      readonly knownDigest?: string;
      /** The meeting that was made for it, as far as it is remembered. */
      readonly knownMeeting?: KnownMeeting;
      /** What is written is taken out or changed again and again: it is left alone for now. */
      readonly contested?: boolean;
      /** The organiser knows already why it was not done. */
      readonly told?: boolean;
    };
