import { defineConfig } from "vitest/config";

// Unit tests use no sockets beyond loopback and no child processes; `*.int.test.ts` may use both;
// `*.sys.test.ts` runs the whole system and belongs to the full suite only.
export default defineConfig({
  test: {
    // Vitest alone would leave one processor idle, which is half of a small machine.
    maxWorkers: "100%",
    // For `--changed`: a dependency that one package gains does not touch the tests of all others.
    forceRerunTriggers: ["**/vitest.config.ts"],
    projects: [
      {
        test: {
          name: "unit",
          include: ["{packages,services}/*/test/**/*.test.ts", "tools/test/**/*.test.ts"],
          exclude: ["**/*.int.test.ts", "**/*.sys.test.ts", "**/node_modules/**"],
          setupFiles: ["vitest.setup.ts"],
          pool: "threads",
          isolate: false,
          // Far more than any takes, for machines that do other things besides.
          testTimeout: 30_000,
          execArgv: ["--disable-warning=ExperimentalWarning"],
        },
      },
      {
        test: {
          name: "integration",
          globalSetup: ["tools/src/kafka-local/vitest-setup.ts"],
          include: ["{packages,services}/*/test/**/*.int.test.ts", "tools/test/**/*.int.test.ts"],
          setupFiles: ["vitest.setup.ts"],
          pool: "forks",
          execArgv: ["--disable-warning=ExperimentalWarning"],
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: "system",
          globalSetup: ["tools/src/kafka-local/vitest-setup.ts"],
          include: ["{packages,services}/*/test/**/*.sys.test.ts"],
          setupFiles: ["vitest.setup.ts"],
          pool: "forks",
          execArgv: ["--disable-warning=ExperimentalWarning"],
          fileParallelism: false,
          // A play keeps little more than one processor busy.
          maxConcurrency: 2,
          testTimeout: 600_000,
        },
      },
    ],
  },
});
