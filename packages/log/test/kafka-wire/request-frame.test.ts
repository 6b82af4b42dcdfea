import fc from "fast-check";
import { expect, test } from "vitest";
import { encoderOf } from "../../src/kafka/wire/kafkajs-encoder.ts";
import { frameRequest, type UnframedRequest } from "../../src/kafka/wire/request-frame.ts";
import { requestWriter } from "../../src/kafka/wire/request-writer.ts";
import { fromKafkajs } from "./batches.ts";

const Encoder = fromKafkajs("kafkajs/src/protocol/encoder.js");
const theirFraming = fromKafkajs("kafkajs/src/protocol/request.js");

const content = "a body: é, 世界";

/** A body as our writers make it, with room before it. */
const roomyBody = () => encoderOf(requestWriter(0).text(content).int32(-2).body());

/** A body as kafkajs's own protocol modules make it. */
const theirBody = () => new Encoder().writeString(content).writeInt32(-2);

const requestOf = (body: unknown, changed: Partial<UnframedRequest> = {}): UnframedRequest => ({
  correlationId: 7,
  clientId: "hybrid-3",
  request: { apiKey: 0, apiVersion: 7, encode: async () => body as ReturnType<typeof roomyBody> },
  ...changed,
});

/** The bytes that kafkajs itself would send. */
const theirs = async (request: UnframedRequest): Promise<Buffer> => (await theirFraming(request)).buffer;

const idsOfAllLengths: [string, string][] = [
  ["empty", ""],
  ["ordinary", "hybrid-3"],
  ["of non-ASCII text", "États-世界-🦊"],
  ["that just fits into the room", "x".repeat(114)],
  ["one byte longer than the room", "x".repeat(115)],
  ["that is longer than the room in bytes alone", "é".repeat(60)],
  ["much longer than the room", "é".repeat(2_000)],
];

test.each(idsOfAllLengths)("a request is framed as kafkajs frames it: client id %s", async (_, clientId) => {
  const expected = await theirs(requestOf(theirBody(), { clientId }));
  for (const body of [roomyBody(), theirBody()])
    expect((await frameRequest(requestOf(body, { clientId }))).buffer).toStrictEqual(expected);
});

test("a request is framed as kafkajs frames it, whatever its body, key, version, number and client", async () => {
  const int16 = fc.integer({ min: -(2 ** 15), max: 2 ** 15 - 1 });
  const shape = fc.record({
    bytes: fc.uint8Array({ maxLength: 300 }),
    room: fc.nat({ max: 200 }),
    clientId: fc.string({ unit: "binary", maxLength: 80 }),
    apiKey: int16,
    apiVersion: int16,
    correlationId: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
  });
  await fc.assert(
    fc.asyncProperty(shape, async ({ bytes, room, clientId, apiKey, apiVersion, correlationId }) => {
      const memory = Buffer.concat([Buffer.alloc(room, 0xee), bytes]);
      const body = encoderOf({ bytes: memory.subarray(room), roomBefore: room });
      const request = { apiKey, apiVersion, encode: async () => body };
      const expected = await theirs({ correlationId, clientId, request });
      expect((await frameRequest({ correlationId, clientId, request })).buffer).toStrictEqual(expected);
    }),
  );
});

test("a body with enough room before it is not copied", async () => {
  const body = roomyBody();
  const { buffer: frame } = await frameRequest(requestOf(body));
  expect(frame.buffer).toBe(body.buffer.buffer);
  expect(frame.byteOffset + frame.length).toBe(body.buffer.byteOffset + body.buffer.length);
  const fitting = roomyBody();
  const exact = await frameRequest(requestOf(fitting, { clientId: "x".repeat(114) }));
  expect(exact.buffer.byteOffset).toBe(fitting.buffer.byteOffset - 128);
});

test("a body without enough room is copied, and what stands before it does not change", async () => {
  const memory = Buffer.alloc(100, 0xee);
  const bytes = memory.subarray(20);
  const { buffer: frame } = await frameRequest(requestOf(encoderOf({ bytes, roomBefore: 20 })));
  expect(frame.length).toBe(14 + "hybrid-3".length + 80);
  expect(memory.equals(Buffer.alloc(100, 0xee))).toBe(true);
  frame.fill(0);
  expect(memory.equals(Buffer.alloc(100, 0xee))).toBe(true);
});

test("a body that is framed twice has the head of the second time", async () => {
  const body = roomyBody();
  await frameRequest(requestOf(body, { clientId: "somebody else" }));
  const again = { correlationId: 8, clientId: "us" };
  const expected = await theirs(requestOf(theirBody(), again));
  expect((await frameRequest(requestOf(body, again))).buffer).toStrictEqual(expected);
});
