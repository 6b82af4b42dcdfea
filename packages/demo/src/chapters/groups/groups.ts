import { type GroupCommand, groupCommands, groupCommandValue } from "@hybrid/contracts";
import { table } from "@hybrid/hybrid";
import { actorIdOf, hours, minutes, partitionOf } from "@hybrid/kernel";
import { defineChapter, type Scenery } from "../chapter.ts";
import { type GroupsCast, type Member, makeTeam, type PlayedTeam, prepareGroups, those } from "./cast.ts";
import { checkGroups, linkedFoldersOf, peopleOfTeam } from "./checks.ts";
import { expectedPeople } from "./model.ts";
import { groupFaults } from "./planted.ts";

/** The administrator's orders, as `hybrid groups` writes them. */
const order = async ({ administrator }: Scenery, ...commands: readonly GroupCommand[]): Promise<void> => {
  const { org, log, clock, partitions } = administrator;
  const key = actorIdOf(`${org}/o`);
  const timestamp = clock.now();
  await log.append(
    commands.map((command) => ({
      topic: groupCommands.name,
      partition: partitionOf(key, partitions),
      key,
      value: groupCommands.encode(groupCommandValue(command, timestamp)),
      timestamp,
    })),
  );
};

const switchOn = ({ tenantId }: GroupsCast, scenery: Scenery): Promise<void> =>
  order(
    scenery,
    {
      kind: "configure",
      options: {
        tenantId,
        webexOrgUuid: scenery.stage.webexOrgId,
        mode: "everyTeam",
        visibility: "private",
        welcomeMail: false,
        namePrefix: "",
        nameSuffix: "",
        language: null,
        botPersonUuid: null,
      },
    },
    { kind: "authorise" },
    { kind: "enable" },
  );

/** One of `those`, by chance; throws when there is none. */
const pick = ({ dice }: Scenery, from: readonly Member[]): Member => {
  const picked = from[Math.floor(dice() * from.length)];
  if (!picked) throw new Error("there is nobody to pick");
  return picked;
};

/** Two teams of one name, one of many, one with outsiders of every kind, one with a second space. */
const makeTeams = (cast: GroupsCast, scenery: Scenery): void => {
  const linked = those(cast, "linked");
  const few = (): readonly Member[] => [...new Set(Array.from({ length: 3 }, () => pick(scenery, linked)))];
  makeTeam(scenery, cast, { name: "Build", founders: few() });
  makeTeam(scenery, cast, { name: "Build", founders: few() });
  makeTeam(scenery, cast, { name: "Everybody", founders: linked.slice(0, 26) });
  makeTeam(scenery, cast, {
    name: "Partners",
    founders: [pick(scenery, linked), ...cast.members.filter(({ standing }) => standing !== "linked")],
  });
  const last = makeTeam(scenery, cast, { name: "R\u00e4ksm\u00f6rg\u00e5s & Co", founders: few() });
  addSpace(last, scenery, "Releases");
};

const addSpace = (played: PlayedTeam, { stage: { webex } }: Scenery, title: string): void => {
  const room = webex.spaces.createRoom(played.creator.webex, title, { teamUuid: played.team.uuid });
  played.spaces.push(room.uuid);
};

/** The living group of a team; throws when there is not exactly one. */
const groupOf = (cast: GroupsCast, { stage }: Scenery, { name, team }: PlayedTeam) => {
  const found = stage.graph.groups
    .list(cast.tenantId)
    .filter(({ uniqueName }) => uniqueName?.includes(team.uuid));
  const [only] = found;
  return only && found.length === 1 ? only : { fault: `${name} has ${found.length} groups` };
};

/** In every group an owner takes a colleague in and another out, and in one a guest. */
const changeGroups = (cast: GroupsCast, scenery: Scenery): void => {
  for (const [index, played] of cast.teams.entries()) {
    const group = groupOf(cast, scenery, played);
    // The expectations say so at the end.
    if ("fault" in group) continue;
    const { graph } = scenery.stage;
    const isIn = ({ objectId }: Member): boolean => group.members.includes(objectId);
    const change = (kind: "in" | "out", member: Member): void => {
      if (kind === "in") graph.groups.add(group.id, "members", member.objectId);
      else graph.groups.remove(group.id, "members", member.objectId);
      played.changes.push({ kind, member });
    };
    change(
      "in",
      pick(
        scenery,
        those(cast, "linked").filter((member) => !isIn(member)),
      ),
    );
    const leaving = those(cast, "linked").filter(
      (member) => isIn(member) && !group.owners.includes(member.objectId),
    );
    if (leaving.length > 0) change("out", pick(scenery, leaving));
    if (index === 0) change("in", pick(scenery, those(cast, "guest")));
    if (index === 1) addSpace(played, scenery, "Planning");
  }
};

const first = ({ teams }: GroupsCast): PlayedTeam => {
  const [played] = teams;
  if (!played) throw new Error("there is no team");
  return played;
};

/** Somebody deletes the first team's group in Outlook. */
const deleteGroup = (cast: GroupsCast, scenery: Scenery): void => {
  const group = groupOf(cast, scenery, first(cast));
  if ("fault" in group) return;
  scenery.stage.graph.groups.delete(group.id);
  scenery.after(minutes(89), () => {
    first(cast).whileDeleted = {
      peopleOfTeam: peopleOfTeam(scenery, cast, first(cast)),
      linkedFolders: linkedFoldersOf(scenery, first(cast)),
    };
    scenery.stage.graph.groups.restore(group.id);
  });
};

const report = (cast: GroupsCast, scenery: Scenery): string => {
  const rows = cast.teams.map((played) => {
    const { inGroup } = expectedPeople(played);
    const group = groupOf(cast, scenery, played);
    return "fault" in group
      ? [played.name, "", 0, inGroup.size, linkedFoldersOf(scenery, played)]
      : [
          played.name,
          group.mailNickname,
          group.members.length,
          inGroup.size,
          linkedFoldersOf(scenery, played),
        ];
  });
  return table(["team", "group", "members", "expected", "linked folders"], rows);
};

/** Webex teams get Microsoft 365 groups and follow them. */
export const groups = defineChapter<GroupsCast>({
  name: "groups",
  title: "Webex teams get Microsoft 365 groups and follow them",
  prepare: prepareGroups,
  scenes: [
    { afterMs: 0, text: "an administrator accepts the permissions and switches groups on", play: switchOn },
    { afterMs: minutes(5), text: "people make teams, with colleagues and with outsiders", play: makeTeams },
    { afterMs: minutes(45), text: "owners of groups take people in and out", play: changeGroups },
    {
      afterMs: minutes(70),
      text: "somebody deletes a group; twenty minutes later it is restored",
      play: deleteGroup,
    },
  ],
  endsAfterMs: hours(2.5),
  killAfterRequests: 120,
  judge: checkGroups,
  report,
  plantedFaults: groupFaults,
});
