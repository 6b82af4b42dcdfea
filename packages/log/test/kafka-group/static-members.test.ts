import { afterEach, expect, test } from "vitest";
import { InstanceTakenError } from "../../src/index.ts";
import { Stage, type Worker, type WorkerSettings } from "./stage.ts";

let stage: Stage;

const open = (partitions: number): void => {
  stage = new Stage(partitions);
  stage.check = () => {
    for (const partition of stage.conflicts()) stage.faults.push(`two members have partition ${partition}`);
  };
};

afterEach(() => {
  expect(stage.faults).toEqual([]);
});

const fleet = async (count: number): Promise<readonly Worker[]> => {
  const workers = [];
  for (let each = 1; each <= count; each++) workers.push(await stage.start({ instanceId: `pod-${each}` }));
  await stage.pass(3_000);
  return workers;
};

/** Milliseconds, to a tenth of a second, until every partition is somebody's. */
const msUntilWhole = async (): Promise<number> => {
  const isWhole = (): boolean => new Set(stage.all()).size === stage.partitions;
  let ms = 0;
  for (; !isWhole(); ms += 100) await stage.pass(100);
  return ms;
};

test("a worker that is started again at once has its partitions back within a second; nobody loses one", async () => {
  open(9);
  const [dead, ...others] = await fleet(3);
  const had = new Set(dead!.has);
  const told = others.map((worker) => worker.told.length);
  stage.kill(dead!);
  await stage.pass(500);
  const heir = await stage.start({ instanceId: "pod-1" });
  expect(await msUntilWhole()).toBeLessThan(1_000);
  await stage.pass(10_000);
  expect(heir.has).toEqual(had);
  expect(others.map((worker) => worker.told.length)).toEqual(told);
  expect(stage.coordinator.members.size).toBe(3);
});

test("without an instance id the group waits for the session of the dead one", async () => {
  open(9);
  const [dead] = [await stage.start(), await stage.start(), await stage.start()];
  await stage.pass(3_000);
  stage.kill(dead);
  await stage.start();
  expect(await msUntilWhole()).toBeGreaterThan(5_000);
});

test("kills one after the other, each in the middle of what the last one began, do not add up", async () => {
  open(12);
  await fleet(3);
  const gaps: number[] = [];
  for (let round = 0; round < 12; round++) {
    const name = `pod-${(round % 3) + 1}`;
    const victim = stage.workers[0];
    stage.kill(victim!);
    await stage.pass(300);
    await stage.start({ instanceId: name });
    gaps.push(await msUntilWhole());
    await stage.pass(round % 2 === 0 ? 40 : 700);
  }
  expect(Math.max(...gaps)).toBeLessThan(1_500);
  await stage.pass(30_000);
  expect(stage.coordinator.members.size).toBe(3);
  expect(stage.shares()).toEqual([4, 4, 4]);
});

test("a worker that dies while it joins is not dealt partitions when it is started again", async () => {
  open(6);
  const [, sleeper] = await fleet(2);
  sleeper!.host.pause();
  const dying = await stage.start({ instanceId: "pod-3" });
  await stage.pass(500);
  expect(stage.coordinator.state).toBe("preparing");
  stage.kill(dying);
  await stage.start({ instanceId: "pod-3" });
  await stage.pass(500);
  sleeper!.host.resume();
  await stage.pass(2_000);
  expect(stage.all()).toEqual(stage.everything());
  expect(stage.shares()).toEqual([2, 2, 2]);
  expect(stage.coordinator.members.size).toBe(3);
});

test("what was being given back when its worker died does not stay without an owner", async () => {
  open(2);
  const slow: WorkerSettings = { instanceId: "pod-1", onRevoked: () => stage.work(5_000) };
  const dead = await stage.start(slow);
  await stage.pass(1_000);
  const other = await stage.start({ instanceId: "pod-2" });
  await stage.pass(1_000);
  expect(dead.told).toHaveLength(3);
  stage.kill(dead);
  await stage.start(slow);
  await stage.pass(2_000);
  expect(stage.all()).toEqual([0, 1]);
  expect(other.has.size).toBe(1);
});

test("of two live workers with one id the older one ends with the reason, and they do not fight", async () => {
  open(4);
  const [older] = await fleet(1);
  const younger = await stage.start({ instanceId: "pod-1" });
  // Until the older one hears of it two listeners have its partitions: the fence protects, not the group.
  stage.check = () => undefined;
  await stage.pass(1_000);
  expect(older!.failures).toHaveLength(1);
  expect(older!.failures[0]).toBeInstanceOf(InstanceTakenError);
  expect(String(older!.failures[0])).toMatch(/group sync: another worker has joined as instance pod-1/);
  expect([older!.has.size, younger.has.size]).toEqual([0, 4]);
  const asked = older!.line.requests.length;
  await stage.pass(60_000);
  expect(older!.line.requests).toHaveLength(asked);
  expect(older!.line.requests).not.toContain("leave");
  expect(younger.failures).toEqual([]);
  expect(younger.has.size).toBe(4);
});

test("a late copy of a worker's own first join shuts it out once, not for good", async () => {
  open(2);
  const worker = await stage.start({ instanceId: "pod-1", line: { isDeaf: true } });
  await stage.pass(1_000);
  worker.line.isDeaf = false;
  await stage.pass(40_000);
  expect(worker.has.size).toBe(2);
  const late = { memberId: "", instanceId: "pod-1", subscription: Buffer.alloc(0) };
  const nobody = { resolve: () => undefined, reject: () => undefined };
  stage.coordinator.join(late, nobody);
  await stage.pass(2_000);
  expect(worker.failures).toEqual([]);
  expect(worker.has.size).toBe(2);
  stage.coordinator.join(late, nobody);
  await stage.pass(2_000);
  expect(worker.failures[0]).toBeInstanceOf(InstanceTakenError);
});

test("a planned stop of a static member hands over at once, before its first join was answered too", async () => {
  open(4);
  const [leaver, heir] = await fleet(2);
  stage.leave(leaver!);
  await stage.pass(500);
  expect(heir!.has.size).toBe(4);
  expect(stage.coordinator.members.size).toBe(1);
  heir!.host.pause();
  const early = await stage.start({ instanceId: "pod-3" });
  await stage.pass(100);
  stage.leave(early);
  await stage.pass(50);
  await early.leaving;
  expect(stage.coordinator.members.size).toBe(1);
});

test("a member that has nothing says once what it waits for, and again only when it waits again", async () => {
  open(1);
  const [first] = await fleet(1);
  const second = await stage.start({ instanceId: "pod-2" });
  await stage.pass(1);
  expect(second.member.waitsFor()).toMatch(/^its group's other members to join/);
  await stage.pass(60_000);
  expect(second.member.waitsFor()).toMatch(/^other members of its group, which have all partitions/);
  const said = () => second.logged.filter(({ message }) => /waits for/.test(message));
  expect(said()).toHaveLength(1);
  expect(first!.member.waitsFor()).toBeNull();
  expect(first!.logged.filter(({ level }) => level === "warn")).toEqual([]);
  stage.leave(first!);
  await stage.pass(2_000);
  expect(second.member.waitsFor()).toBeNull();
  expect(said()).toHaveLength(1);
});

test("a worker that comes back newer gets what waited for its version", async () => {
  open(2);
  const [old] = await fleet(1);
  old!.member.requireVersion(1, 3);
  await stage.pass(1_000);
  expect(old!.member.waiting()).toEqual([{ partition: 1, needs: 3, newest: 0 }]);
  const other = await stage.start({ instanceId: "pod-2" });
  await stage.pass(1_000);
  stage.kill(old!);
  const young = await stage.start({ instanceId: "pod-1", version: 3 });
  await stage.pass(1_000);
  expect(young.has.has(1)).toBe(true);
  expect(stage.all()).toEqual([0, 1]);
  expect(other.member.waiting()).toEqual([]);
});
