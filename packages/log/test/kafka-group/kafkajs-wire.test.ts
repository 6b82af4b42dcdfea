import { expect, test } from "vitest";
import type { GroupRequests } from "../../src/kafka/client/kafkajs-shapes.ts";
import { type CoordinatorCall, kafkajsWire } from "../../src/kafka/group/kafkajs-wire.ts";

const subscription = Buffer.from("what we claim");
const assignment = Buffer.from("what we get");
const members = [{ memberId: "m-1", memberMetadata: subscription }];
const joined = { generationId: 7, memberId: "m-1", leaderId: "m-1", members };

/** Notes what it is asked, and answers as a broker does by way of kafkajs. */
const noting = (asked: unknown[], memberAssignment: Buffer | null): GroupRequests => ({
  joinGroup(request) {
    asked.push(request);
    if (request.memberId !== "" || request.groupInstanceId !== null) return Promise.resolve(joined);
    return Promise.reject(Object.assign(new Error(), { type: "MEMBER_ID_REQUIRED", memberId: "m-1" }));
  },
  syncGroup(request) {
    asked.push(request);
    return Promise.resolve({ memberAssignment });
  },
  heartbeat(request) {
    asked.push({ aside: request });
    return Promise.resolve();
  },
  leaveGroup(request) {
    asked.push(request);
    return Promise.resolve();
  },
});

const wireTo = (requests: GroupRequests, instanceId: string | null = null) => {
  const over =
    (lane: string): CoordinatorCall =>
    (run) =>
      run(lane === "aside" ? requests : { ...requests, heartbeat: () => Promise.reject(new Error(lane)) });
  return kafkajsWire({
    groupId: "sync",
    instanceId,
    sessionTimeoutMs: 6_000,
    rebalanceTimeoutMs: 20_000,
    call: over("main"),
    callAside: over("aside"),
    forget: () => undefined,
    close: () => Promise.resolve(),
  });
};

const join = (memberId: string, groupInstanceId: string | null) => ({
  groupId: "sync",
  memberId,
  groupInstanceId,
  sessionTimeout: 6_000,
  rebalanceTimeout: 20_000,
  protocolType: "consumer",
  groupProtocols: [{ name: "hybrid-cooperative", metadata: subscription }],
});

test("a dynamic member hears the id that it has to join with before it is let in", async () => {
  const asked: unknown[] = [];
  const heard: string[] = [];
  const wire = wireTo(noting(asked, assignment));
  const named = (memberId: string): void => void heard.push(`${memberId} after ${asked.length}`);
  expect(await wire.join({ memberId: "", subscription, named })).toEqual({
    generationId: 7,
    memberId: "m-1",
    leaderId: "m-1",
    members: [{ memberId: "m-1", subscription }],
  });
  expect(heard).toEqual(["m-1 after 1"]);
  expect(asked).toEqual([join("", null), join("m-1", null)]);
});

test("any other refusal of a join is told unchanged", async () => {
  const error = Object.assign(new Error("no"), { type: "UNKNOWN_MEMBER_ID" });
  const wire = wireTo({ ...noting([], null), joinGroup: () => Promise.reject(error) });
  await expect(wire.join({ memberId: "m-1", subscription, named: () => undefined })).rejects.toBe(error);
});

test("every request of a static member carries its identity, heartbeats on a way of their own", async () => {
  const asked: unknown[] = [];
  const wire = wireTo(noting(asked, assignment), "pod-3");
  await wire.join({ memberId: "", subscription, named: () => undefined });
  const seat = { generationId: 7, memberId: "m-1" };
  expect(await wire.sync({ ...seat, assignments: [{ memberId: "m-1", assignment }] })).toBe(assignment);
  await wire.heartbeat(seat);
  await wire.leave("m-1");
  const who = { groupId: "sync", memberId: "m-1", groupInstanceId: "pod-3" };
  expect(asked).toEqual([
    join("", "pod-3"),
    { ...who, generationId: 7, groupAssignment: [{ memberId: "m-1", memberAssignment: assignment }] },
    { aside: { ...who, groupGenerationId: 7 } },
    who,
  ]);
});

test("a sync without an assignment gives empty bytes", async () => {
  const wire = wireTo(noting([], null));
  expect(await wire.sync({ generationId: 7, memberId: "m-1", assignments: [] })).toHaveLength(0);
});
