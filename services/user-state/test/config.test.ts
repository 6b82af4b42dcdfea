import { ConfigError, hours, minutes } from "@hybrid/kernel";
import { expect, test } from "vitest";
import { readConfig } from "../src/config.ts";
import { designNumbers } from "../src/domain/numbers.ts";

const good = {
  NOTIFICATION_URL: "https://hooks.example/graph",
  LIFECYCLE_NOTIFICATION_URL: "https://hooks.example/lifecycle",
  CLIENT_STATE_KEYS: Buffer.alloc(32, 1).toString("base64url"),
};

test("without any number given, the numbers are those of the design", () => {
  expect(readConfig(good).numbers).toEqual(designNumbers);
  expect(designNumbers).toMatchObject({
    retryAfterFailureMs: minutes(60),
    retryAfterFailuresInARowMs: hours(24),
    failuresInARow: 3,
    renewalShareMin: 0.7,
    renewalShareMax: 0.9,
    reauthorizationCoalescingMs: minutes(10),
    takeoverWithinMs: hours(24),
  });
});

test("given numbers are taken over", () => {
  const config = readConfig({ ...good, USER_STATE_FAILURES_IN_A_ROW: "5", LOG_PARTITIONS: "8" });
  expect(config.numbers).toMatchObject({ failuresInARow: 5, partitions: 8 });
});

test("every fault is named at once, and no key is repeated", () => {
  const bad = {
    NOTIFICATION_URL: "http://hooks.example/graph",
    CLIENT_STATE_KEYS: "c2hvcnQ",
    USER_STATE_FAILURES_IN_A_ROW: "0",
    USER_STATE_TAKEOVER_WITHIN_MS: "soon",
  };
  let error: unknown;
  try {
    readConfig(bad);
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(ConfigError);
  const { faults } = error as ConfigError;
  expect(faults.map((fault) => fault.split(/[.:]/, 1)[0])).toEqual([
    "NOTIFICATION_URL",
    "LIFECYCLE_NOTIFICATION_URL",
    "CLIENT_STATE_KEYS",
    "USER_STATE_FAILURES_IN_A_ROW",
    "USER_STATE_TAKEOVER_WITHIN_MS",
  ]);
  expect(faults.join()).not.toContain("c2hvcnQ");
});

test("the long wait is not shorter than the short one", () => {
  const env = { ...good, USER_STATE_RETRY_AFTER_FAILURES_IN_A_ROW_MS: "60000" };
  expect(() => readConfig(env)).toThrow("must not be shorter than USER_STATE_RETRY_AFTER_FAILURE_MS");
});
