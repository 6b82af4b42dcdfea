import {
  type AvroSchema,
  type CheckpointRecord,
  checkpointTopic,
  defineTopic,
  journalTopic,
  SchemaBook,
  type TopicContract,
} from "@hybrid/contracts";
import { type ActorId, actorIdOf, from, partitionOf } from "@hybrid/kernel";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runService } from "../src/index.ts";
import { passTime, readTopic, settle } from "../testing/index.ts";
import { catalog, type Fetch, type Input, type Ledger, orders, topology } from "./ledger.ts";
import { type LedgerOptions, neighbours, partitions, startAt, Workbench } from "./workbench.ts";

/** The ledger of the next release: what it stores has another version. */
const second: LedgerOptions["topology"] = {
  ...topology,
  stateVersion: 2,
  upgrades: { 1: (old) => ({ ...(old as Ledger), applied: [...(old as Ledger).applied, "upgraded"] }) },
};

const { a, b, stranger } = neighbours();
const home = partitionOf(a, partitions);

let bench: Workbench;

beforeEach(async () => {
  bench = await Workbench.open();
});
afterEach(() => bench.close());

/** Ends what runs. */
const halt = async (): Promise<void> => {
  for (const service of bench.running) await service.stop();
  bench.running.clear();
};

const add = (id: string) => ({ kind: "add", id, n: 1 }) as const;

/** Starts a release that is not sure to get ready. */
const startAny = async (changed?: Partial<LedgerOptions>) => {
  const service = await runService(bench.options(changed));
  bench.running.add(service);
  return service;
};

const warnings = (): readonly string[] =>
  bench.logger.lines.filter(({ level }) => level === "warn").map(({ message }) => message);

test("an older release declines what a newer one has written, in words, and works on everything else", async () => {
  await bench.start({ topology: second });
  await bench.publish(a, add("1"));
  await bench.settle();
  await halt();
  const before = await readTopic(bench.log, checkpointTopic("ledger").name, partitions);
  const older = await startAny();
  await bench.publish(stranger, add("2"));
  await bench.settle();
  expect(older.status().map(({ partition }) => partition)).not.toContain(home);
  expect(older.status().every(({ state, dead }) => state === "running" && !dead)).toBe(true);
  expect(older.waitsFor()).toEqual([
    expect.stringMatching(new RegExp(`^partition ${home} has states of version 2 and waits`)),
  ]);
  expect((await older.stateOf(stranger))?.state.applied).toEqual(["2"]);
  expect(warnings()).toContainEqual(
    expect.stringMatching(/^declined: partition \d of ledger holds states of version 2, and this release/),
  );
  expect(await bench.deadLetters(orders.name)).toEqual([]);
  expect(await readTopic(bench.log, checkpointTopic("ledger").name, partitions)).toEqual(before);

  const newer = await startAny({ topology: second });
  await bench.publish(a, add("3"));
  await bench.settle();
  expect(newer.waitsFor()).toEqual([]);
  expect(newer.partitionsOwned()).toContain(home);
  expect((await newer.stateOf(a))?.state.applied).toEqual(["1", "3"]);
});

test("a release that is too old for every partition does not get ready, and says which one to run", async () => {
  await bench.start({ topology: second });
  for (let n = 0; n < 40; n++) await bench.publish(actorIdOf(`acme/u-${n}`), add("1"));
  await bench.settle();
  await halt();
  const older = await startAny();
  await expect(older.ready()).rejects.toThrow(
    /^ledger cannot work on any partition: .* knows versions up to 1; .*run a release that knows version 2/,
  );
});

test("a newer release that has changed nothing can be taken back", async () => {
  await bench.start();
  await bench.publish(a, add("1"));
  await bench.settle();
  await bench.restart({ topology: second });
  await bench.publish(a, { kind: "ignore" });
  await bench.settle();
  const older = await bench.restart();
  await bench.publish(a, add("2"));
  await bench.settle();
  expect(older.waitsFor()).toEqual([]);
  expect((await older.stateOf(a))?.state.applied).toEqual(["1", "2"]);
});

test("calls without outcome and inputs of parked actors are brought up to date", async () => {
  await bench.start({ handlers: { fetch: () => new Promise(() => undefined) } });
  await bench.publish(a, { kind: "fetch", id: "call" });
  await bench.publish(b, { kind: "explode" }, add("waits"));
  await settle([...bench.running], { waitForCalls: false });
  const stopped = halt();
  bench.clock.advanceBy(10_000);
  await stopped;
  const newer = await startAny({
    topology: {
      ...second,
      callUpgrades: { 1: (old) => ({ ...(old as Fetch), id: `${(old as Fetch).id}-of-2` }) },
      inputUpgrades: { 1: (old) => ({ ...(old as Input), kind: "add", id: "mended", n: 5 }) },
    },
  });
  await newer.ready();
  await passTime(bench.clock, bench.clock.now(), [newer]);
  await bench.order({ kind: "retryParked", actor: b });
  await passTime(bench.clock, bench.clock.now(), [newer]);
  expect(bench.world.requests.map(({ id }) => id)).toEqual(["call-of-2"]);
  expect((await newer.stateOf(a))?.state.applied).toEqual(["call", "upgraded", "call-of-2-ok"]);
  expect((await newer.stateOf(b))?.state).toMatchObject({
    total: 10,
    applied: ["upgraded", "mended", "mended"],
  });
  expect(newer.parked()).toEqual([]);
});

test("an upgrade that fails holds one actor back; a better release finds everything as it was", async () => {
  await bench.start({ handlers: { fetch: () => new Promise(() => undefined) } });
  await bench.publish(a, { kind: "fetch", id: "call" });
  await bench.publish(b, { kind: "explode" });
  await settle([...bench.running], { waitForCalls: false });
  const stopped = halt();
  bench.clock.advanceBy(10_000);
  await stopped;
  const fails = (): never => {
    throw new Error("the upgrade has a bug");
  };
  const faulty = await bench.start({
    topology: { ...second, callUpgrades: { 1: fails }, inputUpgrades: { 1: fails } },
  });
  await bench.publish(a, add("waits"));
  await bench.order({ kind: "retryParked", actor: b });
  await bench.publish(stranger, add("1"));
  await bench.settle();
  expect(bench.world.requests).toEqual([]);
  expect(faulty.parked().map(({ actor, cause, inputs }) => [actor, cause, inputs])).toEqual([
    [a, "unreadable", 1],
    [b, "unreadable", 1],
  ]);
  const better = await bench.restart({
    topology: {
      ...second,
      callUpgrades: { 1: (old) => old },
      inputUpgrades: { 1: () => ({ kind: "add", id: "mended", n: 5 }) },
    },
  });
  for (const actor of [a, b]) await bench.order({ kind: "retryParked", actor });
  await bench.settle();
  expect(bench.world.requests.map(({ id }) => id)).toEqual(["call"]);
  const applied = (await better.stateOf(a))?.state.applied;
  expect(applied?.toSorted()).toEqual(["call", "call-ok", "upgraded", "waits"]);
  // What the faulty release had kept in its own version is not upgraded once more.
  expect((await better.stateOf(b))?.state.applied).toEqual(["upgraded", "mended"]);
});

const text = { name: "text", type: "string" };
const record = (...fields: readonly object[]): AvroSchema => ({
  type: "record",
  name: "Text",
  namespace: "test",
  fields,
});

/** Orders as the next release writes them. */
const ordersWith = (...fields: readonly object[]): TopicContract<Readonly<Record<string, unknown>>> =>
  defineTopic({ ...orders, versions: [record(text, ...fields)] });

const note = { name: "note", type: "string", default: "" };

const write = (contract: TopicContract<Readonly<Record<string, unknown>>>, key: ActorId, id: string) =>
  bench.publishRaw(key, partitionOf(key, partitions), contract.encode({ text: JSON.stringify(add(id)) }));

const publishSchema = (contract: TopicContract<Readonly<Record<string, unknown>>>) =>
  new SchemaBook(bench.log).publish([contract], startAt);

test("records of a newer schema are read by what their writer has published before", async () => {
  const service = await bench.start();
  const newer = ordersWith(note);
  await publishSchema(newer);
  await write(newer, a, "1");
  await bench.publish(a, add("2"));
  await bench.settle();
  expect((await service.stateOf(a))?.state.applied).toEqual(["1", "2"]);
  expect(await bench.deadLetters(orders.name)).toEqual([]);
});

test("a record of a schema that nobody has published waits with everything behind it, and is no dead letter", async () => {
  const service = await bench.start();
  const newer = ordersWith({ name: "remark", type: "string", default: "" });
  await bench.publish(a, add("1"));
  await write(newer, a, "2");
  await bench.publish(b, add("3"));
  await bench.publish(stranger, add("4"));
  await bench.settle();
  const status = service.status().find(({ partition }) => partition === home);
  expect(status).toMatchObject({ state: "running", dead: false, stalled: false });
  expect(status?.reason).toMatch(/^records wait from offset 1 of ledger-orders on: .*upgrade this service/);
  expect((await service.stateOf(a))?.state.applied).toEqual(["1"]);
  expect((await service.stateOf(stranger))?.state.applied).toEqual(["4"]);
  expect(await bench.deadLetters(orders.name)).toEqual([]);

  await publishSchema(newer);
  await passTime(bench.clock, (bench.clock.now() + 60_000) as typeof startAt, [service]);
  expect(service.status().map(({ reason }) => reason)).toEqual([null, null, null, null]);
  expect((await service.stateOf(a))?.state.applied).toEqual(["1", "2"]);
  expect((await service.stateOf(b))?.state.applied).toEqual(["3"]);
});

test("a record that only a newer release understands waits for it, through restarts too", async () => {
  await bench.start();
  const newer = defineTopic<Readonly<Record<string, unknown>>>({
    ...orders,
    versions: [record({ name: "words", type: { type: "array", items: "string" } })],
  });
  await publishSchema(newer);
  await bench.publishRaw(a, home, newer.encode({ words: ["1"] }));
  await bench.settle();
  const again = await bench.restart();
  await bench.settle();
  expect(again.status().find(({ partition }) => partition === home)?.reason).toContain("cannot turn");
  const upgraded = await bench.restart({
    topics: catalog.map((each) => (each === orders ? (newer as unknown as typeof orders) : each)),
    topology: {
      ...topology,
      sources: [
        from(newer, ({ words }, { key }) => ({
          to: actorIdOf(key),
          input: add((words as readonly string[]).join("")),
        })),
        ...topology.sources.slice(1),
      ],
    },
  });
  await bench.settle();
  expect((await upgraded.stateOf(a))?.state.applied).toEqual(["1"]);
  expect(await bench.deadLetters(orders.name)).toEqual([]);
});

test("damage is a dead letter at once, and never waits", async () => {
  const service = await bench.start();
  const bytes = orders.encode({ order: add("1") });
  await bench.publishRaw(a, home, bytes.subarray(0, bytes.length - 1));
  await bench.publishRaw(a, home, new TextEncoder().encode("no record at all"));
  await bench.publish(a, add("2"));
  await bench.settle();
  expect((await service.stateOf(a))?.state.applied).toEqual(["2"]);
  expect((await bench.deadLetters(orders.name)).map(({ cause }) => cause)).toEqual([
    "undecodable",
    "undecodable",
  ]);
});

test("a service stops while its records wait", async () => {
  const service = await bench.start();
  await write(ordersWith({ name: "aside", type: "string", default: "" }), a, "1");
  await bench.settle();
  expect(service.status().find(({ partition }) => partition === home)?.reason).toContain("records wait");
  await service.stop();
  expect(service.status()).toEqual([]);
});

/** Commits a checkpoint and a journal by hand, as another release may have left them. */
const leave = async (records: { readonly checkpoint: Partial<CheckpointRecord> }): Promise<void> => {
  const given = Promise.withResolvers<void>();
  const membership = await bench.log.join(
    {
      service: "ledger",
      sources: ["ledger-orders", "ledger-news", "ledger-control"],
      journal: "ledger-journal",
      checkpoint: "ledger-checkpoint",
      partitions,
    },
    { assigned: (each) => each === home && given.resolve(), revoked: () => Promise.resolve() },
  );
  await given.promise;
  const owned = await membership.fence(home);
  const rest = { seq: 1, at: startAt, stateVersion: 1, pending: [], suppressed: [], state: "" };
  const value = checkpointTopic("ledger").encode({ ...rest, parked: null, ...records.checkpoint });
  await owned.commit({
    journal: [],
    outputs: [],
    checkpoint: [{ key: a, value }],
    position: { sources: {}, at: startAt },
  });
  await owned.close();
  await membership.leave();
};

const ledgerSchema = record(
  { name: "total", type: "long" },
  { name: "applied", type: { type: "array", items: "string" } },
  { name: "timers", type: { type: "array", items: "string" } },
);

/** Types are kept for the life of a process, so each test has a schema of its own. */
const statesOf = (name: string): TopicContract<unknown> =>
  defineTopic({ ...orders, name: "states", versions: [{ ...(ledgerSchema as object), name }] });

test("a state in Avro is restored by its published schema, upgraded, and written on as JSON", async () => {
  const states = statesOf("Known");
  await bench.start();
  await halt();
  await new SchemaBook(bench.log).publish([states], startAt);
  const stateRecord = states.encode({ total: 7, applied: ["0"], timers: [] });
  await leave({ checkpoint: { stateRecord } });
  const service = await bench.start({ topology: second });
  expect((await service.stateOf(a))?.state).toEqual({ total: 7, applied: ["0", "upgraded"], timers: [] });
  await bench.publish(a, add("1"));
  await bench.settle();
  await halt();
  const after = await bench.start({ topology: second });
  expect((await after.stateOf(a))?.state.applied).toEqual(["0", "upgraded", "1"]);
  const [last] = (await readTopic(bench.log, journalTopic("ledger").name, partitions)).slice(-1);
  expect(journalTopic("ledger").decode(last?.value ?? new Uint8Array())).toMatchObject({ stateRecord: null });
});

test("a state whose schema is not published waits for it, and the partition is not given up for dead", async () => {
  const states = statesOf("Unknown");
  await bench.start();
  await halt();
  await leave({ checkpoint: { stateRecord: states.encode({ total: 7, applied: ["0"], timers: [] }) } });
  const service = await startAny();
  await bench.settle();
  const status = service.status().find(({ partition }) => partition === home);
  expect(status).toMatchObject({ state: "fencing", dead: false, circling: false });
  expect(status?.reason).toContain("waits for a newer release");
  await new SchemaBook(bench.log).publish([states], startAt);
  await passTime(bench.clock, (bench.clock.now() + 60_000) as typeof startAt, [service]);
  expect((await service.stateOf(a))?.state.applied).toEqual(["0"]);
});
