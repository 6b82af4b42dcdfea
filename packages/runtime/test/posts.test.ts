import { postTopic } from "@hybrid/contracts";
import { type ActorId, actorIdOf, partitionOf, plus } from "@hybrid/kernel";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Phase, runService } from "../src/index.ts";
import { foldJournal, passTime, readJournal, readTopic, settle } from "../testing/index.ts";
import { type Input, type Order, topology } from "./ledger.ts";
import { type LedgerOptions, neighbours, Process, partitions, Workbench } from "./workbench.ts";

const { a, b, stranger } = neighbours();
const posts = postTopic("ledger");

let bench: Workbench;

beforeEach(async () => {
  bench = await Workbench.open();
});
afterEach(() => bench.close());

const postTo = (id: string, ...to: readonly string[]): Order => ({ kind: "post", id, to });

/** A post as a worker of some release writes it. */
const publishPost = async (
  to: ActorId,
  input: unknown,
  { stateVersion = 1 }: { readonly stateVersion?: number } = {},
): Promise<void> => {
  const value = posts.encode({ from: b, seq: 1, index: 0, stateVersion, input: JSON.stringify(input) });
  const partition = partitionOf(to, partitions);
  await bench.log.append([{ topic: posts.name, partition, key: to, value, timestamp: bench.clock.now() }]);
};

const faults = async () => foldJournal(topology, await readJournal(bench.log, "ledger", partitions)).faults;

test("a post reaches an actor of another partition and one of its own, in the order of its sender", async () => {
  const service = await bench.start();
  await bench.publish(a, postTo("1", stranger, b), postTo("2", b), postTo("3", stranger, b));
  await bench.settle();
  expect((await service.stateOf(stranger))?.state.applied).toEqual(["1-posted", "3-posted"]);
  expect((await service.stateOf(b))?.state.applied).toEqual(["1-posted", "2-posted", "3-posted"]);
  const heard = (await readJournal(bench.log, "ledger", partitions)).filter(
    ({ origin }) => origin.name === posts.name,
  );
  expect(heard.map(({ origin }) => origin.kind)).toEqual(Array.from({ length: 5 }, () => "record"));
  expect(await service.lag()).toBe(0);
  expect(await faults()).toEqual([]);
});

test("an address of the sender's own partition is completed", async () => {
  const service = await bench.start();
  await bench.publish(a, postTo("1", "acme/t-news#", "acme/t-news#3"));
  await bench.settle();
  const own = actorIdOf(`acme/t-news#${partitionOf(a, partitions)}`);
  expect((await service.stateOf(own))?.state.applied).toContain("1-posted");
  expect((await service.stateOf(actorIdOf("acme/t-news#3")))?.state.applied).toContain("1-posted");
});

test.each<[string, LedgerOptions["topology"]["machine"], RegExp]>([
  [
    "to an actor of the runtime",
    (state) => ({ state, effects: [{ kind: "post", to: "sys/t-control#1" as ActorId, input: {} as Input }] }),
    /posts to an actor of the runtime/,
  ],
  [
    "to a partition that is none",
    (state) => ({ state, effects: [{ kind: "post", to: "acme/t-x#99" as ActorId, input: {} as Input }] }),
    /partition 99, which is none/,
  ],
  [
    "larger than a record may be",
    (state, _input, _now, self) => ({
      state,
      effects: [{ kind: "post", to: self, input: { kind: "add", id: "x".repeat(10_000), n: 1 } }],
    }),
    /a post to acme\/u-\d+ has 10\d{3} bytes/,
  ],
])("a post %s parks its sender, and nothing of the step is posted", async (_name, machine, reason) => {
  const service = await bench.start({
    topology: { ...topology, machine },
    limits: { recordBytesMax: 9_000 },
  });
  await bench.publish(a, { kind: "ignore" });
  await bench.settle();
  expect(service.parked()).toMatchObject([{ actor: a, reason: expect.stringMatching(reason) as string }]);
  expect(await readTopic(bench.log, posts.name, partitions)).toEqual([]);
});

test("what is no post, or stands where its actor is not, goes to the dead letters beside the topic", async () => {
  const service = await bench.start();
  const timestamp = bench.clock.now();
  const away = partitionOf(stranger, partitions);
  const value = posts.encode({ from: b, seq: 1, index: 0, stateVersion: 1, input: "{}" });
  await bench.log.append([
    { topic: posts.name, partition: away, key: stranger, value: value.subarray(0, 12), timestamp },
    { topic: posts.name, partition: away, key: a, value, timestamp },
    { topic: posts.name, partition: away, key: "nobody", value, timestamp },
  ]);
  await bench.settle();
  const letters = await bench.deadLetters(posts.name);
  expect(letters.map(({ cause }) => cause)).toEqual(["undecodable", "misrouted", "misrouted"]);
  expect(service.parked()).toEqual([]);
});

test("a post that its actor cannot take parks it, and later ones wait behind it in order", async () => {
  let broken = true;
  const machine: LedgerOptions["topology"]["machine"] = (state, input, now, self) => {
    if (broken && input.kind === "add") throw new Error("the machine has a bug");
    return topology.machine(state, input, now, self);
  };
  const service = await bench.start({ topology: { ...topology, machine } });
  await bench.publish(a, postTo("1", stranger), postTo("2", stranger));
  await bench.settle();
  expect(service.parked()).toMatchObject([{ actor: stranger, inputs: 2 }]);
  broken = false;
  await bench.order({ kind: "retryParked", actor: stranger });
  await bench.settle();
  expect((await service.stateOf(stranger))?.state.applied).toEqual(["1-posted", "2-posted"]);
  expect(await faults()).toEqual([]);
});

const second = (inputUpgrade: (old: unknown) => unknown): LedgerOptions["topology"] => ({
  ...topology,
  stateVersion: 2,
  upgrades: { 1: (old) => old },
  inputUpgrades: { 1: inputUpgrade },
});

test("a newer worker brings an older one's post up to date, and its own it takes unchanged", async () => {
  const service = await bench.start({ topology: second((old) => ({ ...(old as object), id: "upgraded" })) });
  await publishPost(stranger, { kind: "add", id: "old", n: 1 });
  await bench.publish(a, postTo("1", stranger));
  await bench.settle();
  expect([...((await service.stateOf(stranger))?.state.applied ?? [])].sort()).toEqual([
    "1-posted",
    "upgraded",
  ]);
});

test("a post whose upgrade fails parks its actor with the post as it was, until a better release comes", async () => {
  const broken = second(() => {
    throw new Error("the upgrade has a bug");
  });
  const service = await bench.start({ topology: broken });
  await publishPost(stranger, { kind: "add", id: "old", n: 1 });
  await bench.settle();
  expect(service.parked()).toMatchObject([{ actor: stranger, cause: "unreadable", inputs: 1 }]);
  const better = await bench.restart({
    topology: second((old) => ({ ...(old as object), id: "upgraded" })),
  });
  await bench.order({ kind: "retryParked", actor: stranger });
  await bench.settle();
  expect((await better.stateOf(stranger))?.state.applied).toEqual(["upgraded"]);
  expect(better.parked()).toEqual([]);
});

test("an older worker declines the partition of a newer one's post, which waits for a newer worker", async () => {
  const older = await runService(bench.options());
  bench.running.add(older);
  await publishPost(stranger, { kind: "add", id: "new", n: 1 }, { stateVersion: 2 });
  await bench.settle();
  const away = partitionOf(stranger, partitions);
  expect(older.status().map(({ partition }) => partition)).not.toContain(away);
  expect(older.waitsFor()).toEqual([expect.stringContaining(`partition ${away} has states of version 2`)]);
  expect(await bench.deadLetters(posts.name)).toEqual([]);
  const newer = await bench.restart({ topology: second((old) => old) });
  await bench.settle();
  expect((await newer.stateOf(stranger))?.state.applied).toEqual(["new"]);
});

/** A step that posts 1,200 characters to each of many, which together are more than a record may have. */
const spread = (count: number): { readonly order: Order; readonly members: readonly ActorId[] } => {
  const members = Array.from({ length: count }, (_, n) => actorIdOf(`acme/u-member-${n}`));
  return { order: { kind: "post", id: "room", to: members, chars: 1_200 }, members };
};

test("a step that posts to 3,000 actors goes to the journal in pages, and reaches each of them once", async () => {
  const service = await bench.start();
  const { order, members } = spread(3_000);
  await bench.publish(a, order, { kind: "add", id: "next", n: 1 });
  await bench.settle();
  const journal = await readJournal(bench.log, "ledger", partitions);
  const own = journal.filter(({ actor }) => actor === a);
  expect(own.map(({ seq }) => seq)).toEqual(own.map((_, n) => n + 1));
  expect(own.length).toBeGreaterThan(4);
  for (const { effects } of own) expect(effects.length).toBeLessThan(900 * 1024);
  expect(own.flatMap(({ effects }) => JSON.parse(effects) as unknown[])).toHaveLength(members.length);
  expect(foldJournal(topology, journal).faults).toEqual([]);
  expect((await service.stateOf(a))?.state.applied).toEqual(["room", "next"]);
  for (const member of members) expect((await service.stateOf(member))?.state.applied).toHaveLength(1);
  const again = await bench.restart();
  await bench.settle();
  expect((await again.stateOf(a))?.state.applied).toEqual(["room", "next"]);
  expect((await again.stateOf(members[7] ?? a))?.state.applied).toHaveLength(1);
});

test("pages have room for what else a record holds, and a step beyond a commit's bound parks its actor", async () => {
  const limits = { recordBytesMax: 20_000, commitBytesMax: 150_000 };
  const service = await bench.start({ limits });
  const fetch: Order = { kind: "fetch", id: "pending" };
  bench.world.answer = () => new Promise(() => undefined);
  await bench.publish(b, { kind: "grow", bytes: 9_000 }, fetch, spread(50).order, spread(90).order);
  await settle([service], { waitForCalls: false });
  const records = (await readTopic(bench.log, "ledger-journal", partitions)).filter(({ key }) => key === b);
  expect(records.length).toBeGreaterThan(8);
  for (const { value } of records) expect(value?.length).toBeLessThanOrEqual(limits.recordBytesMax);
  expect(service.parked()).toMatchObject([{ actor: b, cause: "tooLarge", inputs: 1 }]);
  expect(await faults()).toEqual([]);
});

test("a parked step is retried in pages too, and what waits behind it stays in order", async () => {
  let broken = true;
  const machine: LedgerOptions["topology"]["machine"] = (state, input, now, self) => {
    if (broken && self === a) throw new Error("the machine has a bug");
    return topology.machine(state, input, now, self);
  };
  const limits = { recordBytesMax: 20_000 };
  const service = await bench.start({ topology: { ...topology, machine }, limits });
  await bench.publish(a, spread(50).order, { kind: "add", id: "next", n: 1 });
  await bench.settle();
  broken = false;
  await bench.order({ kind: "retryParked", actor: a });
  await bench.settle();
  expect((await service.stateOf(a))?.state.applied).toEqual(["room", "next"]);
  expect((await readTopic(bench.log, posts.name, partitions)).length).toBe(50);
  expect(await faults()).toEqual([]);
});

const phases: readonly Phase[] = ["beforeDecode", "afterStep", "beforeAppend", "afterAppend"];

/** Turns of the event loop until the process has died, or has nothing to die of. */
const untilDeath = async (process: Process): Promise<void> => {
  for (let turn = 0; turn < 60 && !process.killed; turn++)
    await new Promise((resolve) => setImmediate(resolve));
};

const senders = [a, b, stranger];

test("property: wherever workers die, each post is applied once, in order for each pair", async () => {
  // Goal: exactly once and in order, from any actor to any other, its own partition's and itself included.
  // Method: random senders post to random receivers while a chain of workers dies at random steps; what each
  // receiver has applied of each sender must be that sender's posts to it, in order.
  const anyPost = fc.tuple(
    fc.constantFrom(...senders),
    fc.array(fc.constantFrom(...senders), { minLength: 1, maxLength: 4 }),
    fc.constantFrom(0, 0, 900),
  );
  const anyDeath = fc.record({ phase: fc.constantFrom(...phases), times: fc.integer({ min: 1, max: 8 }) });
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyPost, { minLength: 1, maxLength: 15 }),
      fc.array(anyDeath, { maxLength: 3 }),
      async (history, deaths) => {
        const own = await Workbench.open();
        const limits = { recordBytesMax: 6_000 };
        const size = Math.ceil(history.length / (deaths.length + 1));
        const publish = async (from: number, to: number): Promise<void> => {
          for (const [n, [sender, to_, chars]] of history.slice(from, to).entries())
            await own.publish(sender, { kind: "post", id: `${sender}|${from + n}|`, to: to_, chars });
        };
        for (const [index, death] of deaths.entries()) {
          const process = new Process();
          process.fuse = { ...death };
          await own.startMortal(process, { limits: { ...limits, drainMs: 1 } });
          await publish(index * size, (index + 1) * size);
          await untilDeath(process);
          await process.bury();
        }
        await publish(deaths.length * size, history.length);
        const service = await own.start({ limits });
        await passTime(own.clock, plus(own.clock.now(), 120_000), [service]);
        for (const receiver of senders) {
          const applied = (await service.stateOf(receiver))?.state.applied ?? [];
          for (const sender of senders) {
            const expected = history.flatMap(([by, to], n) =>
              by === sender ? to.filter((each) => each === receiver).map(() => n) : [],
            );
            const found = applied
              .filter((text) => text.startsWith(`${sender}|`) && text.includes("posted"))
              .map((text) => Number(text.split("|")[1]));
            expect(found).toEqual(expected);
          }
        }
        const journal = await readJournal(own.log, "ledger", partitions);
        expect(foldJournal(topology, journal).faults).toEqual([]);
        expect(service.parked()).toEqual([]);
        await own.close();
      },
    ),
    { numRuns: 15 },
  );
}, 60_000);
