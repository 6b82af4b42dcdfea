import {
  type ConnectorCluster,
  connectorAssignments,
  connectorLoad,
  dataTopics,
  type MailboxMigration,
  type MigrationCommand,
  mailboxMigrations,
  mailboxSignals,
  migrationBatches,
  migrationCommands,
  migrationCommandValue,
  type TopicContract,
  type UserDirectoryEntry,
  type UserStatus,
  userDirectory,
  userStatus,
} from "@hybrid/contracts";
import { type ActorId, actorIdOf, checkTopology, type ErrorCode, hours, minutes } from "@hybrid/kernel";
import { TopologyDriver } from "@hybrid/runtime/testing";
import { expect, test } from "vitest";
import { chooseCluster, colourOf } from "../src/domain/clusters.ts";
import type { Cluster } from "../src/domain/state.ts";
import { detectorTopology } from "../src/topology.ts";

const tenantId = "10000000-0000-4000-8000-000000000001";
const settings = { webexKeyword: "personalRoom", meetKeyword: "space", language: null } as const;
const anna = actorIdOf("acme/u-anna");

/** The detector with one organisation; the test says what the cloud side does and where mailboxes are. */
class World {
  readonly driver = new TopologyDriver(detectorTopology, { partitions: 2 });
  readonly missing = new Set<ActorId>();
  readonly answers = new Map<ActorId, ErrorCode>();
  looks = 0;

  entry(over: Partial<UserDirectoryEntry> = {}, key = anna): void {
    this.driver.publish(userDirectory, key, {
      version: 1,
      removed: false,
      enabled: true,
      attemptGeneration: 1,
      tenantId,
      objectId: "a",
      mailAddress: "anna@acme.example",
      connector: null,
      wanted: true,
      obstacles: [],
      webex: null,
      ...over,
    });
    this.work();
  }

  cloud(to: UserStatus["to"], reason: string | null = null, key = anna): void {
    this.driver.publish(userStatus, key, {
      transition: 1,
      from: "notActivated",
      to,
      cause: "x",
      reason,
      failures: 0,
      nextTryAt: null,
      subscriptionId: null,
      expiresAt: null,
      tenantId,
      objectId: "a",
      mailAddress: "anna@acme.example",
      settings,
      at: 0,
    });
    this.work();
  }

  command(command: MigrationCommand, key: string): void {
    this.driver.publish(migrationCommands, actorIdOf(key), migrationCommandValue(command, 0));
    this.work();
  }

  cluster(name: string, over: Partial<ConnectorCluster> = {}): void {
    const cluster = {
      resourceGroup: null,
      office365UsersMax: 1_000,
      exchangeUsersMax: 5_000,
      operational: true,
    };
    this.command({ kind: "putCluster", cluster: { ...cluster, ...over } }, `acme/o/cluster-${name}`);
  }

  pass(ms: number): void {
    const until = this.driver.now + ms;
    while (this.driver.now < until) {
      this.driver.advanceBy(Math.min(30_000, until - this.driver.now));
      this.work();
    }
  }

  work(): void {
    for (let [open] = this.driver.openCalls(); open; [open] = this.driver.openCalls()) {
      this.looks++;
      const { callId, actor, call } = open;
      const code = this.answers.get(actor) ?? (this.missing.has(actor) ? "mailboxMissing" : null);
      if (code === null) this.driver.answer(callId, { kind: "mailboxAnswered", number: call.number });
      else this.driver.fail(callId, { code, retryable: true, retryAt: null, status: 404 });
    }
  }

  told<Value>({ name }: TopicContract<Value>, key: string = anna): readonly Value[] {
    return this.driver.emitted
      .filter((record) => record.topic === name && record.key === key)
      .map(({ value }) => value as Value);
  }

  assignment(key = anna): string {
    const last = this.told(connectorAssignments, key).at(-1);
    return last === undefined ? "none" : `${last.stage} ${last.cluster ?? last.reason}`;
  }

  signals(): readonly string[] {
    return this.told(mailboxSignals).map(({ location }) => location);
  }

  move(): MailboxMigration | undefined {
    return this.told(mailboxMigrations).at(-1);
  }
}

const inCloud = (): World => {
  const world = new World();
  world.cluster("north");
  world.entry();
  world.cloud("active");
  return world;
};

/** The cloud has found out for itself, and its connector serves. */
const onPremises = (): World => {
  const world = inCloud();
  world.missing.add(anna);
  world.cloud("error", "mailboxMissing");
  world.cloud("notActivated", "onConnector");
  return world;
};

test("the topology may run", () => {
  const handlers = { probeMailbox: () => {} };
  expect(() => checkTopology(detectorTopology, { handlers, topics: dataTopics })).not.toThrow();
});

test("a mailbox that left the cloud is noticed within a day, and told so that the cloud looks for itself", () => {
  const world = inCloud();
  world.missing.add(anna);
  world.pass(hours(23) + minutes(10));
  expect(world.signals()).toEqual(["cloud", "onPremises"]);
  // Served by the cloud still: no connector yet.
  expect(world.assignment()).toBe("none");
  world.cloud("error", "mailboxMissing");
  expect(world.assignment()).toBe("reserved north");
  expect(world.move()).toMatchObject({ direction: "toOnPremises", waitsFor: "connectorToTakeOver" });
  world.cloud("notActivated", "onConnector");
  expect(world.assignment()).toBe("serving north");
  expect(world.move()).toMatchObject({ completedAt: world.driver.now, waitsFor: null });
});

test("a mailbox that came to the cloud is released within 45 minutes, and its move ends when the cloud serves", () => {
  const world = onPremises();
  world.missing.delete(anna);
  world.pass(minutes(45));
  expect(world.assignment()).toBe("released north");
  expect(world.signals().at(-1)).toBe("cloud");
  expect(world.move()).toMatchObject({
    direction: "toCloud",
    completedAt: null,
    waitsFor: "cloudToTakeOver",
  });
  world.cloud("active");
  expect(world.move()).toMatchObject({ completedAt: world.driver.now });
});

test("answers that flip, errors and throttling move nobody", () => {
  const world = onPremises();
  world.missing.delete(anna);
  const { looks } = world;
  while (world.looks === looks) world.pass(minutes(1));
  world.missing.add(anna);
  world.pass(hours(4));
  expect(world.assignment()).toBe("serving north");
  for (const code of ["unavailable", "throttled", "outOfScope", "consentRevoked"] as const) {
    world.answers.set(anna, code);
    world.pass(hours(3));
  }
  expect(world.assignment()).toBe("serving north");
  expect(world.signals()).toEqual(["cloud", "onPremises"]);
});

test("a user in a resource group stays with its connector, wherever the mailbox is", () => {
  const world = new World();
  world.cluster("north");
  world.cluster("lab", { resourceGroup: "pilot" });
  world.entry({ connector: { resourceGroup: "pilot" } });
  world.cloud("notActivated", "onConnector");
  expect(world.assignment()).toBe("serving lab");
  const load = () => world.told(connectorLoad, "acme/c-lab").at(-1);
  expect(load()).toMatchObject({ office365Users: 1, exchangeUsers: 0 });
  world.missing.add(anna);
  world.pass(hours(72));
  expect(world.assignment()).toBe("serving lab");
  expect(load()).toMatchObject({ office365Users: 0, exchangeUsers: 1 });
  expect(world.told(mailboxMigrations)).toEqual([]);
});

test("a connector user in no group is looked at within a day: taken over when in the cloud, kept when not", () => {
  const world = new World();
  world.cluster("north");
  const bert = actorIdOf("acme/u-bert");
  for (const key of [anna, bert]) {
    world.entry({ connector: { resourceGroup: null } }, key);
    world.cloud("notActivated", "onConnector", key);
    expect(world.assignment(key)).toBe("serving north");
  }
  world.missing.add(bert);
  world.pass(hours(24));
  expect(world.assignment(anna)).toBe("released north");
  expect(world.assignment(bert)).toBe("serving north");
});

test("a toggle, or an order, has the mailbox looked at now, and one finding is enough", () => {
  for (const ask of [
    (world: World) => world.command({ kind: "force" }, anna),
    (world: World) => world.entry({ version: 2, attemptGeneration: 2 }),
  ]) {
    const world = onPremises();
    world.missing.delete(anna);
    ask(world);
    expect(world.assignment()).toBe("released north");
  }
});

test("a user who is disabled or removed is released, and looked at no more", () => {
  for (const over of [{ enabled: false }, { removed: true, enabled: false }]) {
    const world = onPremises();
    world.entry({ version: 2, ...over });
    expect(world.assignment()).toBe("released north");
    const { looks } = world;
    world.pass(hours(48));
    expect(world.looks).toBe(looks);
    expect(world.told(connectorLoad, "acme/c-north").at(-1)?.exchangeUsers).toBe(0);
  }
});

test("a look that fails after the user was disabled, or consent was taken back, is not repeated", () => {
  for (const stop of [
    (world: World) => world.entry({ version: 2, enabled: false }),
    (world: World) => world.cloud("error", "consentRevoked"),
  ]) {
    const world = inCloud();
    world.driver.advanceBy(hours(23));
    expect(world.driver.openCalls()).toHaveLength(1);
    world.answers.set(anna, "unavailable");
    stop(world);
    expect(world.looks).toBe(1);
    world.pass(hours(48));
    expect(world.looks).toBe(1);
  }
});

test("a cluster that was taken away and comes back counts the users who never left it", () => {
  const world = onPremises();
  world.command({ kind: "removeCluster" }, "acme/o/cluster-north");
  expect(world.told(connectorLoad, "acme/c-north").at(-1)?.removed).toBe(true);
  world.cluster("north", { exchangeUsersMax: 1 });
  expect(world.told(connectorLoad, "acme/c-north").at(-1)).toMatchObject({
    exchangeUsers: 1,
    removed: false,
  });
  world.pass(hours(2));
  expect(world.assignment()).toBe("serving north");
});

test("a move that nobody waits for any more is told so: disabled, removed, or kept by a resource group", () => {
  for (const [over, waitsFor] of [
    [{ enabled: false }, "notWanted"],
    [{ removed: true, enabled: false }, "notWanted"],
    [{ connector: { resourceGroup: "pilot" } }, "resourceGroup"],
    [{ objectId: "b" }, "mailboxUnknown"],
  ] as const) {
    const world = inCloud();
    world.missing.add(anna);
    world.cloud("error", "mailboxMissing");
    expect(world.move()).toMatchObject({ waitsFor: "connectorToTakeOver" });
    world.entry({ version: 2, ...over });
    expect(world.move()).toMatchObject({ completedAt: null, waitsFor });
  }
});

test("without a cluster it is said so, and the first one that comes takes the user with the next look", () => {
  const world = new World();
  world.entry();
  world.cloud("error", "mailboxMissing");
  world.missing.add(anna);
  expect(world.assignment()).toBe("unassigned noCluster");
  world.cluster("small", { exchangeUsersMax: 0 });
  world.pass(minutes(40));
  expect(world.assignment()).toBe("unassigned noRoom");
  world.cluster("north");
  world.pass(minutes(40));
  expect(world.assignment()).toBe("reserved north");
});

test("users of a cluster that is gone get another one with their next look, and the cloud never tries between", () => {
  const world = onPremises();
  world.cluster("south");
  world.command({ kind: "removeCluster" }, "acme/o/cluster-north");
  world.pass(minutes(40));
  expect(world.assignment()).toBe("serving south");
  expect(world.told(connectorLoad, "acme/c-north").at(-1)?.removed).toBe(true);
});

const cluster = (over: Partial<Cluster> = {}): Cluster => ({
  resourceGroup: null,
  office365UsersMax: 1_000,
  exchangeUsersMax: 5_000,
  operational: true,
  office365: 0,
  exchange: 0,
  isGone: false,
  ...over,
});

test.each<[number, ReturnType<typeof colourOf>]>([
  [600, "green"],
  [601, "amber"],
  [900, "amber"],
  [901, "red"],
  [1_000, "red"],
])("a connector with %i of 1,000 Office 365 users is %s", (office365, colour) => {
  expect(colourOf(cluster({ office365 }))).toBe(colour);
});

test("the emptiest cluster of the own group is chosen; never one of another group, full or out of service", () => {
  const clusters = {
    a: cluster({ exchange: 100 }),
    b: cluster({ exchange: 10 }),
    c: cluster({ operational: false }),
    lab: cluster({ resourceGroup: "pilot", office365: 1_000 }),
  };
  expect(chooseCluster(clusters, null, "exchange")).toEqual({ cluster: "b" });
  expect(chooseCluster(clusters, "pilot", "office365")).toEqual({ reason: "noRoom" });
  expect(chooseCluster(clusters, "pilot", "exchange")).toEqual({ cluster: "lab" });
  expect(chooseCluster(clusters, "beta", "exchange")).toEqual({ reason: "noCluster" });
});

test("moves of hours are one batch: told at its beginning, every five minutes, and at its end", () => {
  const world = new World();
  world.cluster("north");
  const users = Array.from({ length: 50 }, (_, n) => actorIdOf(`acme/u-${n}`));
  for (const key of users) {
    world.entry({}, key);
    world.cloud("active", null, key);
  }
  for (const key of users) {
    world.missing.add(key);
    world.cloud("error", "mailboxMissing", key);
    world.cloud("notActivated", "onConnector", key);
    world.pass(minutes(1));
  }
  world.pass(hours(7));
  const batches = world.told(migrationBatches, "acme/o");
  expect(new Set(batches.map(({ batch }) => batch))).toEqual(new Set([1]));
  expect(batches[0]).toMatchObject({ noticed: 1, closed: false });
  expect(batches.at(-1)).toMatchObject({
    noticed: 50,
    completed: 50,
    closed: true,
    direction: "toOnPremises",
  });
  expect(batches.length).toBeLessThan(15);
});
