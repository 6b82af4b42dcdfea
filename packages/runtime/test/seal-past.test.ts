import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { defineTopic, sealedType, type TopicContract } from "@hybrid/contracts";
import { type ActorId, actorIdOf, days, from, instant, partitionOf, type Topology } from "@hybrid/kernel";
import { VirtualClock } from "@hybrid/kernel/testing";
import { type Log, LogUnavailableError, openEmbeddedLog } from "@hybrid/log";
import { KeyRing, organisationOf, ownUser, sealTopology } from "@hybrid/sealing";
import { TestVault } from "@hybrid/sealing/testing";
import { Registry } from "prom-client";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  type RunningService,
  runService,
  runtimeMetrics,
  type ServiceOptions,
  seededRandom,
} from "../src/index.ts";
import { readTopic, settle } from "../testing/index.ts";
import { failingLog } from "./failing-log.ts";
import { MemoryLogger } from "./workbench.ts";

/*
 * Goal: what a release without sealing has left in states, calls, parked inputs and topics is sealed by the
 * next one, and nothing else about it is changed. Bytes of the whole log are searched.
 */

const partitions = 4;
const users = 60;
const secret = "only-for-her-eyes";
const startAt = instant(Date.UTC(2026, 0, 5, 8));

interface State {
  readonly mailAddress: string;
  readonly seen: number;
}
type Input =
  | { readonly kind: "named" | "broken" | "asked" | "answered"; readonly mailAddress: string }
  | { readonly kind: "shown" };
interface Ask {
  readonly kind: "ask";
  readonly mailAddress: string;
}

const base = {
  doc: "A test's topic.",
  keyDoc: "a user",
  partitioning: "entity",
  writers: ["people"],
} as const;

const fields = [
  { name: "kind", type: "string" },
  { name: "mailAddress", type: "string" },
] as const;

const orders = defineTopic<{ readonly kind: string; readonly mailAddress: string }>({
  ...base,
  name: "people-orders",
  retention: { cleanup: "delete", retentionMs: days(1) },
  versions: [{ type: "record", name: "Order", namespace: "test", fields: [...fields] }],
});

type Listed = { readonly kind: string; readonly mailAddress: string };
const clearVersion = { type: "record", name: "Listed", namespace: "test", fields: [...fields] };
const listOf = (versions: TopicContract<Listed>["versions"]): TopicContract<Listed> =>
  defineTopic<Listed>({ ...base, name: "people-list", retention: { cleanup: "compact" }, versions });

/** The topic as the release before knew it, and as today's. */
const listBefore = listOf([clearVersion]);
const list = listOf([
  clearVersion,
  {
    ...clearVersion,
    fields: [...fields, { name: "sealedMailAddress", type: ["null", sealedType("user")], default: null }],
  },
]);

const topologyOf = (
  topic: TopicContract<Listed>,
  { stateVersion, breaks }: { readonly stateVersion: number; readonly breaks: boolean },
): Topology<State, Input, Ask> => ({
  service: "people",
  machine: (state, input, _now, self) => {
    if (input.kind === "broken" && breaks) throw new Error("a bug");
    if (input.kind === "shown") return { state, effects: [] };
    const next = { mailAddress: input.mailAddress, seen: state.seen + 1 };
    const value = { kind: input.kind, mailAddress: input.mailAddress };
    const asks =
      input.kind === "asked"
        ? [{ kind: "call", call: { kind: "ask", mailAddress: input.mailAddress } } as const]
        : [];
    return { state: next, effects: [{ kind: "emit", topic: topic.name, key: self, value }, ...asks] };
  },
  initial: { mailAddress: "", seen: 0 },
  stateVersion,
  upgrades: stateVersion === 1 ? {} : { 1: (old) => old },
  sources: [
    from(orders, ({ kind, mailAddress }, { key }) => ({
      to: actorIdOf(key),
      input: { kind: kind as "named", mailAddress },
    })),
  ],
  calls: { ask: { repeat: "mayRepeat", because: "It only asks, a second time too." } },
  emits: [topic],
  timers: () => [],
  timerFired: () => ({ kind: "shown" }),
  callFailed: () => ({ kind: "shown" }),
});

const before = topologyOf(listBefore, { stateVersion: 1, breaks: true });
const today = sealTopology(topologyOf(list, { stateVersion: 2, breaks: false }), { mailAddress: ownUser });

let folder: string;
let path: string;
let clock: VirtualClock;
let log: Log;
let vault: TestVault;
let logger: MemoryLogger;
let registry: Registry;
let running: RunningService<State> | undefined;
/** Addresses that the outside was asked about by today's release. */
let asked: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "hybrid-seal-past-"));
  path = join(folder, "log.db");
  clock = new VirtualClock(startAt);
  log = await openEmbeddedLog({ path, clock });
  vault = new TestVault();
  logger = new MemoryLogger();
  registry = new Registry();
  asked = [];
  running = undefined;
});
afterEach(async () => {
  await halt();
  await log.close();
  await rm(folder, { recursive: true });
});

const halt = async (): Promise<void> => {
  const stopped = running?.stop();
  clock.advanceBy(10_000);
  await stopped;
  running = undefined;
};

type Options = ServiceOptions<State, Input, Ask>;

const start = async (topology: Options["topology"], changed: Partial<Options> = {}) => {
  running = await runService<State, Input, Ask>({
    topology,
    handlers: {
      ask: ({ mailAddress }) => {
        asked.push((mailAddress as unknown as { readonly value: string }).value);
        return new Promise<Input>(() => undefined);
      },
    },
    log,
    topics: [orders, topology === before ? listBefore : list],
    partitions,
    scheduler: clock,
    random: seededRandom(1),
    logger,
    metrics: runtimeMetrics(registry),
    keys: new KeyRing({ vault, clock }),
    deadlineTimer: () => () => undefined,
    ...changed,
  });
  return running;
};

const user = (n: number): ActorId => actorIdOf(`acme/u-${n}`);
const addressOf = (n: number): string => `${secret}-${n}@acme.example`;

const publish = async (n: number, kind: string): Promise<void> => {
  const value = orders.encode({ kind, mailAddress: addressOf(n) });
  const key = user(n);
  await log.append([
    { topic: orders.name, partition: partitionOf(key, partitions), key, value, timestamp: clock.now() },
  ]);
};

const rest = async (): Promise<void> => {
  if (running) await settle([running], { waitForCalls: false });
};

/** Everybody is known; the first one's call is on its way, the second one is parked, the third came twice. */
const asBefore = async (): Promise<void> => {
  const service = await start(before, { handlers: { ask: () => new Promise<Input>(() => undefined) } });
  await service.ready();
  for (let n = 1; n <= users; n++) await publish(n, "named");
  await publish(1, "asked");
  await publish(2, "broken");
  await publish(3, "named");
  await rest();
  expect(service.parked()).toMatchObject([{ actor: user(2), inputs: 1 }]);
  await halt();
};

/** After journals and orders of the release before have had their time. */
const pastRetention = async (): Promise<void> => {
  await halt();
  clock.advanceBy(days(31));
  await log.clean(clock.now());
};

/** SQLite leaves what was deleted in free pages until it needs them: an operator has them cleared. */
const clearFreePages = (): void => {
  const db = new DatabaseSync(path);
  db.exec("VACUUM");
  db.close();
};

/** How often a text of a person stands in the files of the log. */
const clearInFiles = async (): Promise<number> => {
  await log.close();
  clearFreePages();
  let found = 0;
  for (const name of await readdir(folder))
    found += (await readFile(join(folder, name), "latin1")).split(secret).length - 1;
  log = await openEmbeddedLog({ path, clock });
  return found;
};

const ends = async (): Promise<readonly number[]> => {
  const found: number[] = [];
  for (const topic of ["people-journal", list.name])
    for (let partition = 0; partition < partitions; partition++)
      found.push((await log.offsets(topic, partition)).end);
  return found;
};

const seenBy = async (n: number): Promise<unknown> => (await running?.stateOf(user(n)))?.state.seen;

test("a release without sealing leaves texts in clear, and retention alone does not take them away", async () => {
  await asBefore();
  await pastRetention();
  // Each user's state and record, the call and the parked input: the search finds what there is to find.
  expect(await clearInFiles()).toBeGreaterThanOrEqual(2 * users);
});

test("after an upgrade nothing can be read in states, calls, parked inputs and kept records", async () => {
  await asBefore();
  const service = await start(today);
  await service.ready();
  await rest();
  expect(await registry.metrics()).not.toContain("hybrid_clear_left{");
  await pastRetention();
  expect(await clearInFiles()).toBe(0);
});

test("after an upgrade everything goes on as it was: states, the call, the parked input, records", async () => {
  await asBefore();
  const service = await start(today);
  await service.ready();
  await rest();
  expect(asked).toEqual([addressOf(1)]);
  expect(service.parked()).toMatchObject([{ actor: user(2), inputs: 1 }]);
  expect([await seenBy(1), await seenBy(2), await seenBy(3), await seenBy(4)]).toEqual([2, 1, 2, 1]);
  await publish(4, "named");
  await rest();
  expect(await seenBy(4)).toBe(2);
  const latest = new Map<string | null, unknown>();
  for (const { key, value } of await readTopic(log, list.name, partitions))
    latest.set(key, list.decode(value ?? new Uint8Array()));
  expect(latest.size).toBe(users);
  expect(latest.get(user(9))).toMatchObject({
    kind: "named",
    mailAddress: "",
    sealedMailAddress: { sealedFor: user(9) },
  });
  expect(logger.lines.filter(({ level }) => level === "error")).toMatchObject([
    { fields: { actor: user(2) } },
  ]);
});

test("a second start finds nothing to do and writes nothing", async () => {
  await asBefore();
  await (await start(today)).ready();
  await rest();
  await halt();
  const after = await ends();
  let commits = 0;
  const counting = failingLog(log, () => {
    commits += 1;
    return false;
  });
  await (
    await start(today, { log: counting, handlers: { ask: () => new Promise<Input>(() => undefined) } })
  ).ready();
  await rest();
  expect(commits).toBe(0);
  expect(await ends()).toEqual(after);
});

test("what is interrupted at any commit goes on, and comes to the same", async () => {
  await asBefore();
  let failures = 0;
  let commits = 0;
  // Every second commit fails, whatever it is: each partition is fenced and restored several times.
  const failing = failingLog(
    log,
    () => {
      const fails = failures < 12 && commits++ % 2 === 0;
      if (fails) failures += 1;
      return fails;
    },
    () => new LogUnavailableError("the disk has gone"),
  );
  const service = await start(today, { log: failing, limits: { commitBytesMax: 65_536 } });
  const ready = service.ready();
  for (let turns = 0; turns < 40; turns++) {
    await rest();
    clock.advanceBy(120_000);
  }
  await ready;
  expect(failures).toBeGreaterThan(6);
  expect([await seenBy(1), await seenBy(3)]).toEqual([2, 2]);
  await pastRetention();
  expect(await clearInFiles()).toBe(0);
});

test("records that an actor of another partition writes are sealed by their writer alone", async () => {
  const byOrganisation = (topology: Topology<State, Input, Ask>): Topology<State, Input, Ask> => ({
    ...topology,
    sources: [
      from(orders, ({ kind, mailAddress }, { key }) => ({
        to: actorIdOf(key),
        input: { kind: kind as "named", mailAddress },
      })),
    ],
    machine: (state, input, now, self) => {
      const step = topology.machine(state, input, now, self);
      // Each of the organisation's own records is about a user of another partition.
      const about = (key: ActorId): ActorId => actorIdOf(`acme/u-${key.split("-").at(-1)}`);
      return {
        ...step,
        effects: step.effects.map((effect) =>
          effect.kind === "emit" ? { ...effect, key: about(effect.key) } : effect,
        ),
      };
    },
  });
  const plain = byOrganisation(before);
  const key = (n: number): ActorId => actorIdOf(`acme/o/user-${n}`);
  await (await start(plain, { topics: [orders, listBefore] })).ready();
  for (let n = 1; n <= 20; n++)
    await log.append([
      {
        topic: orders.name,
        partition: partitionOf(key(n), partitions),
        key: key(n),
        value: orders.encode({ kind: "named", mailAddress: addressOf(n) }),
        timestamp: clock.now(),
      },
    ]);
  await rest();
  await halt();
  const old = (await readTopic(log, list.name, partitions)).length;
  const whose = { mailAddress: ({ actor }: { readonly actor: ActorId }) => about(actor) };
  const about = (actor: ActorId): ActorId => actorIdOf(`acme/u-${actor.split("-").at(-1)}`);
  const sealing = sealTopology(
    byOrganisation(topologyOf(list, { stateVersion: 2, breaks: false })),
    whose,
    ["user"],
    {
      writerOf: organisationOf,
    },
  );
  await (await start(sealing)).ready();
  await rest();
  expect((await readTopic(log, list.name, partitions)).length).toBe(2 * old);
  await pastRetention();
  expect(await clearInFiles()).toBe(0);
});
