import type { GroupCommand, GroupOptions, PrerequisiteCheck } from "@hybrid/contracts";
import type { EpochMs, ErrorCode } from "@hybrid/kernel";
import type { KnownPeople } from "./known-people.ts";

/** What holds for an organisation's groups. */
export interface Settings {
  /** Grows with every decision; an older one is stale. */
  readonly generation: number;
  readonly enabled: boolean;
  readonly authorised: boolean;
  /** Null: nobody has configured it. */
  readonly options: GroupOptions | null;
}

/** Where the reading of events stands. */
export interface Feed {
  /** Everything before has been read. */
  readonly until: EpochMs;
  /** More was there than one answer may hold: the next reading goes on, and does not go back. */
  readonly isPartial: boolean;
  /** Ids that the next reading may bring again, oldest first; the one that was read last is the last. */
  readonly ids: readonly string[];
}

/** What was found of the users at the last look. */
export interface UsersFound {
  readonly seen: number;
  readonly linked: number;
  /** By address, and the id at Webex, which releases of before do not have. */
  readonly unlinked: readonly {
    readonly person: string;
    readonly personUuid?: string;
    readonly reason: string;
  }[];
}

/** A call under way, and which: a late or repeated outcome has another number. */
export interface InFlight<Kind extends string> {
  readonly kind: Kind;
  readonly number: number;
}

/** The one actor that decides for an organisation. */
export interface Organisation {
  readonly kind: "organisation";
  readonly settings: Settings;
  readonly feed: Feed | null;
  readonly feedAt: EpochMs | null;
  readonly teamsAt: EpochMs | null;
  /** Up to which team they have been listed in this look. */
  readonly teamsAfter: string;
  readonly checkAt: EpochMs | null;
  /** What an administrator has said of what no interface tells: prerequisite and value. */
  readonly confirmed: Readonly<Record<string, string>>;
  readonly checks: readonly PrerequisiteCheck[];
  readonly users: UsersFound;
  readonly checkedAt: EpochMs | null;
  readonly inFlight: InFlight<"readFeed" | "listTeams" | "checkPrerequisites"> | null;
  /** Calls ordered so far. */
  readonly calls: number;
  /** Failures of calls in a row. */
  readonly failures: number;
}

/** Somebody joined or left, or became or ceased to be a moderator. */
export interface MembershipEvent {
  readonly eventId: string;
  readonly change: "created" | "updated" | "deleted";
  readonly personUuid: string;
  readonly isModerator: boolean;
  /** It is the bot by which a team asks for its group. */
  readonly isBot: boolean;
  readonly at: EpochMs;
}

/** What Webex tells of a space. */
export interface FoundSpace {
  readonly roomUuid: string;
  readonly title: string | null;
}

/** A space of which nothing is known yet; what was noticed waits. */
export interface Looking {
  readonly kind: "looking";
  readonly events: readonly MembershipEvent[];
  /** Spaces that named it as their team before it was known to be one. */
  readonly spaces: readonly FoundSpace[];
  /** What an administrator ordered meanwhile for the team that it may be. */
  readonly command: GroupCommand | null;
  readonly tries: number;
  readonly tryAt: EpochMs;
  readonly inFlight: InFlight<"readSpace"> | null;
  readonly calls: number;
}

/** A space without team, or one whose team is known. */
export interface PlainSpace {
  readonly kind: "plain";
  readonly teamUuid: string | null;
}

/** The steps in which a team gets its group, in order. */
export const steps = ["team", "people", "names", "group", "members", "site", "spaces", "card"] as const;

/** A step on the way to a group. */
export type Step = (typeof steps)[number];

/** Why a team waits for a person; error codes join them. */
export type BlockReason =
  | "noOwner"
  | "nameRefused"
  | "blockedWord"
  | "prefixOrSuffix"
  | "nameTaken"
  | "siteLate"
  | "foreignTeam"
  | ErrorCode;

/** Where a team stands. */
export type Standing =
  /** Known, and nobody has asked for a group. */
  | { readonly kind: "noticed" }
  | { readonly kind: "making"; readonly step: Step; readonly since: EpochMs }
  | { readonly kind: "connected"; readonly since: EpochMs }
  | { readonly kind: "blocked"; readonly step: Step; readonly since: EpochMs; readonly reason: BlockReason }
  | {
      readonly kind: "disconnected";
      readonly why: "byHand" | "groupDeleted" | "teamDeleted";
      readonly since: EpochMs;
    };

/** Somebody of the team whose Entra account is known. */
export interface LinkedPerson {
  readonly objectId: string;
  readonly isModerator: boolean;
}

/** The group of a team. Names change at either side, so ids alone are kept. */
export interface Group {
  readonly groupId: string;
  readonly madeAt: EpochMs;
  readonly driveId: string | null;
  readonly libraryUrl: string | null;
}

/** A space of the team. */
export interface TeamSpace {
  readonly roomUuid: string;
  /** Null while Webex cannot read it: a folder is never named by what cannot be read. */
  readonly title: string | null;
  /** How many names have been tried for its folder. */
  readonly names: number;
  readonly folder: { readonly itemId: string; readonly webUrl: string } | null;
  readonly isLinked: boolean;
}

/** What the group has told and the team has not followed yet. */
export interface Follow {
  readonly admit: readonly string[];
  readonly expel: readonly string[];
  readonly promote: readonly string[];
  readonly demote: readonly string[];
}

/** The calls of a team, one at a time. */
export type TeamCallKind =
  | "readTeam"
  | "readPeople"
  | "validateNames"
  | "createGroup"
  | "addMembers"
  | "changeMember"
  | "readDrive"
  | "listSpaces"
  | "createFolder"
  | "linkFolder"
  | "unlinkFolder"
  | "postCard"
  | "readDelta"
  | "admit"
  | "expel"
  | "moderate"
  | "reconcile"
  | "readGroup";

/** A Webex team. Its actor is that of its General space, which has the team's UUID. */
export interface Team {
  readonly kind: "team";
  readonly teamUuid: string;
  /** Whose team it is; null when Webex does not tell. */
  readonly ownerOrgUuid: string | null;
  readonly wanted: "unasked" | "yes" | "no";
  readonly nameGiven: string | null;
  readonly standing: Standing;
  /** What held for the organisation when it was asked last, and when. */
  readonly settings: { readonly value: Settings; readonly at: EpochMs } | null;
  readonly askedAt: EpochMs | null;
  readonly name: string | null;
  /** The people that go into the group with its creation. */
  readonly first: readonly LinkedPerson[];
  /** The language of who made the team. */
  readonly language: string | null;
  /** How many names have been tried for the group. */
  readonly names: number;
  /** How many groups the team has had: part of the group's key, so that a deleted one is not in the way. */
  readonly generation: number;
  readonly group: Group | null;
  /** Up to whom the people of the team have been looked at: empty before the first, null after the last. */
  readonly peopleAfter: string | null;
  /** Somebody joined meanwhile: the people are looked at once more. */
  readonly peopleChanged: boolean;
  /** Object ids found, to go into the group with the next request. */
  readonly arrivals: readonly string[];
  /** People whose membership or ownership of the group is to change because they did in Webex meanwhile. */
  readonly changes: readonly MemberChange[];
  readonly spaces: readonly TeamSpace[];
  /** Up to which space they have been looked at, likewise. */
  readonly spacesAfter: string | null;
  readonly hasCard: boolean;
  readonly deltaLink: string | null;
  readonly follow: Follow;
  readonly followAt: EpochMs | null;
  readonly reconcileAt: EpochMs | null;
  /** Up to whom team and group have been compared, likewise. */
  readonly reconcileAfter: string | null;
  /** Whom the group had when it was heard of last; left out by an older release: nobody is known. */
  readonly known?: KnownPeople;
  /** What the group told was lost: the next comparison finds also who left. Left out by an older release. */
  readonly isFollowLost?: boolean;
  readonly refused: readonly { readonly person: string; readonly reason: string }[];
  readonly refusedCount: number;
  /** Failures in a row of the team's own. */
  readonly failures: number;
  /** Waits in a row. */
  readonly waits: number;
  readonly trouble: string | null;
  /** Nothing is done earlier. */
  readonly tryAt: EpochMs;
  /** When the team was last found gone; a second finding counts. */
  readonly missingAt: EpochMs | null;
  readonly inFlight: InFlight<TeamCallKind> | null;
  readonly calls: number;
  /** What was published last, to publish changes alone. */
  readonly published: string | null;
}

/** What becomes of somebody in the group while it is being made. */
export interface MemberChange {
  readonly personUuid: string;
  readonly becomes: "gone" | "in" | "owner" | "member";
}

/** The state of any actor of the service; `unknown` has no record. */
export type State = { readonly kind: "unknown" } | Organisation | Looking | PlainSpace | Team;

/** What every actor starts from. */
export const initial: State = { kind: "unknown" };
