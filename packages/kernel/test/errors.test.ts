import { ConfigError, errorCatalog, ProviderError, unreachable } from "@hybrid/kernel";
import { expect, test } from "vitest";

test("a configuration error lists every fault", () => {
  const error = new ConfigError("configuration of user-state", ["A is missing", "B must be at most 10"]);
  expect(error.message).toBe("configuration of user-state:\n  - A is missing\n  - B must be at most 10");
  expect(error.faults).toHaveLength(2);
});

test("a provider error carries the decision, not only words", () => {
  const cause = new Error("socket");
  const error = new ProviderError(
    "slow down",
    { code: "throttled", retryable: true, retryAfterMs: 600_000, status: 429 },
    { cause },
  );
  expect(error).toMatchObject({
    code: "throttled",
    retryable: true,
    retryAfterMs: 600_000,
    status: 429,
    cause,
  });
});

test("every code says what it means, what the system does and what a person does", () => {
  for (const entry of Object.values(errorCatalog))
    expect(Object.values(entry).every((text) => /^[A-Z].+\.$/.test(text))).toBe(true);
});

test("an unreachable case names itself", () => {
  expect(() => unreachable({ kind: "odd" } as never)).toThrow('{"kind":"odd"}');
});
