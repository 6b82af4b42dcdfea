/** A skipped test and the file it stands in, as Vitest names it. */
export interface SkippedTest {
  readonly file: string;
  readonly name: string;
}

/** A test, file or command that failed, and what was said of it: empty where the output above says it. */
export interface Failure {
  readonly name: string;
  readonly message: string;
}

/** What became of a part's tests; `failed` counts what `failures` names. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly failures: readonly Failure[];
  readonly skipped: readonly SkippedTest[];
}

/** What we read of Vitest's JSON report. */
interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message?: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages?: readonly string[];
    }[];
  }[];
}

const notRun = ["skipped", "pending", "todo", "disabled"];

const failuresOf = ({
  name,
  status,
  message,
  assertionResults,
}: Report["testResults"][number]): Failure[] => {
  const tests = assertionResults
    .filter((test) => test.status !== "passed" && !notRun.includes(test.status))
    .map((test) => ({ name: `${name}: ${test.fullName}`, message: test.failureMessages?.[0] ?? "" }));
  return status === "failed" && tests.length === 0
    ? [{ name: `${name}: the file as a whole`, message: message ?? "" }]
    : tests;
};

/**
 * Counts a report of Vitest's JSON reporter. A file that failed without a failed test (it did not load) is
 * one failure, and so is a run that failed although the report knows of none, or that left no report.
 */
export const countReport = (text: string | undefined, exitCode: number): Counts => {
  if (text === undefined) {
    const failures = [{ name: "the run left no report", message: "" }];
    return { passed: 0, failed: 1, failures, skipped: [] };
  }
  const files = (JSON.parse(text) as Report).testResults;
  const tests = files.flatMap(({ name, assertionResults }) =>
    assertionResults.map(({ fullName, status }) => ({ file: name, name: fullName, status })),
  );
  const failures = files.flatMap(failuresOf);
  if (failures.length === 0 && exitCode !== 0)
    failures.push({ name: `the run ended with exit code ${exitCode}, and no test failed`, message: "" });
  return {
    passed: tests.filter(({ status }) => status === "passed").length,
    failed: failures.length,
    failures,
    skipped: tests.filter(({ status }) => notRun.includes(status)).map(({ file, name }) => ({ file, name })),
  };
};
