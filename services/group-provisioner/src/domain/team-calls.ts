import type { GroupOptions } from "@hybrid/contracts";
import { unreachable } from "@hybrid/kernel";
import type { TeamCall } from "./inputs.ts";
import { nobodyKnown } from "./known-people.ts";
import { folderNameOf, namesOf, uniqueNameOf } from "./names.ts";
import type { Numbers } from "./numbers.ts";
import { spaceToLink } from "./plan.ts";
import type { Team, TeamCallKind } from "./state.ts";

/** The name that the group gets: as somebody gave it, else the team's. */
export const wantedName = ({ nameGiven, name }: Team): string => nameGiven ?? name ?? "";

const orderedGroup = (team: Team, options: GroupOptions, numbers: Numbers) => {
  const { displayName, mailNickname } = namesOf(
    { name: wantedName(team), teamUuid: team.teamUuid },
    options,
    team.names,
  );
  const moderators = team.first.filter(({ isModerator }) => isModerator).slice(0, numbers.ownersMax);
  return {
    displayName,
    mailNickname,
    uniqueName: uniqueNameOf(team.teamUuid, team.generation),
    owners: moderators.map(({ objectId }) => objectId),
    members: team.first.map(({ objectId }) => objectId),
  };
};

const spaceOrder = (team: Team) => {
  const space = spaceToLink(team);
  const { roomUuid = "", title = "", names = 0, folder = null } = space ?? {};
  const name = folderNameOf(title ?? "", roomUuid, names);
  return { roomUuid, name, itemId: folder?.itemId ?? "", webUrl: folder?.webUrl ?? "" };
};

const followOf = (team: Team, kind: "admit" | "expel" | "moderate", numbers: Numbers) => {
  const { admit, expel, promote, demote } = team.follow;
  if (kind !== "moderate")
    return {
      objectIds: (kind === "admit" ? admit : expel).slice(0, numbers.followersMax),
      isModerator: false,
    };
  // Owners first: then the last moderator need not be kept.
  const isModerator = promote.length > 0;
  return { objectIds: (isModerator ? promote : demote).slice(0, numbers.followersMax), isModerator };
};

/** What every order is made of besides the team's facts. */
export interface OrderGiven {
  readonly number: number;
  readonly options: GroupOptions;
  readonly numbers: Numbers;
}

type SpaceKind = "listSpaces" | "createFolder" | "linkFolder" | "unlinkFolder" | "postCard" | "readTeam";

const isSpaceKind = (kind: TeamCallKind): kind is SpaceKind =>
  kind === "listSpaces" ||
  kind === "createFolder" ||
  kind === "linkFolder" ||
  kind === "unlinkFolder" ||
  kind === "postCard" ||
  kind === "readTeam";

/** What is ordered of Webex, and of the library. */
const spaceCallOf = (team: Team, kind: SpaceKind, { number, options }: OrderGiven): TeamCall => {
  const { teamUuid, group } = team;
  const ofTeam = { number, teamUuid };
  const driveId = group?.driveId ?? "";
  switch (kind) {
    case "readTeam":
      return { kind, ...ofTeam };
    case "listSpaces":
      return { kind, ...ofTeam, after: team.spacesAfter ?? "" };
    case "createFolder": {
      const { roomUuid, name } = spaceOrder(team);
      return { kind, ...ofTeam, tenantId: options.tenantId, driveId, roomUuid, name };
    }
    case "linkFolder": {
      const { roomUuid, name, itemId, webUrl } = spaceOrder(team);
      return { kind, ...ofTeam, driveId, roomUuid, itemId, webUrl, displayName: name };
    }
    case "unlinkFolder": {
      const linked = team.spaces.find(({ isLinked }) => isLinked);
      return { kind, ...ofTeam, roomUuid: linked?.roomUuid ?? "", itemId: linked?.folder?.itemId ?? "" };
    }
    case "postCard": {
      const language = options.language ?? team.language;
      const card = { teamName: wantedName(team), libraryUrl: group?.libraryUrl ?? "" };
      return { kind, ...ofTeam, language, ...card, refused: team.refusedCount };
    }
    default:
      return unreachable(kind);
  }
};

/** What is ordered of the group and of its people. */
const groupCallOf = (team: Team, kind: Exclude<TeamCallKind, SpaceKind>, given: OrderGiven): TeamCall => {
  const { number, options, numbers } = given;
  const { tenantId, webexOrgUuid, visibility, welcomeMail } = options;
  const ofTeam = { number, teamUuid: team.teamUuid };
  const ofGroup = { ...ofTeam, tenantId, groupId: team.group?.groupId ?? "" };
  switch (kind) {
    case "readPeople":
      return { kind, ...ofTeam, webexOrgUuid, after: team.peopleAfter ?? "", limit: numbers.peopleMax };
    case "validateNames": {
      const { displayName, mailNickname } = orderedGroup(team, options, numbers);
      return { kind, ...ofTeam, tenantId, displayName, mailNickname };
    }
    case "createGroup": {
      const language = options.language ?? team.language;
      const wanted = { visibility, welcomeMail, language, teamName: wantedName(team) };
      return { kind, ...ofTeam, tenantId, ...wanted, ...orderedGroup(team, options, numbers) };
    }
    case "addMembers":
      return { kind, ...ofGroup, members: team.arrivals.slice(0, numbers.peopleMax) };
    case "changeMember": {
      const { personUuid = "", becomes = "member" } = team.changes[0] ?? {};
      return { kind, ...ofGroup, webexOrgUuid, personUuid, becomes };
    }
    case "readDrive":
    case "readGroup":
      return { kind, ...ofGroup };
    case "readDelta":
      return { kind, ...ofGroup, link: team.deltaLink };
    case "reconcile":
      return {
        kind,
        ...ofGroup,
        after: team.reconcileAfter ?? "",
        // What the group tells by itself says better who left; the comparison stands in for it alone.
        known: team.isFollowLost ? (team.known ?? nobodyKnown) : nobodyKnown,
      };
    case "admit":
    case "expel":
    case "moderate":
      return { kind, ...ofGroup, webexOrgUuid, ...followOf(team, kind, numbers) };
    default:
      return unreachable(kind);
  }
};

/** The order of a call, whole from the team's facts. */
export const teamCallOf = (team: Team, kind: TeamCallKind, given: OrderGiven): TeamCall =>
  isSpaceKind(kind) ? spaceCallOf(team, kind, given) : groupCallOf(team, kind, given);
