import { EventEmitter } from "node:events";
import { ConfigError } from "@hybrid/kernel";
import { expect, test } from "vitest";
import { exitCodeOf, explain } from "../src/explain.ts";
import { logEverything, serviceLogger } from "../src/service-output.ts";

const collecting = (level: string) => {
  const lines: string[] = [];
  const logger = serviceLogger(level, { write: (line: string) => void lines.push(line) });
  return { logger, lines, last: () => JSON.parse(lines.at(-1) ?? "") as Record<string, unknown> };
};

test("an error is logged by what happened, with its faults and causes, and with a stack only for debugging", () => {
  const refused = new ConfigError("it cannot start", ["HEALTH_PORT: another process listens there"]);
  const away = new Error("the log is away", {
    cause: Object.assign(new Error("refused"), { code: "ECONN" }),
  });
  const info = collecting("info");
  info.logger.error({ err: refused }, "no");
  expect(info.last()["err"]).toEqual({
    type: "ConfigError",
    message: "it cannot start",
    faults: refused.faults,
  });
  info.logger.error({ err: away }, "no");
  expect(info.last()["err"]).toEqual({
    type: "Error",
    message: "the log is away",
    cause: { type: "Error", message: "refused", code: "ECONN" },
  });
  const debug = collecting("debug");
  debug.logger.error({ err: away }, "no");
  expect(debug.last()["err"]).toMatchObject({ stack: expect.stringContaining("service-output.test.ts") });
});

test("an error of the program itself says where, so that it can be mended", () => {
  const { logger, last } = collecting("info");
  logger.error({ err: new TypeError("x is not a function") }, "no");
  expect(last()["err"]).toMatchObject({ stack: expect.stringContaining("service-output.test.ts") });
});

test("Node's warnings and what nobody caught are log lines, and the latter ends the process", () => {
  const { logger, lines, last } = collecting("info");
  const codes: number[] = [];
  const host = Object.assign(new EventEmitter(), { exit: (code: number) => void codes.push(code) });
  host.on("warning", () => lines.push("plain text"));
  logEverything(logger, host as never);
  host.emit("warning", Object.assign(new Error("11 listeners"), { name: "MaxListenersExceededWarning" }));
  expect(last()).toMatchObject({ level: 40, warning: "MaxListenersExceededWarning", reason: "11 listeners" });
  host.emit("unhandledRejection", new Error("nobody waits"));
  expect(last()).toMatchObject({ level: 60, err: { message: "nobody waits" } });
  expect([lines.length, codes]).toEqual([2, [1]]);
});

test("at the command line an error is words; what was given wrongly ends with 2, what failed with 1", () => {
  const refused = new ConfigError("users import", ["people.csv: no such file"]);
  expect([explain(refused), exitCodeOf(refused)]).toEqual(["users import:\n  - people.csv: no such file", 2]);
  const failed = new Error("no broker answers");
  expect([explain(failed), exitCodeOf(failed)]).toEqual(["no broker answers", 1]);
  expect(explain(new TypeError("x is not a function"))).toMatch(/please report it:\nTypeError: x is not/);
});
