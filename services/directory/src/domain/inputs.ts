import type { AdminCommand, PeopleSource } from "@hybrid/contracts";
import type { ActorId, CallFailure } from "@hybrid/kernel";
import type { AddressRank, LinkedPerson, ListClaim, Surroundings, WebexClaim } from "./link.ts";

/** Orders about a user, and orders about a tenant. */
export type UserCommand = Extract<AdminCommand, { readonly kind: "putUser" | "toggleUser" | "removeUser" }>;
export type TenantCommand = Exclude<AdminCommand, UserCommand>;

/** A user of a tenant as Graph tells; what it does not tell is left out and stays as it was. */
export interface GraphUserFacts {
  readonly objectId: string;
  readonly mailAddress?: string | null;
  readonly isGuest?: boolean;
}

/** A workspace with a calendar at Webex. */
export interface WorkspaceFacts {
  readonly workspaceId: string;
  readonly mailAddress: string;
}

/** What actors of an organisation's directory tell each other; all of them share one partition. */
export type Told =
  /** To an object: a tenant's word about it. */
  | {
      readonly kind: "graphSaid";
      readonly tenantId: string;
      readonly user: GraphUserFacts;
      /** The full round that saw it; null: a round of changes. */
      readonly round: number | null;
    }
  | { readonly kind: "graphLost"; readonly tenantId: string }
  /** A list's word, or null when it has none any more; it is answered in any case. */
  | { readonly kind: "listSaid"; readonly userId: string; readonly claim: ListClaim | null }
  | { readonly kind: "webexSaid"; readonly personId: string; readonly claim: WebexClaim | null }
  | {
      readonly kind: "addressSaid";
      readonly normal: string;
      readonly word: Pick<Surroundings, "owner" | "sameAddress">;
    }
  | { readonly kind: "domainSaid"; readonly domain: string; readonly tenantId: string | null }
  /** To an address. */
  | {
      readonly kind: "objectClaims";
      readonly objectId: string;
      readonly claim: { readonly rank: AddressRank; readonly isUser: boolean } | null;
      readonly normal: string;
    }
  | {
      readonly kind: "personClaims";
      readonly personId: string;
      readonly claim: WebexClaim | null;
      readonly normal: string;
    }
  | {
      readonly kind: "workspaceClaims";
      readonly workspaceId: string;
      readonly claims: boolean;
      readonly normal: string;
    }
  /** To a user: what is decided about the object that was or is the user's. */
  | { readonly kind: "decided"; readonly objectId: string; readonly person: LinkedPerson | null }
  /** To a person or workspace at Webex. */
  | { readonly kind: "personSeen"; readonly claim: WebexClaim; readonly round: number | null }
  | { readonly kind: "personGone" }
  | { readonly kind: "personPlaced"; readonly normal: string; readonly objectId: string | null }
  | { readonly kind: "workspaceSeen"; readonly mailAddress: string; readonly round: number }
  | { readonly kind: "workspacePlaced"; readonly clashes: boolean }
  /** To a domain. */
  | { readonly kind: "domainVerified"; readonly tenantId: string; readonly isVerified: boolean }
  | { readonly kind: "domainAsked"; readonly objectId: string }
  /** To all of a kind, after a full round: who was seen last in an earlier one is gone. */
  | { readonly kind: "swept"; readonly source: PeopleSource; readonly oldest: number }
  /** To an object, when domains have moved. */
  | { readonly kind: "domainsMoved" }
  /** To an object whose person is erased: no word of any source counts any more. */
  | { readonly kind: "forgotten" };

/** A page of people, by source. */
export type PageRead =
  | {
      readonly kind: "graphPageRead";
      readonly users: readonly GraphUserFacts[];
      readonly removed: readonly string[];
      readonly unusable: number;
      readonly next: { readonly kind: "page" | "round"; readonly link: string };
    }
  | {
      readonly kind: "webexPageRead";
      readonly people: readonly WebexClaim[];
      readonly unusable: number;
      /** People of the whole organisation, as far as asked for. */
      readonly next: string | null;
      /** When the newest change on the page was made, by Webex's clock, milliseconds since 1970. */
      readonly newest: number | null;
      /** When the oldest one was; where it is older than the mark, nothing new follows. */
      readonly oldest: number | null;
    }
  | { readonly kind: "domainsRead"; readonly domains: readonly string[] }
  | {
      readonly kind: "workspacesRead";
      readonly workspaces: readonly WorkspaceFacts[];
      readonly next: string | null;
    }
  | { readonly kind: "actorsListed"; readonly actors: readonly ActorId[]; readonly next: ActorId | null };

/** Calls of the service; all only read. */
export type Call =
  | { readonly kind: "readGraphUsers"; readonly tenantId: string; readonly link: string | null }
  | { readonly kind: "readDomains"; readonly tenantId: string }
  | { readonly kind: "readWebexPeople"; readonly cursor: string | null; readonly order: "id" | "newest" }
  | { readonly kind: "readWorkspaces"; readonly after: string | null }
  | { readonly kind: "listActors"; readonly prefix: string; readonly after: string | null };

/** What reaches an actor of the service. */
export type Input =
  | {
      readonly kind: "userCommanded";
      readonly command: UserCommand;
      readonly ifMatch: number | null;
      readonly orderId: string | null;
    }
  /** `ids`: under which the person is known. */
  | {
      readonly kind: "erasureOrdered";
      readonly orderId: string;
      readonly objectId: string;
      readonly ids: readonly string[];
    }
  | { readonly kind: "tenantCommanded"; readonly tenantId: string; readonly command: TenantCommand }
  | {
      readonly kind: "rulesOrdered";
      readonly document: string | null;
      readonly ifMatch: number | null;
      readonly orderId: string | null;
    }
  /** A call failed because the tenant's consent is gone; `generation` is the decision it was made under. */
  | { readonly kind: "consentLost"; readonly generation: number }
  | {
      readonly kind: "syncOrdered";
      readonly source: PeopleSource;
      readonly full: boolean;
      readonly go: boolean;
    }
  /** The tenant's users may be read, or not any more: one word from the tenant's actor, in its partition. */
  | {
      readonly kind: "tenantDecided";
      readonly mayBeRead: boolean;
      /** Users consent each for the own calendar, which lets nobody read the others; left out before. */
      readonly isByUser?: boolean;
    }
  | { readonly kind: "syncDue" }
  | { readonly kind: "callFailed"; readonly order: Call; readonly failure: CallFailure }
  | PageRead
  | Told;
