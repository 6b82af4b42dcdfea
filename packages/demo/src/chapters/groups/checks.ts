import type { Expectation } from "../../expectation.ts";
import type { Scenery } from "../chapter.ts";
import type { GroupsCast, PlayedTeam } from "./cast.ts";
import { differences, expectedPeople } from "./model.ts";

type Groups = ReturnType<Scenery["stage"]["graph"]["groups"]["list"]>;

/** The groups of a team: their unique names hold its UUID. */
const groupsOf = (groups: Groups, { team }: PlayedTeam): Groups =>
  groups.filter(({ uniqueName }) => uniqueName?.includes(team.uuid));

const nameOf = (cast: GroupsCast, objectId: string): string =>
  cast.members.find((member) => member.objectId === objectId && member.standing !== "outsider")?.name ??
  objectId;

/** Who is in a team, without the account that links the folders. */
export const peopleOfTeam = (
  { stage }: Scenery,
  cast: GroupsCast,
  { team }: PlayedTeam,
): readonly string[] => {
  const general = stage.webex.spaces.rooms.get(team.uuid);
  if (!general) return [];
  return stage.webex.spaces
    .membersOf(general)
    .filter(({ person }) => person.email !== stage.serviceAccount)
    .map(({ person }) => cast.members.find(({ webex }) => webex.uuid === person.uuid)?.name ?? person.email);
};

/** Folders that are linked to the spaces of a team. */
export const linkedFoldersOf = ({ stage: { webex } }: Scenery, { spaces }: PlayedTeam): number =>
  spaces.flatMap((uuid) => {
    const room = webex.spaces.rooms.get(uuid);
    return room ? webex.linkedFoldersOf(room) : [];
  }).length;

const checkOneGroup = (cast: GroupsCast, groups: Groups): Expectation => ({
  name: "groups: exactly one for each team, and no other",
  checked: cast.teams.length,
  broken: [
    ...cast.teams.flatMap((played) => {
      const { length } = groupsOf(groups, played);
      return length === 1 ? [] : [`${played.name} has ${length} groups`];
    }),
    ...groups
      .filter(({ uniqueName }) => !cast.teams.some(({ team }) => uniqueName?.includes(team.uuid)))
      .map(({ displayName }) => `the group ${displayName} belongs to no team`),
  ],
});

const checkGroupPeople = (cast: GroupsCast, groups: Groups): Expectation => ({
  name: "groups: nobody left out, nobody outside let in",
  checked: cast.teams.reduce((sum, played) => sum + expectedPeople(played).inGroup.size, 0),
  broken: cast.teams.flatMap((played) =>
    groupsOf(groups, played).flatMap(({ members }) =>
      differences(
        `the group of ${played.name}`,
        expectedPeople(played).inGroup,
        members.map((id) => nameOf(cast, id)),
      ),
    ),
  ),
});

const checkTeamPeople = (cast: GroupsCast, scenery: Scenery): Expectation => ({
  name: "teams: follow who came into their group and who left it; nobody outside gets in",
  checked: cast.teams.reduce((sum, played) => sum + expectedPeople(played).inTeam.size, 0),
  broken: cast.teams.flatMap((played) =>
    differences(played.name, expectedPeople(played).inTeam, peopleOfTeam(scenery, cast, played)),
  ),
});

const checkFolders = (cast: GroupsCast, groups: Groups, scenery: Scenery): Expectation => ({
  name: "spaces: each has one folder of its own in the group's library, linked",
  checked: cast.teams.reduce((sum, { spaces }) => sum + spaces.length, 0),
  broken: cast.teams.flatMap((played) => {
    const folders = groupsOf(groups, played).reduce((sum, group) => sum + group.folders.length, 0);
    const [wanted, linked] = [played.spaces.length, linkedFoldersOf(scenery, played)];
    return folders === wanted && linked === wanted
      ? []
      : [`${played.name} has ${folders} folders, ${linked} linked, for ${wanted} spaces`];
  }),
});

const checkWord = (cast: GroupsCast, { stage: { webex, serviceAccount } }: Scenery): Expectation => ({
  name: "teams: are told once that they have a group",
  checked: cast.teams.length,
  broken: cast.teams.flatMap(({ name, team }) => {
    const told = [...webex.spaces.messages.values()].filter(
      ({ room, person, isDeleted }) =>
        room.uuid === team.uuid && person.email === serviceAccount && !isDeleted,
    );
    return told.length === 1 ? [] : [`${name} was told ${told.length} times`];
  }),
});

const checkDeletion = (cast: GroupsCast): Expectation => {
  const deleted = cast.teams.filter(({ whileDeleted }) => whileDeleted !== null);
  return {
    name: "a deleted group: its team loses nobody, its folders are not linked any more",
    checked: deleted.length,
    broken: deleted.flatMap(({ name, founders, changes, whileDeleted }) => {
      const { inTeam } = expectedPeople({ creator: founders[0] ?? fail(name), founders, changes });
      return [
        ...differences(`${name} while its group was deleted`, inTeam, whileDeleted?.peopleOfTeam ?? []),
        ...(whileDeleted?.linkedFolders === 0
          ? []
          : [`${name} had ${whileDeleted?.linkedFolders} linked folders while its group was deleted`]),
      ];
    }),
  };
};

const fail = (name: string): never => {
  throw new Error(`nobody made ${name}`);
};

/** Everything that must hold when the chapter is over. */
export const checkGroups = (cast: GroupsCast, scenery: Scenery): readonly Expectation[] => {
  const groups = scenery.stage.graph.groups.list(cast.tenantId);
  return [
    checkOneGroup(cast, groups),
    checkGroupPeople(cast, groups),
    checkTeamPeople(cast, scenery),
    checkFolders(cast, groups, scenery),
    checkWord(cast, scenery),
    checkDeletion(cast),
  ];
};
