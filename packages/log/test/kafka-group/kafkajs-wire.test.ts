import { expect, test } from "vitest";
import { type GroupBroker, kafkajsWire } from "../../src/kafka/group/kafkajs-wire.ts";

const subscription = Buffer.from("what we claim");
const assignment = Buffer.from("what we get");

/** Notes what it is asked, and answers as kafkajs does. */
const notingBroker = (asked: unknown[], memberAssignment: Buffer | null): GroupBroker => ({
  joinGroup(request) {
    asked.push(request);
    const members = [{ memberId: "m-1", memberMetadata: subscription }];
    return Promise.resolve({ generationId: 7, memberId: "m-1", leaderId: "m-1", members });
  },
  syncGroup(request) {
    asked.push(request);
    return Promise.resolve({ memberAssignment });
  },
  heartbeat(request) {
    asked.push(request);
    return Promise.resolve();
  },
  leaveGroup(request) {
    asked.push(request);
    return Promise.resolve();
  },
});

const wireTo = (broker: GroupBroker) =>
  kafkajsWire({
    groupId: "sync",
    sessionTimeoutMs: 6_000,
    rebalanceTimeoutMs: 20_000,
    call: (run) => run(broker),
    forget: () => undefined,
    close: () => Promise.resolve(),
  });

test("the four requests go out as kafkajs wants them, and the answers come back as the member wants them", async () => {
  const asked: unknown[] = [];
  const wire = wireTo(notingBroker(asked, assignment));
  expect(await wire.join({ memberId: "", subscription })).toEqual({
    generationId: 7,
    memberId: "m-1",
    leaderId: "m-1",
    members: [{ memberId: "m-1", subscription }],
  });
  const seat = { generationId: 7, memberId: "m-1" };
  expect(await wire.sync({ ...seat, assignments: [{ memberId: "m-1", assignment }] })).toBe(assignment);
  await wire.heartbeat(seat);
  await wire.leave("m-1");
  expect(asked).toEqual([
    {
      groupId: "sync",
      memberId: "",
      sessionTimeout: 6_000,
      rebalanceTimeout: 20_000,
      groupProtocols: [{ name: "hybrid-cooperative", metadata: subscription }],
    },
    { groupId: "sync", ...seat, groupAssignment: [{ memberId: "m-1", memberAssignment: assignment }] },
    { groupId: "sync", groupGenerationId: 7, memberId: "m-1" },
    { groupId: "sync", memberId: "m-1" },
  ]);
});

test("a sync without an assignment gives empty bytes", async () => {
  const wire = wireTo(notingBroker([], null));
  expect(await wire.sync({ generationId: 7, memberId: "m-1", assignments: [] })).toHaveLength(0);
});
