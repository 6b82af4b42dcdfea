import { partitionOf, seconds } from "@hybrid/kernel";
import { type Commit, FencedError, type GroupListener, type Log, type OwnedPartition } from "@hybrid/log";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runService } from "../src/index.ts";
import { settle } from "../testing/index.ts";
import { tailOnlyLog } from "./failing-log.ts";
import { leaveOneBehind, repeating } from "./left-behind.ts";
import { neighbours, partitions, Workbench } from "./workbench.ts";

let bench: Workbench;

beforeEach(async () => {
  bench = await Workbench.open();
});

afterEach(() => bench.close());

const { a, stranger } = neighbours();
const home = partitionOf(a, partitions);

const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve));
};

type CommitOf = (
  owned: OwnedPartition,
  batch: Commit,
) => Promise<Awaited<ReturnType<OwnedPartition["commit"]>>>;

/** A log whose commits of the home partition go another way, and whose group the test plays. */
const diverted = (log: Log, commit: CommitOf) => {
  let listener: GroupListener | undefined;
  const wrapped: Log = {
    ...log,
    join: async (group, given) => {
      listener = given;
      const membership = await log.join(group, given);
      return {
        ...membership,
        fence: async (partition) => {
          const owned = await membership.fence(partition);
          if (partition !== home) return owned;
          return { ...owned, commit: (batch) => commit(owned, batch) };
        },
      };
    },
  };
  return { log: wrapped, group: (): GroupListener => listener! };
};

/** Holds up one commit: the next one that `wants` says, once. */
const holdOne = (wants: (batch: Commit) => boolean) => {
  const { promise: held, resolve: hold } = Promise.withResolvers<(error?: Error) => void>();
  let isHeld = false;
  const commit: CommitOf = async (owned, batch) => {
    if (isHeld || !wants(batch)) return owned.commit(batch);
    isHeld = true;
    await new Promise<void>((resolve, reject) => hold((error) => (error ? reject(error) : resolve())));
    return owned.commit(batch);
  };
  return { commit, held };
};

test("a commit of a former owner in the same process that ends late leaves its successor's calls alone", async () => {
  const open: (() => void)[] = [];
  bench.world.answer = (id) =>
    id === "blocker" ? new Promise((resolve) => open.push(() => resolve("ok"))) : Promise.resolve("ok");
  let armed = false;
  const { commit, held } = holdOne(() => armed);
  const { log, group } = diverted(bench.log, commit);
  const service = await bench.start({ log, limits: { callsInFlightMax: 1 } });
  await bench.publish(stranger, { kind: "fetch", id: "blocker" });
  await settle([service], { waitForCalls: false });
  await bench.publish(a, { kind: "fetch", id: "mine" });
  await settle([service], { waitForCalls: false });
  armed = true;
  await bench.publish(a, { kind: "add", id: "2", n: 1 });
  const release = await held;
  const revoked = group().revoked(home);
  bench.clock.advanceBy(seconds(8.5));
  await revoked;
  group().assigned(home);
  await turns();
  expect(service.partitionsOwned()).toContain(home);
  release(new FencedError("too late"));
  await turns();
  for (const resolve of open) resolve();
  await bench.settle();
  expect(bench.world.requests.map(({ id }) => id)).toEqual(["blocker", "mine"]);
  expect(await service.stateOf(a)).toMatchObject({
    state: { applied: ["mine", "2", "mine-ok"] },
    pending: [],
  });
});

test("a partition that is given up while it catches up never starts to work", async () => {
  await leaveOneBehind(bench, repeating("mayRepeat"));
  bench.world.requests.length = 0;
  const { commit, held } = holdOne(
    ({ journal, checkpoint }) => journal.length === 0 && checkpoint.length > 0,
  );
  const { log } = diverted(tailOnlyLog(bench.log, "none"), commit);
  const service = await runService(bench.options({ ...repeating("mayRepeat"), log }));
  const release = await held;
  const stopped = service.stop();
  bench.clock.advanceBy(seconds(10));
  await stopped;
  await bench.publish(a, { kind: "add", id: "afterwards", n: 1 });
  release();
  await turns();
  expect(service.partitionsOwned()).toEqual([]);
  expect(bench.world.requests).toEqual([]);
  await bench.start(repeating("mayRepeat"));
  await bench.settle();
  expect(bench.world.requests.map(({ id }) => id)).toEqual(["1"]);
});

test("no call leaves after a stop has resolved, though a commit that orders one hangs longer than the stop", async () => {
  const { commit, held } = holdOne(({ journal }) => journal.length > 0);
  const { log, group } = diverted(bench.log, commit);
  const service = await bench.start({ log });
  await bench.publish(a, { kind: "fetch", id: "1" });
  const release = await held;
  const stopped = service.stop();
  group().assigned(home);
  bench.clock.advanceBy(seconds(10));
  await stopped;
  bench.running.clear();
  group().assigned(home);
  release();
  await turns();
  expect(bench.world.requests).toEqual([]);
  expect(service.status().every(({ state }) => state === "closed")).toBe(true);
});
