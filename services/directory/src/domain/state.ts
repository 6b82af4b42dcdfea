import type {
  OrganisationSettings,
  PeopleSource,
  PeopleSync,
  PersonDetails,
  TenantStatus,
  UserDirectoryEntry,
} from "@hybrid/contracts";
import type { EpochMs } from "@hybrid/kernel";
import type { AddressClaims } from "./address-book.ts";
import type {
  AddressRank,
  Decision,
  GraphClaim,
  LinkedPerson,
  ListClaim,
  Surroundings,
  WebexClaim,
} from "./link.ts";

/** What is decided about a tenant: the record published last. `<org>/t-<tenant>` */
export interface Tenant {
  readonly kind: "tenant";
  readonly tenantId: string;
  readonly status: TenantStatus["status"];
  readonly generation: number;
  readonly settings: OrganisationSettings;
}

/** A user: what the administrator wants, and what the sources say. `<org>/o/user-<user>` */
export interface User {
  readonly kind: "user";
  readonly wanted: boolean;
  /** Taken out by an administrator: stays out, whatever sources say, until one puts or enables it again. */
  readonly dismissed: boolean;
  /** Erased: taken out, and that alone is remembered, also when no source names the user. */
  readonly erased?: boolean;
  /** The person as the last list has it; null when no list names the user. */
  readonly listed: PersonDetails | null;
  readonly person: LinkedPerson | null;
  /** The record published last; null when there is none or the last one was a removal. */
  readonly entry: UserDirectoryEntry | null;
}

/** An Entra object and all that is said of it. `<org>/o/object-<object id>` */
export interface EntraObject {
  readonly kind: "object";
  /** By tenant; `round` is the full round of the tenant that saw it last. */
  readonly graph: Readonly<Record<string, GraphClaim & { readonly round: number }>>;
  /** By user id. */
  readonly lists: Readonly<Record<string, ListClaim>>;
  /** By person id. */
  readonly webex: Readonly<Record<string, WebexClaim>>;
  /** The address that it has asked for. */
  readonly address: {
    readonly normal: string;
    readonly rank: AddressRank;
    readonly isUser: boolean;
  } | null;
  /** What the address's actor says; null while it is asked. */
  readonly word: Pick<Surroundings, "owner" | "sameAddress"> | null;
  /** The domain whose tenant it has asked for, and the answer; undefined while it is asked. */
  readonly domain: { readonly name: string; readonly tenantId?: string | null } | null;
  /** The last decision. */
  readonly decision: Decision | null;
  /** Users who were told of it, and whether it makes them one. */
  readonly told: Readonly<Record<string, boolean>>;
}

/** A mail address and who wants it. `<org>/o/address-<digest>` */
export interface MailAddress extends AddressClaims {
  readonly kind: "address";
  /** Whom each claimant was told to be, as a digest; by `object-<id>`, `webex-<id>`, `workspace-<id>`. */
  readonly told: Readonly<Record<string, string>>;
}

/** A person at Webex. `<org>/o/webex-<person id>` */
export interface WebexPerson {
  readonly kind: "webexPerson";
  readonly claim: WebexClaim;
  readonly round: number;
  /** The object that the address leads to, where the externalId does not. */
  readonly objectId: string | null;
  readonly codes: readonly string[];
}

/** A workspace with a calendar. `<org>/o/workspace-<id>` */
export interface Workspace {
  readonly kind: "workspace";
  readonly mailAddress: string;
  readonly round: number;
  readonly clashes: boolean;
}

/** A domain and the tenants in which it is verified; several only while it moves. `<org>/o/domain-<name>` */
export interface Domain {
  readonly kind: "domain";
  readonly tenants: readonly string[];
}

/** What a run is at. */
export type SyncStep =
  | { readonly kind: "domains" }
  | { readonly kind: "people"; readonly cursor: string | null }
  | { readonly kind: "workspaces"; readonly after: string | null }
  | {
      readonly kind: "sweep";
      readonly what: "object" | "webex" | "workspace";
      readonly after: string | null;
    };

/** A run of a source under way. */
export interface SyncRun {
  readonly number: number;
  readonly full: boolean;
  readonly step: SyncStep;
  readonly read: number;
  readonly unusable: number;
  readonly startedAt: EpochMs;
  /** The next attempt of the step after a failure; null: it is under way. */
  readonly retryAt: EpochMs | null;
  readonly attempts: number;
  readonly trouble: string | null;
  /** The newest change that it has seen, of a source that tells it. */
  readonly newest: number | null;
  /** Domains of the tenant were verified or given up since the last run. */
  readonly domainsMoved: boolean;
  /** The call that failed and was left out. */
  readonly leftOut: string | null;
  /** Another order came meanwhile: one more run follows. */
  readonly again: "no" | "changes" | "full";
}

/** A source of people. `<org>/o/sync-...` */
export interface Sync {
  readonly kind: "sync";
  readonly source: PeopleSource;
  /** Runs until now. */
  readonly runs: number;
  /** Full rounds until now; who was not seen in the last ones is gone. */
  readonly round: number;
  readonly run: SyncRun | null;
  /** Where the next run goes on: a delta link of Graph, or when the newest change at Webex was made. */
  readonly mark: string | null;
  /** Domains of the tenant by the last look. */
  readonly domains: readonly string[];
  readonly fullAt: EpochMs | null;
  readonly nextAt: EpochMs | null;
  /** The tenant has not authorised the application: nothing is asked until it has. */
  readonly paused: boolean;
  /** It is paused because its users consent each for the own calendar; left out: for another reason. */
  readonly isByUser?: boolean;
  /** It was ordered to be left alone while a run was under way, which is the last one. */
  readonly stopping: boolean;
  /** The report published last. */
  readonly report: PeopleSync | null;
}

/** An organisation's own rules for addresses: the record published last. `<org>/o/meeting-rules` */
export interface MeetingRulesKept {
  readonly kind: "meetingRules";
  readonly version: number;
  readonly document: string | null;
}

/** The state of any actor of the service; `unknown` has no record. */
export type State =
  | { readonly kind: "unknown" }
  | Tenant
  | User
  | EntraObject
  | MailAddress
  | WebexPerson
  | Workspace
  | Domain
  | Sync
  | MeetingRulesKept;

/** What every actor starts from, and ends in. */
export const initial: State = { kind: "unknown" };
