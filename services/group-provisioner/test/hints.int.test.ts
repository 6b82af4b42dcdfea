import { days, hours, minutes } from "@hybrid/kernel";
import { afterEach, expect, test } from "vitest";
import { designNumbers } from "#domain/numbers";
import { objectId, organisation, tenantId, World } from "./world.ts";

let world: World;
afterEach(() => world.close());

test("more teams made at one moment than one answer of the feed may hold are all found", async () => {
  world = await World.open({ numbers: { teamsEveryMs: days(100) } });
  await world.begin({ mode: "optIn" });
  const teams = Array.from({ length: 110 }, (_, nth) => world.addTeam(`Team ${nth}`, 1, 2, 3).team.uuid);
  await world.pass(minutes(3));
  expect(teams.map((uuid) => world.driver.stateOf(world.teamActor(uuid)).kind)).toEqual(
    teams.map(() => "team"),
  );
});

/** The feed is not read while a test lasts: what is found is found by webhooks, or by the daily look. */
const open = async (): Promise<void> => {
  world = await World.open({ numbers: { feedEveryMs: hours(100), feedLagMs: hours(100) } });
};

const groups = () => world.graph.groups.list(tenantId);
const requests = (): number =>
  Object.values(world.webex.requestCounts()).reduce((sum, count) => sum + count, 0);

test("a webhook's word of a new team is heeded at once, and of a space made later as well", async () => {
  await open();
  await world.begin();
  const { team } = world.addTeam("Build Squad", 1, 2);
  await world.pass(minutes(1));
  expect(world.driver.stateOf(world.teamActor(team.uuid)).kind).toBe("unknown");
  world.hint("rooms", team.uuid);
  await world.settle();
  expect(groups()).toMatchObject([{ displayName: "Build Squad" }]);
  await world.pass(minutes(20));
  const space = world.webex.spaces.createRoom(world.person(1), "Releases", { teamUuid: team.uuid });
  world.hint("rooms", space.uuid);
  await world.settle();
  expect(groups()[0]!.folders).toEqual(["Build Squad", "Releases"]);
});

test("a space that is found before its team gets its folder too", async () => {
  await open();
  await world.begin();
  const { team } = world.addTeam("Build Squad", 1, 2);
  const spaces = ["Releases", "Planning"].map((title) =>
    world.webex.spaces.createRoom(world.person(1), title, { teamUuid: team.uuid }),
  );
  for (const { uuid } of spaces) world.hint("rooms", uuid);
  world.hint("rooms", team.uuid);
  await world.pass(minutes(20));
  expect(groups()[0]!.folders.toSorted()).toEqual(["Build Squad", "Planning", "Releases"]);
});

test("the bot's membership makes the team's group at once; anybody else's makes none", async () => {
  await open();
  const bot = world.webex.addPerson({
    orgId: world.person(1).orgId,
    email: "groups@webex.bot",
    displayName: "Groups",
    sites: [],
    type: "bot",
  });
  await world.begin({ mode: "optIn", botPersonUuid: bot.uuid });
  const [one, two] = [world.addTeam("One", 1), world.addTeam("Two", 1)];
  world.webex.spaces.addMember(world.person(1).uuid, one.general, bot);
  world.hint("memberships", one.team.uuid, bot.uuid);
  world.hint("memberships", two.team.uuid, 1);
  await world.settle();
  expect(groups().map(({ displayName }) => displayName)).toEqual(["One"]);
  expect(world.stateOfTeam(two.team.uuid).standing.kind).toBe("noticed");
  // Also to a team that was known before.
  world.hint("memberships", two.team.uuid, bot.uuid);
  await world.settle();
  expect(groups().map(({ displayName }) => displayName)).toEqual(["One", "Two"]);
});

test("deliveries that come twice, late or in any order make no second group and let nobody in", async () => {
  await open();
  await world.begin();
  const { team, general } = world.addTeam("Build", 1, 2);
  world.hint("memberships", team.uuid, 2);
  world.hint("rooms", team.uuid);
  world.hint("memberships", team.uuid, 2);
  world.hint("memberships", team.uuid, 1);
  await world.pass(minutes(20));
  expect(groups()).toMatchObject([{ members: [1, 2].map(objectId) }]);
  world.webex.spaces.addMember(world.person(1).uuid, general, world.person(3));
  world.hint("memberships", team.uuid, 3);
  world.hint("rooms", team.uuid);
  await world.pass(minutes(20));
  expect(groups()).toMatchObject([{ members: [1, 2].map(objectId) }]);
  expect(world.stateOfTeam(team.uuid).standing.kind).toBe("connected");
});

test("somebody who comes while the site is waited for is found by the webhook", async () => {
  await open();
  await world.begin();
  const { team, general } = world.addTeam("Build", 1, 2);
  world.hint("rooms", team.uuid);
  await world.pass(minutes(2));
  expect(groups()).toHaveLength(1);
  world.webex.spaces.addMember(world.person(1).uuid, general, world.person(3));
  world.hint("memberships", team.uuid, 3);
  await world.pass(minutes(20));
  expect(groups()).toMatchObject([{ members: [1, 2, 3].map(objectId) }]);
});

test("an organisation without groups asks nothing and keeps nothing", async () => {
  await open();
  const { team } = world.addTeam("Build", 1);
  world.hint("rooms", team.uuid);
  world.hint("memberships", team.uuid, 1);
  await world.settle();
  expect(requests()).toBe(0);
  expect(world.driver.stateOf(organisation).kind).toBe("unknown");
  await world.begin();
  world.command({ kind: "disable" });
  const before = requests();
  world.hint("rooms", team.uuid);
  await world.settle();
  expect(requests()).toBe(before);
  expect(world.driver.stateOf(world.teamActor(team.uuid)).kind).toBe("unknown");
});

test("what no webhook told is found by the daily look", async () => {
  await open();
  await world.begin();
  const { team, general } = world.addTeam("Build", 1);
  const account = world.webex.people().find(({ email }) => email === "service@acme.example")!;
  world.webex.spaces.addMember(world.person(1).uuid, general, account);
  await world.pass(designNumbers.teamsEveryMs + minutes(30), minutes(30));
  expect(groups().map(({ uniqueName }) => uniqueName)).toEqual([`webex-team-${team.uuid}`]);
});
