import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import type { KafkaBroker } from "../src/kafka-local/settings.ts";
import { kafkaForSuite } from "../src/suite/kafka-for-suite.ts";
import { longFiles } from "../src/suite/long-files.ts";
import { partsOf, suiteEnvironment } from "../src/suite/parts.ts";
import {
  completenessOf,
  type Outcome,
  omissionsOf,
  type Surroundings,
  succeeded,
  summaryLines,
} from "../src/suite/verdict.ts";
import { countReport } from "../src/suite/vitest-report.ts";

const report = (...files: readonly (readonly [string, string, ...string[]])[]): string =>
  JSON.stringify({
    testResults: files.map(([name, status, ...tests]) => ({
      name,
      status,
      assertionResults: tests.map((one, index) => ({ fullName: `${name} ${index}`, status: one })),
    })),
  });

const outcome = (part: string, counts: Partial<Outcome> = {}): Outcome => ({
  part,
  seconds: 1.25,
  passed: 3,
  failed: 0,
  failures: [],
  skipped: [],
  ...counts,
});

const around: Surroundings = {
  ci: false,
  quick: false,
  contractsGiven: true,
  needsContracts: (file) => file === "real-input.test.ts",
};

test("passed, failed, skipped and planned tests are told apart", () => {
  const text = report(["a", "failed", "passed", "failed", "skipped", "todo"], ["b", "passed", "passed"]);
  expect(countReport(text, 1)).toEqual({
    passed: 2,
    failed: 1,
    failures: [{ name: "a: a 1", message: "" }],
    skipped: [
      { file: "a", name: "a 2" },
      { file: "a", name: "a 3" },
    ],
  });
});

test("a file that did not load is a failure, also beside others", () => {
  expect(countReport(report(["a", "passed", "passed"], ["b", "failed"]), 1)).toMatchObject({
    passed: 1,
    failed: 1,
  });
  expect(countReport(report(["a", "failed", "failed"], ["b", "failed"]), 1)).toMatchObject({ failed: 2 });
});

test("a run that ends badly has a failure even when no test has", () => {
  expect(countReport(report(["a", "passed", "passed"]), 1)).toMatchObject({ passed: 1, failed: 1 });
  expect(countReport(undefined, 0)).toMatchObject({ passed: 0, failed: 1 });
});

test("a status that Vitest may invent counts as failed", () => {
  expect(countReport(report(["a", "passed", "unheard-of"]), 0)).toMatchObject({ passed: 0, failed: 1 });
});

test("the last line is the count of all parts", () => {
  const outcomes = [outcome("types"), outcome("unit", { failed: 2, skipped: [{ file: "a", name: "b" }] })];
  const lines = summaryLines(outcomes, []);
  expect(lines.at(-1)).toBe("6 passed, 2 failed, 1 skipped");
  expect(lines[0]).toBe("part            seconds   passed   failed  skipped");
  expect(lines[2]).toBe("unit                1.3        3        2        1");
});

test("what failed is named again at the end, with the beginning of what was said of it", () => {
  const text = JSON.stringify({
    testResults: [
      {
        name: "a.test.ts",
        status: "failed",
        assertionResults: [
          { fullName: "holds", status: "passed" },
          {
            fullName: "breaks",
            status: "failed",
            failureMessages: [`Error: 1 is not 2${"\n  at".repeat(40)}`],
          },
        ],
      },
      { name: "b.test.ts", status: "failed", message: "Error: no such module", assertionResults: [] },
    ],
  });
  const lines = summaryLines([{ ...outcome("unit"), ...countReport(text, 1) }], []);
  expect(lines.slice(0, 2)).toEqual(["FAILED: unit: a.test.ts: breaks", "    Error: 1 is not 2"]);
  const next = lines.indexOf("FAILED: unit: b.test.ts: the file as a whole");
  expect(next).toBe(13);
  expect(lines.slice(next + 1, next + 3)).toEqual(["    Error: no such module", ""]);
  expect(lines.at(-1)).toBe("1 passed, 2 failed, 0 skipped");
});

test("of very many failures the first are named, and the number of the others", () => {
  const failures = Array.from({ length: 12 }, (_, index) => ({ name: `t${index}`, message: "" }));
  const lines = summaryLines([outcome("unit", { failed: 12, failures })], []);
  expect(lines.slice(9, 12)).toEqual(["FAILED: unit: t9", "and 2 more failures", ""]);
});

test("what is left out is said before the count", () => {
  const omissions = omissionsOf([outcome("unit")], { ...around, quick: true });
  expect(summaryLines([outcome("unit")], omissions).slice(-3)).toEqual([
    "LEFT OUT: integration and system tests: --quick was asked for",
    "",
    "3 passed, 0 failed, 0 skipped",
  ]);
});

test("with CI=true a skipped test is a failure", () => {
  const outcomes = [outcome("unit", { skipped: [{ file: "other.test.ts", name: "waits" }] })];
  const omissions = omissionsOf(outcomes, { ...around, ci: true });
  expect(omissions).toEqual([{ sentence: "1 skipped tests\n    waits", excused: false }]);
  const all = [...outcomes, ...completenessOf(omissions, { ci: true })];
  expect(succeeded(all)).toBe(false);
  expect(summaryLines(all, omissions).at(-1)).toBe("3 passed, 1 failed, 1 skipped");
});

test("with CI=true a part without tests is a failure", () => {
  const omissions = omissionsOf([outcome("system", { passed: 0 })], { ...around, ci: true });
  expect(omissions).toEqual([{ sentence: "system: there are no tests in it", excused: false }]);
  expect(completenessOf(omissions, { ci: true })).toMatchObject([{ failed: 1 }]);
});

test("only a machine without the clouds' contracts is excused, and it is said", () => {
  const skipped = [{ file: "real-input.test.ts", name: "reads" }];
  const without = omissionsOf([outcome("unit", { skipped })], { ...around, ci: true, contractsGiven: false });
  expect(without).toMatchObject([
    { excused: true, sentence: expect.stringContaining("HYBRID_CONTRACTS_DIR") },
  ]);
  expect(completenessOf(without, { ci: true })).toMatchObject([{ passed: 1, failed: 0 }]);
  const given = omissionsOf([outcome("unit", { skipped })], { ...around, ci: true });
  expect(completenessOf(given, { ci: true })).toMatchObject([{ failed: 1 }]);
});

test("with CI=true a suite without a Kafka broker fails, and says why there is none", () => {
  const omissions = omissionsOf([outcome("unit")], { ...around, ci: true, noKafka: "there is no java" });
  expect(omissions).toEqual([
    { sentence: "everything that needs a Kafka broker: there is no java", excused: false },
  ]);
  expect(completenessOf(omissions, { ci: true })).toMatchObject([{ failed: 1 }]);
});

test("a broker is started once, for the parts that want one, and ended with the suite", async () => {
  const calls: string[] = [];
  const broker = {
    brokers: ["127.0.0.1:7"],
    stop: async () => void calls.push("stop"),
  } as unknown as KafkaBroker;
  const start = async () => {
    calls.push("start");
    return broker;
  };
  {
    await using kafka = kafkaForSuite({}, start);
    expect(await kafka.environment()).toEqual({ HYBRID_KAFKA: "127.0.0.1:7" });
    expect(await kafka.environment()).toEqual({ HYBRID_KAFKA: "127.0.0.1:7" });
    expect(kafka.omission()).toEqual({});
  }
  expect(calls).toEqual(["start", "stop"]);
});

test("a broker that was given is used and left alone, and none is started that nobody wants", async () => {
  const never = () => Promise.reject(new Error("started"));
  await using given = kafkaForSuite({ HYBRID_KAFKA: "elsewhere:9092" }, never);
  expect(await given.environment()).toEqual({ HYBRID_KAFKA: "elsewhere:9092" });
  await using unwanted = kafkaForSuite({}, never);
  expect(unwanted.omission()).toEqual({});
  expect(partsOf({ quick: true, ci: true }).filter(({ wantsKafka }) => wantsKafka)).toEqual([]);
  expect(
    partsOf({ quick: false, ci: true }).flatMap(({ name, wantsKafka }) => (wantsKafka ? [name] : [])),
  ).toEqual(["integration", "system"]);
});

test("a broker that cannot be had is asked for once and becomes an omission", async () => {
  let asked = 0;
  await using kafka = kafkaForSuite({}, async () => ({ reason: `no java (${++asked})` }));
  expect(await kafka.environment()).toEqual({});
  expect(await kafka.environment()).toEqual({});
  expect(kafka.omission()).toEqual({ noKafka: "no java (1)" });
});

test("on a person's machine leaving out is no failure", () => {
  const skipped = [{ file: "other.test.ts", name: "waits" }];
  const omissions = omissionsOf([outcome("unit", { skipped })], around);
  expect(omissions.map(({ sentence }) => sentence)).toContain(
    "long tests (tools/src/suite/long-files.ts) and the long forms of others: they run where CI=true",
  );
  expect(completenessOf(omissions, around)).toEqual([]);
  expect(succeeded([outcome("unit", { skipped })])).toBe(true);
});

test("one failure anywhere, or nothing at all, is no success", () => {
  expect(succeeded([outcome("types"), outcome("unit", { failed: 1 })])).toBe(false);
  expect(succeeded([])).toBe(false);
  expect(succeeded([outcome("unit", { passed: 0 })])).toBe(false);
});

test("the oldest Kafka is one that its part starts itself, whatever broker the others share", () => {
  const part = partsOf({ quick: false, ci: true }).find(({ name }) => name === "oldest Kafka");
  expect(part?.environment).toEqual({ HYBRID_KAFKA_VERSION: "oldest", HYBRID_KAFKA: "" });
  expect(part?.wantsKafka).toBeUndefined();
  const files = part?.commands[0]?.filter((word) => word.endsWith(".test.ts")) ?? [];
  expect(files.length).toBeGreaterThan(0);
  const root = new URL("../../", import.meta.url);
  expect(files.filter((file) => !existsSync(new URL(file, root)))).toEqual([]);
});

test("the quick form is the gate: no part that starts processes", () => {
  expect(partsOf({ quick: true, ci: true }).map(({ name }) => name)).toEqual([
    "types",
    "lint",
    "tidy",
    "unit",
  ]);
  expect(
    partsOf({ quick: false, ci: true })
      .map(({ name }) => name)
      .slice(4),
  ).toEqual(["integration", "oldest Kafka", "system"]);
  expect(partsOf({ quick: false, ci: false }).map(({ name }) => name)).not.toContain("oldest Kafka");
});

test("long files are there, and are left out where CI is not set, and only there", () => {
  const root = new URL("../../", import.meta.url);
  expect(longFiles.filter((path) => !existsSync(new URL(path, root)))).toEqual([]);
  const wordsOf = (ci: boolean): readonly string[] =>
    partsOf({ quick: false, ci }).flatMap(({ commands }) => commands.flat());
  expect(wordsOf(false)).toContain("services/hybrid/test/scale.sys.test.ts");
  expect(wordsOf(false)).toContain("packages/simulation/test/kafka/**");
  expect(wordsOf(true)).not.toContain("--exclude");
});

test("long tests are asked for where CI=true, and only there", () => {
  expect(suiteEnvironment({ CI: "true" })["HYBRID_LONG"]).toBe("1");
  expect(suiteEnvironment({ CI: "1" })["HYBRID_LONG"]).toBeUndefined();
});
