import { ConfigError } from "@hybrid/kernel";
import { expect, test } from "vitest";
import {
  CorruptLogError,
  FencedError,
  LogUnavailableError,
  OffsetOutOfRangeError,
  UnknownTopicError,
} from "../../src/index.ts";
import { Cluster } from "../../src/kafka/client/cluster.ts";
import { BrokerError } from "../../src/kafka/client/protocol-errors.ts";
import { fillSettings } from "../../src/kafka/settings.ts";
import { t0 } from "../kafka-wire/batches.ts";

/** Tries something on a cluster that nobody has connected to. */
const trying = async (errors: readonly unknown[], forMs = 5_000) => {
  const warnings: { readonly message: string; readonly fields: unknown }[] = [];
  const cluster = new Cluster(
    fillSettings({
      brokers: ["broker:9092"],
      clientId: "test",
      clock: { now: () => t0 },
      logger: { warn: (fields, message) => warnings.push({ fields, message }) },
    }),
  );
  let attempts = 0;
  const run = (): Promise<string> => {
    const error = errors[attempts++];
    return error === undefined ? Promise.resolve("done") : Promise.reject(error);
  };
  const [outcome] = await Promise.allSettled([cluster.persist("asking for it", run, { forMs, firstMs: 1 })]);
  return { outcome, attempts, warnings };
};

test("an error that nobody has foreseen is tried again, and said each time", async () => {
  const odd = [
    new TypeError("Cannot read properties of undefined"),
    new BrokerError(-1, "asking"),
    new BrokerError(999, "asking"),
    Object.assign(new Error("unknown"), { name: "KafkaJSProtocolError", type: "UNKNOWN" }),
  ];
  const { outcome, attempts, warnings } = await trying(odd);
  expect(outcome).toEqual({ status: "fulfilled", value: "done" });
  expect(attempts).toBe(5);
  expect(warnings.map(({ message }) => message)).toEqual(
    odd.map(() => "asking for it failed as nobody knows it; it is tried again"),
  );
  expect(warnings[0]?.fields).toEqual({ attempt: 0, error: "TypeError", code: undefined });
});

test("an error that nobody has foreseen and that stays is one of the log, which passes", async () => {
  const { outcome } = await trying(
    Array.from({ length: 1_000 }, () => new TypeError("odd")),
    10,
  );
  expect(outcome).toMatchObject({ status: "rejected", reason: expect.any(LogUnavailableError) });
});

test("what the log holds, or how it is set up, is told at once and unchanged", async () => {
  for (const finding of [
    new CorruptLogError("damaged"),
    new FencedError("fenced"),
    new OffsetOutOfRangeError("gone"),
    new UnknownTopicError("no topic"),
    new ConfigError("set up", ["wrong"]),
  ]) {
    const { outcome, attempts, warnings } = await trying([finding]);
    expect(outcome).toEqual({ status: "rejected", reason: finding });
    expect([attempts, warnings]).toEqual([1, []]);
  }
});

test("what passes is tried again in silence, what nobody but an administrator can mend is not", async () => {
  const away = await trying([new BrokerError(6, "asking"), new LogUnavailableError("away")]);
  expect([away.outcome?.status, away.warnings]).toEqual(["fulfilled", []]);
  const refused = await trying([new BrokerError(31, "asking")]);
  expect([refused.outcome?.status, refused.attempts]).toEqual(["rejected", 1]);
});
