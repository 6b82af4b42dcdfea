import kafkajs from "kafkajs";
import { expect, test } from "vitest";
import {
  decodeAssignment,
  decodeSubscription,
  encodeAssignment,
  encodeSubscription,
} from "../../src/kafka/group/group-protocol.ts";

const { MemberAssignment, MemberMetadata } = kafkajs.AssignerProtocol;

const nothing = { topics: [], claims: new Map(), life: null, version: 0, needs: new Map() };
const given = (partitions: readonly number[]) => ({ partitions, needs: new Map(), newest: 0, to: null });

test("what the leader knows of needed versions reaches every member", () => {
  const assigned = { partitions: [1], needs: new Map([[2, 7]]), newest: 6, to: "one" };
  expect(decodeAssignment(encodeAssignment(["orders"], assigned))).toEqual(assigned);
});

test("a subscription comes back as it was sent", () => {
  const subscription = {
    topics: ["orders", "people"],
    claims: new Map([
      [3, 7],
      [0, 7],
      [5, 2],
    ]),
    life: { instance: "one", attempt: 2 },
    version: 4,
    needs: new Map([[3, 5]]),
  };
  expect(decodeSubscription(encodeSubscription(subscription))).toEqual(subscription);
});

test("Kafka's own tools see the topics of a member and the partitions it has in each", () => {
  const bytes = encodeSubscription({ ...nothing, topics: ["orders"] });
  expect(MemberMetadata.decode(bytes)).toMatchObject({ version: 1, topics: ["orders"] });
  expect(MemberAssignment.decode(encodeAssignment(["orders", "people"], given([1, 4])))?.assignment).toEqual({
    orders: [1, 4],
    people: [1, 4],
  });
});

test.each([
  ["no user data", Buffer.alloc(0)],
  ["text", Buffer.from("owned: 1,2")],
  ["another JSON", Buffer.from('{"claims":[1,2],"instance":4}')],
  ["claims of another shape", Buffer.from('{"claims":{"x":[1],"2":["1",-1,0.5],"-1":[3]},"attempt":1}')],
])("foreign user data claims nothing: %s", (_name, userData) => {
  const bytes = MemberMetadata.encode({ version: 0, topics: ["orders"], userData });
  expect(decodeSubscription(bytes)).toEqual({ ...nothing, topics: ["orders"] });
});

test("bytes that are no metadata subscribe to nothing", () => {
  expect(decodeSubscription(Buffer.from([0, 1, 0, 0]))).toEqual(nothing);
});

test("an assignment is read by partition number, whatever topics it names; empty bytes hold none", () => {
  const bytes = MemberAssignment.encode({
    version: 0,
    assignment: { orders: [2, 0], people: [2, 5] },
    userData: Buffer.alloc(0),
  });
  expect(decodeAssignment(bytes)).toEqual(given([0, 2, 5]));
  expect(decodeAssignment(encodeAssignment(["orders"], given([])))).toEqual(given([]));
  expect(decodeAssignment(Buffer.alloc(0))).toEqual(given([]));
});
