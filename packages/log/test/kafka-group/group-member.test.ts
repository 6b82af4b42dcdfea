import { ConfigError } from "@hybrid/kernel";
import { afterEach, expect, test } from "vitest";
import { ProtocolError } from "./coordinator-double.ts";
import { Stage, type Worker } from "./stage.ts";

let stage: Stage;

const open = (partitions: number, times: ConstructorParameters<typeof Stage>[1] = {}): Stage => {
  stage = new Stage(partitions, times);
  stage.check = () => {
    for (const partition of stage.conflicts()) stage.faults.push(`two members have partition ${partition}`);
  };
  return stage;
};

afterEach(() => {
  expect(stage.faults).toEqual([]);
});

const lost = ({ told }: Worker): readonly string[] => told.filter((event) => event.startsWith("-"));
const warnings = ({ logged }: Worker): readonly string[] =>
  logged.filter(({ level }) => level === "warn").map(({ message }) => message);

/** Ends the session of a worker at the coordinator, as if it had been silent for too long. */
const expel = (worker: Worker): void => {
  const seat = worker.member.generation();
  if (seat) stage.coordinator.leave(seat.memberId);
};

/** A second member joins; the first one gives a partition back only when it is allowed to. */
const handover = async () => {
  open(2);
  const allowed = Promise.withResolvers<void>();
  const old = await stage.start({ onRevoked: () => allowed.promise });
  await stage.pass(1_000);
  return { old, young: await stage.start(), allowed };
};

test("one to three members have each partition exactly once, and a join moves few", async () => {
  open(8);
  const first = await stage.start();
  await stage.pass(1_000);
  expect(first.has.size).toBe(8);
  const second = await stage.start();
  await stage.pass(2_000);
  expect(stage.all()).toEqual(stage.everything());
  expect(stage.shares()).toEqual([4, 4]);
  expect(lost(first)).toHaveLength(4);
  const third = await stage.start();
  await stage.pass(2_000);
  expect(stage.all()).toEqual(stage.everything());
  expect(stage.shares()).toEqual([2, 3, 3]);
  expect(lost(first).length + lost(second).length).toBe(4 + third.has.size);
  expect(lost(third)).toEqual([]);
});

test("members that join at once share everything, and nothing moves afterwards", async () => {
  open(12);
  for (let each = 0; each < 5; each++) await stage.start();
  await stage.pass(3_000);
  expect(stage.shares()).toEqual([2, 2, 2, 3, 3]);
  const { generationId } = stage.coordinator;
  const told = stage.workers.map((worker) => worker.told.length);
  await stage.pass(60_000);
  expect(stage.coordinator.generationId).toBe(generationId);
  expect(stage.workers.map((worker) => worker.told.length)).toEqual(told);
});

test("a member that leaves hands its partitions over; nobody else loses one", async () => {
  open(6);
  const [first, leaver, third] = [await stage.start(), await stage.start(), await stage.start()];
  await stage.pass(2_000);
  const before = [lost(first).length, lost(third).length];
  const kept = [new Set(first.has), new Set(third.has)];
  stage.leave(leaver);
  await stage.pass(500);
  await leaver.leaving;
  expect(leaver.has.size).toBe(0);
  expect(leaver.line.closed).toBe(true);
  expect(stage.shares()).toEqual([3, 3]);
  expect([lost(first).length, lost(third).length]).toEqual(before);
  expect(
    [first.has, third.has].map((has, index) => [...kept[index]!].every((each) => has.has(each))),
  ).toEqual([true, true]);
  expect(leaver.member.leave()).toBe(leaver.leaving);
  expect(leaver.member.generation()).toBeNull();
});

test("a partition reaches its new owner only after the old one has given it back", async () => {
  const { old, young, allowed } = await handover();
  await stage.pass(5_000);
  expect(lost(old)).toHaveLength(1);
  expect(young.told).toEqual([]);
  const kept = old.told.length;
  const beats = old.line.requests.filter((what) => what === "heartbeat").length;
  expect(beats).toBeGreaterThan(20);
  allowed.resolve();
  await stage.pass(100);
  expect(young.has.size).toBe(1);
  expect(old.told).toHaveLength(kept);
});

test("a member that does not give back in time is not waited for any longer", async () => {
  const { old, young } = await handover();
  await stage.pass(9_000);
  expect(young.told).toEqual([]);
  expect(warnings(old)).toEqual([]);
  // From here on two listeners have it: the fence protects, not the group.
  stage.check = () => undefined;
  await stage.pass(2_000);
  expect(young.told).toHaveLength(1);
  expect(old.member.owns([...young.has][0]!)).toBe(false);
  expect(warnings(old)).toEqual([expect.stringContaining("not given back in time")]);
});

test("a partition that comes back while it is given back is assigned when that has ended", async () => {
  const { old, young, allowed } = await handover();
  await stage.pass(1_000);
  const [given] = lost(old);
  stage.leave(young);
  await stage.pass(1_000);
  expect(old.told.at(-1)).toBe(given);
  allowed.resolve();
  await stage.pass(500);
  expect(old.told.at(-1)).toBe(given?.replace("-", "+"));
  expect(stage.all()).toEqual([0, 1]);
  expect(warnings(old)).toEqual([]);
});

test("a member that joins while the last one leaves gets everything", async () => {
  open(3);
  for (let round = 0; round < 5; round++) {
    const leaver = await stage.start();
    await stage.pass(1_000);
    expect(leaver.has.size).toBe(3);
    stage.leave(leaver);
    const heirs = [await stage.start(), await stage.start()];
    await stage.pass(2_000);
    expect(stage.all()).toEqual([0, 1, 2]);
    expect(stage.shares()).toEqual([1, 2]);
    for (const heir of heirs) stage.leave(heir);
    await stage.pass(1_000);
    expect(stage.coordinator.members.size).toBe(0);
  }
});

test("heartbeats go on while a call is slow, never two at once, and a lost one costs nothing", async () => {
  open(1);
  const worker = await stage.start();
  await stage.pass(1_000);
  worker.line.delayMs = 700;
  await stage.pass(10_000);
  worker.line.delayMs = 1;
  worker.line.isDeaf = true;
  await stage.pass(3_500);
  worker.line.isDeaf = false;
  await stage.pass(5_000);
  expect(worker.line.heartbeatsInFlightMax).toBe(1);
  expect(worker.line.forgotten).toBeGreaterThan(0);
  expect(worker.told).toEqual(["+0"]);
  expect(stage.coordinator.generationId).toBe(1);
});

test("the last heartbeat is the time at which a confirmed one was sent", async () => {
  open(1);
  const start = stage.clock.now();
  const worker = await stage.start({ line: { delayMs: 40 } });
  expect(worker.member.lastHeartbeatAt()).toBe(start);
  await stage.pass(100);
  expect(worker.member.lastHeartbeatAt()).toBe(start);
  // Asked for an id at 0, which comes at 80; joined at 160, sync answered at 240; first heartbeat sent at
  // 440, answered at 520.
  await stage.pass(150);
  expect(worker.member.lastHeartbeatAt()).toBe(start + 160);
  await stage.pass(265);
  expect(worker.member.lastHeartbeatAt()).toBe(start + 160);
  await stage.pass(10);
  expect(worker.member.lastHeartbeatAt()).toBe(start + 440);
});

test("a session that was lost and comes back unused touches no partition", async () => {
  open(4);
  const worker = await stage.start();
  await stage.pass(1_000);
  const told = worker.told.length;
  const seat = worker.member.generation();
  expel(worker);
  await stage.pass(1_000);
  expect(worker.told).toHaveLength(told);
  expect(worker.has.size).toBe(4);
  expect(worker.member.generation()?.memberId).not.toBe(seat?.memberId);
  expect(worker.member.owns(3)).toBe(true);
  expect(warnings(worker)).toEqual(["the group went on without us; joining again"]);
});

test("a generation that went on without a member is caught up with under the same member id", async () => {
  open(2);
  const worker = await stage.start();
  await stage.pass(1_000);
  const seat = worker.member.generation();
  worker.line.error = new ProtocolError("ILLEGAL_GENERATION");
  await stage.pass(201);
  worker.line.error = null;
  await stage.pass(1_000);
  expect(worker.member.generation()?.memberId).toBe(seat?.memberId);
  expect(worker.told).toHaveLength(2);
  expect(stage.all()).toEqual([0, 1]);
});

test("what others took during a pause is revoked, and only that", async () => {
  open(4);
  const [sleeper, other] = [await stage.start(), await stage.start()];
  await stage.pass(2_000);
  const kept = new Set(sleeper.has);
  sleeper.host.pause();
  await stage.pass(12_000);
  expect(other.has.size).toBe(4);
  sleeper.host.resume();
  await stage.pass(3_000);
  expect(kept.size).toBe(2);
  expect(sleeper.told.slice(-4).filter((event) => event.startsWith("-"))).toHaveLength(2);
  expect(stage.all()).toEqual(stage.everything());
  expect(stage.shares()).toEqual([2, 2]);
});

test("a coordinator that moves or is out of reach costs nothing but one warning", async () => {
  open(3);
  const worker = await stage.start();
  await stage.pass(1_000);
  for (const type of [
    "NOT_COORDINATOR_FOR_GROUP",
    "GROUP_COORDINATOR_NOT_AVAILABLE",
    "GROUP_LOAD_IN_PROGRESS",
  ]) {
    worker.line.error = new ProtocolError(type);
    await stage.pass(3_000);
    worker.line.error = null;
    await stage.pass(1_500);
  }
  worker.line.isDown = true;
  await stage.pass(4_000);
  worker.line.isDown = false;
  await stage.pass(1_500);
  expect(worker.told).toHaveLength(3);
  expect(worker.has.size).toBe(3);
  expect(worker.logged.slice(1).map(({ level }) => level)).toEqual(
    ["warn", "info"].concat(["warn", "info"], ["warn", "info"], ["warn", "info"]),
  );
  expect(worker.line.forgotten).toBeGreaterThan(8);
});

test("a coordinator that is away for longer than the session gives everything back untouched", async () => {
  open(3);
  const worker = await stage.start();
  await stage.pass(1_000);
  worker.line.isDown = true;
  await stage.pass(30_000);
  expect(stage.coordinator.members.size).toBe(0);
  const asked = worker.line.requests.length;
  expect(asked).toBeLessThan(80);
  worker.line.isDown = false;
  await stage.pass(2_000);
  expect(worker.told).toHaveLength(3);
  expect(stage.all()).toEqual([0, 1, 2]);
});

test("a first join that nobody answers is tried again; its ghost keeps no partition", async () => {
  open(2);
  const worker = await stage.start({ line: { isDeaf: true } });
  await stage.pass(500);
  worker.line.isDeaf = false;
  await stage.pass(60_000);
  expect(stage.all()).toEqual([0, 1]);
  expect(stage.coordinator.members.size).toBe(1);
});

test.each([
  ["GROUP_AUTHORIZATION_FAILED", "grant READ on the group"],
  ["INVALID_SESSION_TIMEOUT", "group.min.session.timeout.ms"],
  ["INCONSISTENT_GROUP_PROTOCOL", "another program is in consumer group sync"],
])("%s ends the membership with advice, after everything was revoked", async (type, advice) => {
  open(2);
  const worker = await stage.start();
  await stage.pass(1_000);
  worker.line.error = new ProtocolError(type);
  await stage.pass(8_000);
  expect(worker.has.size).toBe(0);
  expect(worker.failures).toHaveLength(1);
  expect(worker.failures[0]).toBeInstanceOf(ConfigError);
  expect((worker.failures[0] as Error).message).toContain(advice);
  expect(worker.member.generation()).toBeNull();
  const asked = worker.line.requests.length;
  await stage.pass(60_000);
  expect(worker.line.requests).toHaveLength(asked);
  await worker.member.leave();
});

test("a wrong password is told even when the driver wraps it", async () => {
  open(1);
  const refused = Object.assign(new Error("SASL PLAIN authentication failed"), {
    name: "KafkaJSSASLAuthenticationError",
  });
  const worker = await stage.start({ line: { error: new Error("no broker answers", { cause: refused }) } });
  await stage.pass(1_000);
  expect((worker.failures[0] as Error).message).toContain("refuse user or password");
});

test("leaving during the first join, and while the coordinator is out of reach, ends", async () => {
  open(2);
  const early = await stage.start();
  stage.leave(early);
  await stage.pass(100);
  await early.leaving;
  expect(early.told).toEqual([]);
  const joining = await stage.start({ line: { delayMs: 100 } });
  await stage.pass(50);
  stage.leave(joining);
  await stage.pass(1_000);
  await joining.leaving;
  expect(stage.coordinator.members.size).toBe(0);
  const cut = await stage.start({ line: { isDown: true } });
  await stage.pass(700);
  stage.leave(cut);
  await stage.pass(100);
  await cut.leaving;
  const deaf = await stage.start({ line: { isDeaf: true } });
  await stage.pass(100);
  stage.leave(deaf);
  await stage.pass(4_000);
  await deaf.leaving;
  expect([joining, cut, deaf].flatMap(({ told }) => told)).toEqual([]);
});

test("leaving a group whose first generation others hold up ends at once and leaves nothing behind", async () => {
  open(2);
  const sleeper = await stage.start();
  await stage.pass(1_000);
  sleeper.host.pause();
  const early = await stage.start();
  await stage.pass(500);
  expect(stage.coordinator.state).toBe("preparing");
  stage.leave(early);
  await stage.pass(50);
  await early.leaving;
  expect(stage.coordinator.members.size).toBe(1);
  expect(early.told).toEqual([]);
});

test("a join that waits for others does not age the last heartbeat of those who wait", async () => {
  open(4);
  const [waiter, sleeper] = [await stage.start(), await stage.start()];
  await stage.pass(2_000);
  sleeper.host.pause();
  await stage.start();
  await stage.pass(5_000);
  expect(stage.coordinator.state).toBe("preparing");
  expect(stage.clock.now() - waiter.member.lastHeartbeatAt()).toBeLessThan(500);
  expect(waiter.line.forgotten).toBe(0);
});

test("leaving during a rejoin that others hold up does not wait for them", async () => {
  open(4);
  const [leaver, sleeper] = [await stage.start(), await stage.start()];
  await stage.pass(2_000);
  sleeper.host.pause();
  await stage.start();
  await stage.pass(1_000);
  expect(stage.coordinator.state).toBe("preparing");
  stage.leave(leaver);
  await stage.pass(50);
  await leaver.leaving;
  expect(leaver.has.size).toBe(0);
  await stage.pass(30_000);
  sleeper.host.resume();
  await stage.pass(5_000);
  expect(stage.all()).toEqual(stage.everything());
});

test("a listener that fails to give back is reported, and its partition moves on", async () => {
  open(2);
  const clumsy = await stage.start({ onRevoked: () => Promise.reject(new Error("disk")) });
  await stage.pass(1_000);
  stage.check = () => undefined;
  const heir = await stage.start();
  await stage.pass(1_000);
  expect(heir.has.size).toBe(1);
  expect(warnings(clumsy)).toEqual(["a partition could not be given back in order"]);
});

test("members with different topics during an update share the same partition numbers", async () => {
  open(4);
  const old = await stage.start({ topics: ["orders"] });
  const young = await stage.start({ topics: ["orders", "people"] });
  await stage.pass(2_000);
  expect(stage.all()).toEqual(stage.everything());
  expect([old.has.size, young.has.size]).toEqual([2, 2]);
});
