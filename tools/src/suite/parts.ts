import { longFiles } from "./long-files.ts";

/** One part of the suite: commands that run one after another, of which each may fail. */
export interface Part {
  readonly name: string;
  /** A check counts as one test; a suite of Vitest reports its own count. */
  readonly kind: "check" | "vitest";
  /** Program and arguments; a program without slash comes from `node_modules/.bin`. */
  readonly commands: readonly (readonly string[])[];
  /** Its tests share one Kafka broker, which HYBRID_KAFKA names. */
  readonly wantsKafka?: boolean;
  /** Variables that its commands get besides. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Beyond this it is ended and has failed, in milliseconds. */
  readonly deadlineMs: number;
}

const minutes = (count: number): number => count * 60_000;

const vitest = (name: string, deadlineMs: number, without: readonly string[] = []): Part => ({
  name,
  kind: "vitest",
  commands: [
    [
      "vitest",
      "run",
      "--project",
      name,
      "--passWithNoTests",
      ...without.flatMap((path) => ["--exclude", path.endsWith(".ts") ? path : `${path}/**`]),
    ],
  ],
  deadlineMs,
});

const gate: readonly Part[] = [
  {
    name: "types",
    kind: "check",
    commands: [
      ["tsc", "-p", "tsconfig.json"],
      // The page alone knows a browser.
      ["tsc", "-p", "packages/control-hub-page/page/tsconfig.json"],
      ["tsc", "-p", "services/meetings/page/tsconfig.json"],
    ],
    deadlineMs: minutes(5),
  },
  {
    name: "lint",
    kind: "check",
    commands: [
      ["oxlint", "--type-aware", "--deny-warnings"],
      ["biome", "ci", "--error-on-warnings", "."],
      // What nothing uses: files, exports, dependencies.
      ["knip", "--no-config-hints"],
    ],
    deadlineMs: minutes(5),
  },
  { name: "tidy", kind: "check", commands: [["node", "tools/src/tidy-main.ts"]], deadlineMs: minutes(2) },
  vitest("unit", minutes(10)),
];

/** What the Kafka driver promises, and what it does when brokers fail, on the oldest release it supports. */
const oldestKafka: Part = {
  name: "oldest Kafka",
  kind: "vitest",
  commands: [
    [
      "vitest",
      "run",
      "--project",
      "integration",
      "packages/log/test/kafka-contract.int.test.ts",
      "packages/log/test/kafka/static-members.int.test.ts",
      "packages/log/test/kafka/connection-faults.int.test.ts",
    ],
  ],
  // Vitest starts a broker of that release for them, whatever broker the other parts share.
  environment: { HYBRID_KAFKA_VERSION: "oldest", HYBRID_KAFKA: "" },
  deadlineMs: minutes(8),
};

/**
 * The parts to run: with `quick` only the gate while working; the oldest Kafka and {@link longFiles} only
 * where `ci` is set.
 */
export const partsOf = ({ quick, ci }: { readonly quick: boolean; readonly ci: boolean }): readonly Part[] =>
  quick
    ? gate
    : [
        ...gate,
        { ...vitest("integration", minutes(30), ci ? [] : longFiles), wantsKafka: true },
        ...(ci ? [oldestKafka] : []),
        { ...vitest("system", minutes(55), ci ? [] : longFiles), wantsKafka: true },
      ];

/** Environment variables that tests read, set for the whole suite: the long tests run where CI=true. */
export const suiteEnvironment = (environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  environment["CI"] === "true" ? { ...environment, HYBRID_LONG: "1" } : environment;
