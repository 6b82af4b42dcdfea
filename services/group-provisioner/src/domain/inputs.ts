import type { GroupCommand, PrerequisiteCheck } from "@hybrid/contracts";
import type { ActorId, CallFailure, Effect, EpochMs } from "@hybrid/kernel";
import type { KnownPeople } from "./known-people.ts";
import type { FoundSpace, MembershipEvent, Settings, TeamCallKind, UsersFound } from "./state.ts";

/** Why somebody is not taken into a group or a team. */
export type Refusal =
  | "external"
  | "guest"
  | "noExternalId"
  | "notActive"
  | "notInWebex"
  | "otherExternalId"
  | "notInEntra"
  | "lastModerator"
  | "lastOwner";

/** Somebody who was not taken in: the object id, or the Webex UUID where there is none. */
export interface Refused {
  readonly person: string;
  readonly reason: Refusal;
}

/** Somebody of a Webex team, and the Entra account that is linked, or why none is. */
export interface FoundPerson {
  readonly personUuid: string;
  readonly isModerator: boolean;
  readonly objectId: string | null;
  readonly refusal: Refusal | null;
}

interface OfTeam {
  readonly number: number;
  readonly teamUuid: string;
}

interface OfGroup extends OfTeam {
  readonly tenantId: string;
  readonly groupId: string;
}

/** An order to Microsoft Graph or Webex. */
export type Call =
  /** Of an organisation. */
  | {
      readonly kind: "readFeed";
      readonly number: number;
      readonly from: EpochMs;
      readonly to: EpochMs;
      /** Behind this event, by time and id, the reading goes on; null: with the first. */
      readonly after: string | null;
    }
  | { readonly kind: "listTeams"; readonly number: number; readonly after: string }
  | {
      readonly kind: "checkPrerequisites";
      readonly number: number;
      readonly tenantId: string;
      readonly webexOrgUuid: string;
      readonly confirmed: Readonly<Record<string, string>>;
    }
  /** Of a space. */
  | { readonly kind: "readSpace"; readonly number: number; readonly roomUuid: string }
  /** Of a team. */
  | ({ readonly kind: "readTeam" } & OfTeam)
  | ({
      readonly kind: "readPeople";
      readonly webexOrgUuid: string;
      readonly after: string;
      readonly limit: number;
    } & OfTeam)
  | ({
      readonly kind: "validateNames";
      readonly tenantId: string;
      readonly displayName: string;
      readonly mailNickname: string;
    } & OfTeam)
  | ({
      readonly kind: "createGroup";
      readonly tenantId: string;
      readonly uniqueName: string;
      readonly displayName: string;
      readonly mailNickname: string;
      readonly visibility: "private" | "public";
      readonly welcomeMail: boolean;
      readonly language: string | null;
      readonly teamName: string;
      readonly owners: readonly string[];
      readonly members: readonly string[];
    } & OfTeam)
  | ({ readonly kind: "addMembers"; readonly members: readonly string[] } & OfGroup)
  | ({
      readonly kind: "changeMember";
      readonly webexOrgUuid: string;
      readonly personUuid: string;
      readonly becomes: "gone" | "in" | "owner" | "member";
    } & OfGroup)
  | ({ readonly kind: "readDrive" } & OfGroup)
  | ({ readonly kind: "listSpaces"; readonly after: string } & OfTeam)
  | ({
      readonly kind: "createFolder";
      readonly tenantId: string;
      readonly driveId: string;
      readonly roomUuid: string;
      readonly name: string;
    } & OfTeam)
  | ({
      readonly kind: "linkFolder";
      readonly driveId: string;
      readonly roomUuid: string;
      readonly itemId: string;
      readonly webUrl: string;
      readonly displayName: string;
    } & OfTeam)
  | ({ readonly kind: "unlinkFolder"; readonly roomUuid: string; readonly itemId: string } & OfTeam)
  | ({
      readonly kind: "postCard";
      readonly language: string | null;
      readonly teamName: string;
      readonly libraryUrl: string;
      readonly refused: number;
    } & OfTeam)
  | ({ readonly kind: "readDelta"; readonly link: string | null } & OfGroup)
  | ({
      readonly kind: "admit" | "expel" | "moderate";
      readonly webexOrgUuid: string;
      readonly objectIds: readonly string[];
      /** Of `moderate` alone. */
      readonly isModerator: boolean;
    } & OfGroup)
  | ({
      readonly kind: "reconcile";
      readonly after: string;
      /** Of these it is told who is in the group no longer; left out by an older release: of nobody. */
      readonly known?: KnownPeople;
    } & OfGroup)
  | ({ readonly kind: "readGroup" } & OfGroup);

/** A call of a team. */
export type TeamCall = Extract<Call, { readonly kind: TeamCallKind }>;

/** A webhook said that a space is new, or that somebody came into it. */
export interface Hint {
  readonly eventId: string;
  /** Who came; null where only the space is known. */
  readonly personUuid: string | null;
  readonly at: EpochMs;
}

/** What reaches an organisation. */
export type OrganisationInput =
  /** A space asks whether what it was hinted at counts. */
  | { readonly kind: "hintAsked"; readonly by: ActorId; readonly hint: Hint }
  | { readonly kind: "ordered"; readonly command: GroupCommand }
  | { readonly kind: "settingsAsked"; readonly by: ActorId }
  | { readonly kind: "consentLost"; readonly generation: number }
  | {
      readonly kind: "feedRead";
      readonly number: number;
      readonly events: readonly (Omit<MembershipEvent, "isBot"> & { readonly roomUuid: string })[];
      /** Up to when everything was read. */
      readonly until: EpochMs;
      /** There was more than one answer may hold, so `until` lies before `to`. */
      readonly isPartial: boolean;
    }
  | {
      readonly kind: "teamsListed";
      readonly number: number;
      readonly teams: readonly string[];
      readonly next: string | null;
    }
  | {
      readonly kind: "prerequisitesChecked";
      readonly number: number;
      readonly checks: readonly PrerequisiteCheck[];
      readonly users: UsersFound;
      readonly isConsentGone: boolean;
    };

/** What reaches a space. */
export type SpaceInput =
  | { readonly kind: "hinted"; readonly hint: Hint }
  /** Groups are on: the hint counts. */
  | { readonly kind: "hintTold"; readonly event: MembershipEvent | null }
  | { readonly kind: "membershipNoticed"; readonly event: MembershipEvent }
  | {
      readonly kind: "spaceRead";
      readonly number: number;
      readonly teamUuid: string | null;
      readonly title: string | null;
      readonly ownerOrgUuid: string | null;
    };

/** What reaches a team. */
export type TeamInput =
  | { readonly kind: "teamSeen" }
  | { readonly kind: "spaceSeen"; readonly space: FoundSpace }
  | { readonly kind: "settingsTold"; readonly settings: Settings }
  | {
      readonly kind: "teamRead";
      readonly number: number;
      readonly name: string | null;
      readonly language: string | null;
    }
  | {
      readonly kind: "peopleRead";
      readonly number: number;
      readonly people: readonly FoundPerson[];
      readonly next: string | null;
    }
  | {
      readonly kind: "namesJudged";
      readonly number: number;
      readonly fault: "taken" | "blockedWord" | "prefixOrSuffix" | "refused" | null;
    }
  /** Null: of those who were to own it nobody is in the tenant. */
  | {
      readonly kind: "groupCreated";
      readonly number: number;
      readonly groupId: string | null;
      readonly refused: readonly Refused[];
    }
  | { readonly kind: "membersAdded"; readonly number: number; readonly refused: readonly Refused[] }
  | { readonly kind: "memberChanged"; readonly number: number; readonly refusal: Refusal | null }
  | {
      readonly kind: "driveRead";
      readonly number: number;
      /** Null while the site is being made. */
      readonly drive: { readonly driveId: string; readonly webUrl: string } | null;
    }
  | {
      readonly kind: "spacesListed";
      readonly number: number;
      readonly spaces: readonly FoundSpace[];
      readonly next: string | null;
    }
  | {
      readonly kind: "folderCreated";
      readonly number: number;
      readonly roomUuid: string;
      readonly itemId: string;
      readonly webUrl: string;
    }
  | { readonly kind: "folderLinked" | "folderUnlinked"; readonly number: number; readonly roomUuid: string }
  | { readonly kind: "cardPosted"; readonly number: number }
  | {
      readonly kind: "deltaRead";
      readonly number: number;
      /** Where the next round starts; null: with everything. */
      readonly link: string | null;
      readonly isGone: boolean;
      /** More changed than one answer may hold: team and group are to be compared instead. */
      readonly isTooMuch: boolean;
      readonly admit: readonly string[];
      readonly expel: readonly string[];
      readonly promote: readonly string[];
      readonly demote: readonly string[];
    }
  | {
      readonly kind: "followed";
      readonly number: number;
      readonly call: "admit" | "expel" | "moderate";
      readonly done: readonly string[];
      readonly refused: readonly Refused[];
    }
  | {
      readonly kind: "reconciled";
      readonly number: number;
      /** Object ids of the group's people who are not in the team. */
      readonly missing: readonly string[];
      /** People of the team who are not in the group: told, and left where they are. */
      readonly extras: readonly { readonly person: string; readonly reason: "notInGroup" }[];
      readonly next: string | null;
      /** Object ids of those who were known and are in the group no longer; left out by an older release. */
      readonly left?: readonly string[];
      /** The group's people; left out by an older release. */
      readonly present?: KnownPeople;
    }
  | { readonly kind: "groupRead"; readonly number: number }
  /** The team, or the group, answers no more; of a group that is very new that means nothing. */
  | { readonly kind: "teamMissing" | "groupMissing"; readonly number: number };

/** What reaches any actor. */
export type Input =
  | OrganisationInput
  | SpaceInput
  | TeamInput
  | { readonly kind: "timerFired"; readonly name: string }
  | {
      readonly kind: "callFailed";
      readonly call: Call["kind"];
      readonly number: number;
      readonly failure: CallFailure;
    };

/** What a step orders. */
export type Order = Effect<Input, Call>;
