import type { Counts, Failure, SkippedTest } from "./vitest-report.ts";

/** A part that has run. */
export interface Outcome extends Counts {
  readonly part: string;
  readonly seconds: number;
}

/** What was not run, and why. `excused`: no fault of the machine's, so that CI does not fail for it. */
export interface Omission {
  readonly sentence: string;
  readonly excused: boolean;
}

/** What the suite knows of its surroundings. */
export interface Surroundings {
  readonly ci: boolean;
  readonly quick: boolean;
  /** HYBRID_CONTRACTS_DIR names a folder with the clouds' collected contracts. */
  readonly contractsGiven: boolean;
  /** Whether a test file reads that variable. */
  readonly needsContracts: (file: string) => boolean;
  /** Why there is no Kafka broker for tests; undefined where there is one, or nobody wanted one. */
  readonly noKafka?: string;
}

const shownMax = 10;

const listed = (skipped: readonly SkippedTest[]): string => {
  const names = skipped.slice(0, shownMax).map(({ name }) => `\n    ${name}`);
  return `${names.join("")}${skipped.length > shownMax ? `\n    and ${skipped.length - shownMax} more` : ""}`;
};

/**
 * Everything that was left out. The contracts of the clouds may not be published with the repository, so a
 * machine without them is excused; nothing else is.
 */
export const omissionsOf = (outcomes: readonly Outcome[], around: Surroundings): readonly Omission[] => {
  const omissions: Omission[] = [];
  if (around.quick)
    omissions.push({ sentence: "integration and system tests: --quick was asked for", excused: true });
  if (around.noKafka !== undefined)
    omissions.push({ sentence: `everything that needs a Kafka broker: ${around.noKafka}`, excused: false });
  const skipped = outcomes.flatMap((outcome) => outcome.skipped);
  const wanting = skipped.filter(({ file }) => !around.contractsGiven && around.needsContracts(file));
  if (wanting.length > 0)
    omissions.push({
      sentence:
        `${wanting.length} tests against the clouds' published contracts: HYBRID_CONTRACTS_DIR does not ` +
        `name their folder${listed(wanting)}`,
      excused: true,
    });
  const others = skipped.filter((test) => !wanting.includes(test));
  if (others.length > 0)
    omissions.push({ sentence: `${others.length} skipped tests${listed(others)}`, excused: false });
  for (const { part, passed, failed, skipped: none } of outcomes)
    if (passed + failed + none.length === 0)
      omissions.push({ sentence: `${part}: there are no tests in it`, excused: false });
  if (!around.ci && !around.quick)
    omissions.push({
      sentence:
        "long tests (tools/src/suite/long-files.ts) and the long forms of others: they run where CI=true",
      excused: true,
    });
  return omissions;
};

/** With CI=true nothing may be left out: one more check, of which the count is part of the verdict. */
export const completenessOf = (
  omissions: readonly Omission[],
  { ci }: Pick<Surroundings, "ci">,
): Outcome[] => {
  if (!ci) return [];
  const complete = omissions.every(({ excused }) => excused);
  return [
    {
      part: "completeness",
      seconds: 0,
      passed: complete ? 1 : 0,
      failed: complete ? 0 : 1,
      failures: complete ? [] : [{ name: "something was left out, see below", message: "" }],
      skipped: [],
    },
  ];
};

const row = (cells: readonly string[]): string =>
  cells.map((cell, column) => (column === 0 ? cell.padEnd(14) : cell.padStart(9))).join("");

const messageLinesMax = 12;

const told = (part: string, { name, message }: Failure): readonly string[] => [
  `FAILED: ${part}: ${name}`,
  ...message
    .split("\n")
    .filter((line) => line !== "")
    .slice(0, messageLinesMax)
    .map((line) => `    ${line}`),
];

/** The failures once more, for those who keep only the end of a long output. */
const failureLines = (outcomes: readonly Outcome[]): readonly string[] => {
  const all = outcomes.flatMap(({ part, failures }) => failures.map((failure) => told(part, failure)));
  const more = all.length > shownMax ? [`and ${all.length - shownMax} more failures`] : [];
  return all.length === 0 ? [] : [...all.slice(0, shownMax).flat(), ...more, ""];
};

/**
 * The end of the output: what failed, a table of parts, what was left out, and the last line with the count.
 */
export const summaryLines = (
  outcomes: readonly Outcome[],
  omissions: readonly Omission[],
): readonly string[] => {
  const sum = (count: (outcome: Outcome) => number): number =>
    outcomes.reduce((total, outcome) => total + count(outcome), 0);
  return [
    ...failureLines(outcomes),
    row(["part", "seconds", "passed", "failed", "skipped"]),
    ...outcomes.map(({ part, seconds, passed, failed, skipped }) =>
      row([part, seconds.toFixed(1), String(passed), String(failed), String(skipped.length)]),
    ),
    "",
    ...omissions.map(({ sentence }) => `LEFT OUT: ${sentence}`),
    ...(omissions.length > 0 ? [""] : []),
    `${sum(({ passed }) => passed)} passed, ${sum(({ failed }) => failed)} failed, ` +
      `${sum(({ skipped }) => skipped.length)} skipped`,
  ];
};

/** Whether the suite as a whole passed: something ran and nothing failed. */
export const succeeded = (outcomes: readonly Outcome[]): boolean =>
  outcomes.some(({ passed }) => passed > 0) && outcomes.every(({ failed }) => failed === 0);
