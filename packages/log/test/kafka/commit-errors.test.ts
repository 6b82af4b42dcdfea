import { expect, test } from "vitest";
import {
  CommitTimedOutError,
  CommitTooLargeError,
  CorruptLogError,
  FencedError,
  LogUnavailableError,
} from "../../src/index.ts";
import { BrokerError } from "../../src/kafka/client/protocol-errors.ts";
import { commitErrorOf } from "../../src/kafka/partition/commit-errors.ts";

const codes = { tooLarge: 10, listTooLarge: 18, invalidEpoch: 47, invalidState: 48, fenced: 90, moved: 6 };

const commit = {
  transactionalId: "user-state-journal-3",
  openMs: 200,
  timeoutMs: 1_000,
  bytes: 5_000,
  isOurs: true,
};

const broker = (code: number): BrokerError => new BrokerError(code, "producing");

const timedOut = Object.assign(new Error("Request Produce timed out"), {
  name: "KafkaJSRequestTimeoutError",
});

test("a commit refused for its size says so, names its size, and is a kind of LogUnavailableError", () => {
  for (const code of [codes.tooLarge, codes.listTooLarge]) {
    const error = commitErrorOf(broker(code), commit);
    expect(error).toBeInstanceOf(CommitTooLargeError);
    expect(error).toBeInstanceOf(LogUnavailableError);
    expect(error.message).toMatch(/^user-state-journal-3: .* 5000 bytes .*max\.message\.bytes/);
  }
});

test("one code means two things: a newer owner, or a transaction that the brokers have aborted for its age", () => {
  for (const code of [codes.invalidEpoch, codes.invalidState, codes.fenced]) {
    const of = (rest: Partial<typeof commit>): Error => commitErrorOf(broker(code), { ...commit, ...rest });
    expect(of({ openMs: 999 })).toBeInstanceOf(FencedError);
    expect(of({ openMs: 1_000 })).toBeInstanceOf(CommitTimedOutError);
    // The group has told us of another owner meanwhile.
    expect(of({ openMs: 1_000, isOurs: false })).toBeInstanceOf(FencedError);
    expect(of({ openMs: 1_000 }).message).toMatch(/5000 bytes .* 1000 ms/);
  }
});

test("a request without an answer has timed out; before the transaction began a smaller commit would not help", () => {
  expect(commitErrorOf(timedOut, commit)).toBeInstanceOf(CommitTimedOutError);
  const early = commitErrorOf(timedOut, { ...commit, openMs: undefined });
  expect(early).toBeInstanceOf(LogUnavailableError);
  expect(early).not.toBeInstanceOf(CommitTimedOutError);
});

test("what has nothing to do with size or time stays what it is", () => {
  const moved = commitErrorOf(broker(codes.moved), { ...commit, openMs: 5_000 });
  expect(moved.constructor).toBe(LogUnavailableError);
  const lost = new CorruptLogError("journal ends at offset 3");
  expect(commitErrorOf(lost, commit)).toBe(lost);
});
