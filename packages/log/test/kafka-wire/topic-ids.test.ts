import { expect, test } from "vitest";
import { topicIdsRequest } from "../../src/kafka/wire/topic-ids-request.ts";

const int = (bytes: 1 | 2 | 4, value: number): Buffer => {
  const buffer = Buffer.alloc(bytes);
  buffer.writeIntBE(value, 0, bytes);
  return buffer;
};

/** A length as the newer versions write it, up to 16,383: one more than it is. */
const length = (value: number): Buffer =>
  value + 1 < 128
    ? Buffer.of(value + 1)
    : Buffer.of(0x80 | ((value + 1) % 128), Math.floor((value + 1) / 128));
const text = (value: string): Buffer => Buffer.concat([length(Buffer.byteLength(value)), Buffer.from(value)]);
const array = (items: readonly Buffer[]): Buffer => Buffer.concat([length(items.length), ...items]);

const none = Buffer.of(0);
/** Two tagged fields that nobody here knows. */
const tags = Buffer.concat([Buffer.of(2, 0, 3), Buffer.from("abc"), Buffer.of(1, 0)]);

const partition = Buffer.concat([
  int(2, 0),
  ...[0, 1, 5].map((value) => int(4, value)),
  ...[[1, 2], [1], []].map((list) => array(list.map((value) => int(4, value)))),
  tags,
]);

const topic = (name: string, id: Buffer, errorCode = 0): Buffer =>
  Buffer.concat([int(2, errorCode), text(name), id, none, array([partition, partition]), int(4, 0), tags]);

const id = (fill: number): Buffer => Buffer.alloc(16, fill);

const answer = (topics: readonly Buffer[]): Buffer =>
  Buffer.concat([
    tags,
    int(4, 7),
    array([Buffer.concat([int(4, 1), text("broker-1"), int(4, 9_092), Buffer.of(0), tags])]),
    text("a-cluster"),
    int(4, 1),
    array(topics),
    tags,
  ]);

test("the ids of topics are read from the answer, tagged fields passed over, topics without an id left out", () => {
  const long = "états-".repeat(30);
  const { response } = topicIdsRequest(["orders"]);
  const topics = [topic("orders", id(1)), topic(long, id(2)), topic("old", id(0)), topic("none", id(3), 3)];
  const answered = response.decode(answer(topics));
  expect(answered.clientSideThrottleTime).toBe(7);
  expect([...response.parse(answered)]).toEqual([
    ["orders", id(1).toString("base64url")],
    [long, id(2).toString("base64url")],
  ]);
  expect(() => response.decode(answer(topics).subarray(0, 80))).toThrow(RangeError);
});
