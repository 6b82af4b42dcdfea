/** A skipped test and the file it stands in, as Vitest names it. */
export interface SkippedTest {
  readonly file: string;
  readonly name: string;
}

/** What became of a part's tests. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: readonly SkippedTest[];
}

/** What we read of Vitest's JSON report. */
interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

/**
 * Counts a report of Vitest's JSON reporter. A file that failed without a failed test (it did not load) is
 * one failure, and so is a run that failed although the report knows of none, or that left no report.
 */
export const countReport = (text: string | undefined, exitCode: number): Counts => {
  if (text === undefined) return { passed: 0, failed: 1, skipped: [] };
  const files = (JSON.parse(text) as Report).testResults;
  const tests = files.flatMap(({ name, assertionResults }) =>
    assertionResults.map(({ fullName, status }) => ({ file: name, name: fullName, status })),
  );
  const passed = tests.filter(({ status }) => status === "passed").length;
  const skipped = tests.filter(({ status }) => ["skipped", "pending", "todo", "disabled"].includes(status));
  const failedTests = tests.length - passed - skipped.length;
  const broken = files.filter(
    ({ status, assertionResults }) =>
      status === "failed" && assertionResults.every((one) => one.status !== "failed"),
  ).length;
  const failed = failedTests + broken;
  return {
    passed,
    failed: failed === 0 && exitCode !== 0 ? 1 : failed,
    skipped: skipped.map(({ file, name }) => ({ file, name })),
  };
};
