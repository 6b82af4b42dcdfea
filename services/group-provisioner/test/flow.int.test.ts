import { days, hours, minutes, seconds } from "@hybrid/kernel";
import { afterEach, expect, test } from "vitest";
import { objectId, tenantId, World, type WorldOptions } from "./world.ts";

let world: World;
afterEach(() => world.close());

const open = async (options: WorldOptions = {}): Promise<void> => {
  world = await World.open(options);
};

const groups = () => world.graph.groups.list(tenantId);
const membersOf = (uuid: string): readonly string[] =>
  world.webex.spaces
    .membersOf(world.webex.spaces.rooms.get(uuid)!)
    .map(({ person }) => person.externalId ?? person.email);

test("a new team gets its group, with its people, a folder for its space and word of it", async () => {
  await open();
  await world.begin();
  const { team } = world.addTeam("Build Squad", 1, 2, 3);
  await world.pass(minutes(20));
  expect(groups()).toMatchObject([
    {
      displayName: "Build Squad",
      mailNickname: "build-squad",
      uniqueName: `webex-team-${team.uuid}`,
      visibility: "Private",
      owners: [objectId(1)],
      folders: ["Build Squad"],
    },
  ]);
  expect(groups()[0]!.members.toSorted()).toEqual([1, 2, 3].map(objectId));
  expect(world.stateOfTeam(team.uuid).standing.kind).toBe("connected");
  const messages = [...world.webex.spaces.messages.values()].filter(({ room }) => room.uuid === team.uuid);
  expect(messages.map(({ markdown }) => markdown)).toMatchObject([
    expect.stringContaining("**Build Squad now has a Microsoft 365 group.**"),
  ]);
  expect(world.driver.emitted.filter(({ topic }) => topic === "group-status").at(-1)?.value).toMatchObject({
    standing: "connected",
    reason: null,
    spacesLinked: 1,
    refusedCount: 0,
    teamName: null,
    libraryUrl: null,
    sealedTexts: { sealedFor: "acme/o", value: { teamName: "Build Squad" } },
  });
  const stored = world.driver.viewOf(world.teamActor(team.uuid));
  expect(JSON.stringify(stored)).not.toMatch(/build.?squad/i);
});

/** A team that is connected, with people 1 (who owns it) to `people`. */
const connected = async (people: number, options: WorldOptions = {}) => {
  await open({ people, ...options });
  await world.begin();
  const others = Array.from({ length: people - 1 }, (_, index) => index + 2);
  const { team, general } = world.addTeam("Build Squad", 1, ...others);
  await world.pass(minutes(20));
  expect(world.stateOfTeam(team.uuid).standing.kind).toBe("connected");
  return { team, general, group: groups()[0]! };
};

const status = (uuid: string): any =>
  world.driver.emitted
    .filter(({ topic, key }) => topic === "group-status" && key === world.teamActor(uuid))
    .at(-1)?.value;

test("a team of 45 gets everybody into its group, twenty by twenty at most", async () => {
  const { group } = await connected(45);
  expect(group.members.toSorted()).toEqual(Array.from({ length: 45 }, (_, n) => objectId(n + 1)));
  expect(world.graph.metrics.throttled).toBe(0);
});

test("a group that is not on every server yet gets everybody, and loses people who left meanwhile", async () => {
  await open({ people: 30, groups: { replicationMs: [seconds(40), seconds(40)] } });
  await world.begin();
  const others = Array.from({ length: 29 }, (_, index) => index + 2);
  const { team, general } = world.addTeam("Build Squad", 1, ...others);
  while (groups().length === 0) await world.pass(seconds(10), seconds(5));
  world.webex.spaces.removeMember(
    world.person(1).uuid,
    world.webex.spaces.membership(general.uuid, world.person(2).uuid)!,
  );
  await world.pass(minutes(20));
  const expected = [1, ...others].filter((n) => n !== 2).map(objectId);
  expect(groups()[0]!.members.toSorted()).toEqual(expected);
  expect(status(team.uuid)).toMatchObject({ standing: "connected", refusedCount: 0 });
});

test("nobody without a linked, active account of the organisation gets in, and each is told with the reason", async () => {
  await open({ people: 2 });
  world.addPerson(3, { externalId: "nothing" });
  world.addPerson(4, { hasSignedIn: false });
  world.addPerson(5, { externalId: `OID:${objectId(5)}` });
  const outsider = world.webex.addPerson({
    orgId: "0b0b0b0b-1111-4111-8111-000000000002",
    email: "guest@other.example",
    displayName: "Guest",
    sites: [],
    externalId: objectId(2),
  });
  world.graph.addMailbox({
    tenantId,
    userId: objectId(6),
    userPrincipalName: "p6@acme.example",
    mail: "p6@acme.example",
    displayName: "Guest by the directory",
    profile: { userType: "Guest" },
  });
  const byDirectory = world.webex.addPerson({
    orgId: world.person(1).orgId,
    email: "p6@acme.example",
    displayName: "Six",
    sites: [],
    externalId: objectId(6),
  });
  await world.begin();
  const { team, general } = world.addTeam("Build", 1, 2, 3, 4, 5, 6);
  world.webex.spaces.addMember(world.person(1).uuid, general, outsider);
  await world.pass(minutes(20));
  expect(groups()[0]!.members.toSorted()).toEqual([1, 2, 5].map(objectId));
  const { refused, refusedCount } = status(team.uuid);
  expect(new Map(refused.map(({ person, reason }: any) => [person, reason]))).toEqual(
    new Map([
      [world.person(3).uuid, "noExternalId"],
      [world.person(4).uuid, "notActive"],
      [outsider.uuid, "external"],
      [objectId(6), "guest"],
      [byDirectory.uuid, "notInGroup"],
    ]),
  );
  expect(refusedCount).toBe(5);
});

test("a team nobody of which can own a group waits for a person, and goes on when asked to", async () => {
  await open({ people: 2 });
  world.addPerson(3, { externalId: "" });
  await world.begin();
  const { team, general } = world.addTeam("Build", 3, 1);
  await world.pass(minutes(5));
  expect(status(team.uuid)).toMatchObject({ standing: "blocked", reason: "noOwner", step: "people" });
  expect(groups()).toEqual([]);
  const membership = world.webex.spaces.membership(general.uuid, world.person(1).uuid)!;
  world.webex.spaces.updateMember(world.person(3).uuid, membership, { isModerator: true });
  world.command({ kind: "retry" }, world.teamActor(team.uuid));
  await world.pass(minutes(20));
  expect(groups()).toMatchObject([{ owners: [objectId(1)] }]);
});

test("opt-in: nothing is made until somebody connects the team, or adds the bot", async () => {
  await open();
  const bot = world.webex.addPerson({
    orgId: world.person(1).orgId,
    email: "groups@webex.bot",
    displayName: "Groups",
    sites: [],
    type: "bot",
  });
  await world.begin({ mode: "optIn", botPersonUuid: bot.uuid });
  const [one, two, three] = ["One", "Two", "Three"].map((name) => world.addTeam(name, 1));
  await world.pass(minutes(5));
  expect(groups()).toEqual([]);
  expect(status(one!.team.uuid)).toMatchObject({ standing: "noticed" });
  world.command({ kind: "connect", name: "First" }, world.teamActor(one!.team.uuid));
  world.webex.spaces.addMember(world.person(1).uuid, two!.general, bot);
  await world.pass(minutes(20));
  expect(groups().map(({ displayName }) => displayName)).toEqual(["First", "Two"]);
  expect(status(three!.team.uuid)).toMatchObject({ standing: "noticed" });
});

test("two teams of one name get two groups; a tenant's policy is kept, and a blocked word asks a person", async () => {
  await open();
  world.graph.groups.setNamingPolicy(tenantId, { prefix: "GRP ", blockedWords: ["payroll"] });
  await world.begin({ namePrefix: "GRP " });
  const two = [world.addTeam("Räksmörgås & Co", 1), world.addTeam("Räksmörgås & Co", 2)];
  const payroll = world.addTeam("Payroll", 1);
  await world.pass(minutes(20));
  expect(groups().map(({ displayName }) => displayName)).toEqual(two.map(() => "GRP Räksmörgås & Co"));
  // Whichever is noticed second has its own id in its address.
  const [plain, ...others] = groups().map(({ mailNickname }) => mailNickname);
  expect(plain).toBe("GRPraksmorgas-co");
  expect(two.map(({ team }) => [`GRPraksmorgas-co-${team.uuid.slice(0, 8)}`])).toContainEqual(others);
  expect(status(payroll.team.uuid)).toMatchObject({ standing: "blocked", reason: "blockedWord" });
  world.command({ kind: "connect", name: "Wages" }, world.teamActor(payroll.team.uuid));
  await world.pass(minutes(20));
  expect(groups().at(-1)).toMatchObject({ displayName: "GRP Wages" });
});

test("a name that Webex cannot decrypt never becomes a group's; it is asked for again", async () => {
  await open();
  const { team, general } = world.addTeam("Secret Plans", 1);
  general.isUnreadable = true;
  await world.begin();
  world.webex.spaces.addMember(world.person(1).uuid, general, world.person(2));
  await world.pass(minutes(5));
  expect(groups().map(({ displayName }) => displayName)).toEqual(
    groups().length === 0 ? [] : ["Secret Plans"],
  );
  general.isUnreadable = false;
  await world.pass(hours(1));
  expect(groups().map(({ displayName }) => displayName)).toEqual(["Secret Plans"]);
  await world.pass(days(1), minutes(15));
  expect(groups()[0]!.folders).toEqual(["Secret Plans"]);
  expect(status(team.uuid).spacesLinked).toBe(1);
});

test("each space gets a folder of its own, also one made later, and also one of the same title", async () => {
  const { team } = await connected(2);
  const spaces = world.webex.spaces;
  const [one, two] = [1, 2].map(() =>
    spaces.createRoom(world.person(1), "What? Releases", { teamUuid: team.uuid }),
  );
  await world.pass(minutes(5));
  expect(groups()[0]!.folders).toEqual([
    "Build Squad",
    "What Releases",
    expect.stringMatching(/^What Releases [0-9a-f]{8}$/),
  ]);
  expect(status(team.uuid)).toMatchObject({ spacesLinked: 3, spacesWaiting: 0 });
  expect(one!.uuid).not.toBe(two!.uuid);
});

test("the team follows its group: who comes, who goes, who owns it", async () => {
  const { team, group } = await connected(4);
  const extra = world.webex.spaces.createRoom(world.person(1), "Releases", { teamUuid: team.uuid });
  world.webex.spaces.addMember(world.person(1).uuid, extra, world.person(3));
  world.addPerson(5);
  world.graph.groups.add(group.id, "members", objectId(5));
  world.graph.groups.remove(group.id, "members", objectId(3));
  world.graph.groups.add(group.id, "owners", objectId(2));
  await world.pass(minutes(16));
  expect(membersOf(team.uuid)).toEqual(expect.arrayContaining([1, 2, 4, 5].map(objectId)));
  expect(membersOf(team.uuid)).not.toContain(objectId(3));
  expect(world.webex.spaces.membership(extra.uuid, world.person(3).uuid)).toBeUndefined();
  const isModerator = (n: number) =>
    world.webex.spaces.membership(team.uuid, world.person(n).uuid)!.isModerator;
  expect([isModerator(1), isModerator(2)]).toEqual([true, true]);
  world.graph.groups.remove(group.id, "owners", objectId(1));
  await world.pass(minutes(16));
  expect([isModerator(1), isModerator(2)]).toEqual([false, true]);
});

test("who left the group while Graph forgot the delta link goes; who is in the team alone stays, and is told", async () => {
  const { team, general, group } = await connected(4);
  await world.pass(minutes(20));
  world.addPerson(5);
  world.webex.spaces.addMember(world.person(1).uuid, general, world.person(5), { isThroughTeam: true });
  world.graph.groups.remove(group.id, "members", objectId(3));
  world.graph.groups.forgetSyncState(tenantId);
  await world.pass(minutes(16));
  expect(membersOf(team.uuid)).toEqual(expect.arrayContaining([1, 2, 4, 5].map(objectId)));
  expect(membersOf(team.uuid)).not.toContain(objectId(3));
  await world.pass(minutes(16));
  expect(status(team.uuid).refused).toContainEqual({ person: world.person(5).uuid, reason: "notInGroup" });
  // From here on Graph tells by itself again.
  world.graph.groups.remove(group.id, "members", objectId(2));
  await world.pass(minutes(16));
  expect(membersOf(team.uuid)).not.toContain(objectId(2));
});

test("guests of the group do not get into the team; the last moderator stays; both are told", async () => {
  const { team, group } = await connected(3);
  world.graph.addMailbox({
    tenantId,
    userId: objectId(8),
    userPrincipalName: "p8@acme.example",
    mail: "p8@acme.example",
    displayName: "Guest",
    profile: { userType: "Guest" },
  });
  world.graph.groups.add(group.id, "members", objectId(8));
  world.graph.groups.add(group.id, "owners", objectId(2));
  world.graph.groups.remove(group.id, "owners", objectId(1));
  world.graph.groups.remove(group.id, "members", objectId(1));
  world.graph.groups.remove(group.id, "members", objectId(2));
  await world.pass(minutes(40));
  expect(status(team.uuid).refused).toEqual(
    expect.arrayContaining([{ person: objectId(8), reason: "guest" }]),
  );
  const moderators = world.webex.spaces
    .membersOf(world.webex.spaces.rooms.get(team.uuid)!)
    .filter((each) => each.isModerator);
  expect(moderators).toHaveLength(1);
});

test("renames at either side change nothing at the other", async () => {
  const { team, general, group } = await connected(2);
  world.webex.spaces.updateRoom(world.person(1).uuid, general, { title: "Ship Squad" });
  world.graph.groups.rename(group.id, "Crew");
  await world.pass(days(2), minutes(15));
  expect(groups()).toMatchObject([
    { displayName: "Crew", mailNickname: "build-squad", folders: ["Build Squad"] },
  ]);
  expect(world.webex.spaces.teams.get(team.uuid)!.name).toBe("Ship Squad");
  expect(status(team.uuid).standing).toBe("connected");
});

test("a deleted group disconnects the team and deletes nothing there; restored, it is connected again", async () => {
  const { team, group } = await connected(3);
  world.graph.groups.delete(group.id);
  await world.pass(minutes(20));
  expect(status(team.uuid)).toMatchObject({
    standing: "disconnected",
    reason: "groupDeleted",
    spacesLinked: 0,
  });
  expect(membersOf(team.uuid)).toEqual(expect.arrayContaining([1, 2, 3].map(objectId)));
  world.graph.groups.restore(group.id);
  await world.pass(hours(2), minutes(5));
  expect(status(team.uuid)).toMatchObject({ standing: "connected", groupId: group.id, spacesLinked: 1 });
  expect(groups()).toHaveLength(1);
});

test("a deleted team leaves its group as it is", async () => {
  const { team, group } = await connected(3);
  world.webex.spaces.removeTeam(world.person(1).uuid, team);
  await world.pass(days(1) + hours(1), minutes(15));
  expect(status(team.uuid)).toMatchObject({ standing: "disconnected", reason: "teamDeleted" });
  expect(groups()).toMatchObject([{ id: group.id, members: [1, 2, 3].map(objectId) }]);
});

test("disconnected by hand it follows no more; connected again it is the same group, after a deletion a new one", async () => {
  const { team, group } = await connected(3);
  const actor = world.teamActor(team.uuid);
  world.command({ kind: "disconnect" }, actor);
  await world.pass(minutes(5));
  expect(status(team.uuid)).toMatchObject({ standing: "disconnected", reason: "byHand", spacesLinked: 0 });
  world.graph.groups.remove(group.id, "members", objectId(3));
  await world.pass(hours(1), minutes(15));
  expect(membersOf(team.uuid)).toContain(objectId(3));
  world.command({ kind: "connect", name: null }, actor);
  await world.pass(minutes(20));
  expect(status(team.uuid)).toMatchObject({ standing: "connected", groupId: group.id, spacesLinked: 1 });
  world.graph.groups.delete(group.id);
  await world.pass(minutes(20));
  world.command({ kind: "connect", name: null }, actor);
  await world.pass(minutes(30));
  expect(groups()).toMatchObject([{ uniqueName: `webex-team-${team.uuid}-2` }]);
  expect(status(team.uuid).standing).toBe("connected");
});

test("without consent nothing is done, and it is asked for once; authorised again it goes on", async () => {
  const { group } = await connected(2);
  world.graph.revokeConsent(tenantId, "33333333-3333-4333-8333-333333333333");
  world.addPerson(3);
  world.graph.groups.add(group.id, "members", objectId(3));
  await world.pass(minutes(40), minutes(5));
  const shown = (): any =>
    world.driver.emitted.filter(({ topic }) => topic === "group-prerequisites").at(-1)?.value;
  expect(shown()).toMatchObject({ authorised: false, enabled: true });
  const before = world.graph.metrics.requests.reduce((sum, { count }) => sum + count, 0);
  await world.pass(hours(3), minutes(15));
  expect(world.graph.metrics.requests.reduce((sum, { count }) => sum + count, 0) - before).toBeLessThan(20);
  world.graph.grantConsent(tenantId, "33333333-3333-4333-8333-333333333333");
  world.command({ kind: "authorise" });
  await world.pass(hours(1), minutes(5));
  expect(shown()).toMatchObject({ authorised: true });
  expect(world.webex.spaces.membersOf([...world.webex.spaces.rooms.values()][0]!)).toEqual(
    expect.arrayContaining([expect.objectContaining({ person: world.person(3) })]),
  );
});

test("switched off nothing new is made, and what is there stays; switched on the teams of meanwhile are found", async () => {
  const { team } = await connected(2);
  world.command({ kind: "disable" });
  const later = world.addTeam("Later", 1);
  await world.pass(hours(1), minutes(5));
  expect(groups()).toHaveLength(1);
  expect(status(team.uuid).standing).toBe("connected");
  world.command({ kind: "enable" });
  await world.pass(minutes(30));
  expect(groups().map(({ displayName }) => displayName)).toEqual(["Build Squad", "Later"]);
  expect(status(later.team.uuid).standing).toBe("connected");
});

test("a site that takes hours is waited for, and shown as late after a day", async () => {
  await open({ people: 2, groups: { siteDelayMs: [hours(30), hours(30)] } });
  await world.begin();
  const { team } = world.addTeam("Slow", 1);
  await world.pass(hours(2), minutes(5));
  expect(status(team.uuid)).toMatchObject({ standing: "making", step: "site", reason: "siteBeingMade" });
  await world.pass(hours(24), minutes(30));
  expect(status(team.uuid)).toMatchObject({ standing: "blocked", reason: "siteLate" });
  await world.pass(hours(6), minutes(30));
  expect(status(team.uuid).standing).toBe("connected");
});

test("a team that another organisation owns gets no group, even when an administrator asks", async () => {
  await open();
  const boss = { email: "boss@other.example", displayName: "Boss", sites: [] };
  const outsider = world.webex.addPerson({ ...boss, orgId: "0b0b0b0b-1111-4111-8111-000000000002" });
  await world.begin();
  const team = world.webex.spaces.createTeam(outsider, "Theirs");
  const general = world.webex.spaces.rooms.get(team.uuid)!;
  world.webex.spaces.addMember(outsider.uuid, general, world.person(1), { isModerator: true });
  await world.pass(minutes(5));
  world.command({ kind: "connect", name: null }, world.teamActor(team.uuid));
  await world.pass(minutes(20));
  expect([groups(), status(team.uuid)]).toMatchObject([[], { standing: "blocked", reason: "foreignTeam" }]);
});
