import { mkdir, mkdtemp, rm, rmdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { runningIn, startInBackground, stopInBackground } from "./background.ts";
import { KafkaLocalError } from "./settings.ts";

/** Longer than a first start, which fetches the broker. */
const otherStartsMs = 300_000;
const lookEveryMs = 50;

const lockOf = (home: string): string => join(home, "starting");
const brokerOf = (home: string): string => join(home, "run");

/** A folder is made by one process alone. */
const takeLock = async (home: string): Promise<boolean> => {
  try {
    await mkdir(lockOf(home));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
};

/** The broker of a test run, started by the first that asks; its processes meet in `home`. */
const startedOnce = async (home: string): Promise<string> => {
  const deadline = performance.now() + otherStartsMs;
  for (;;) {
    const running = await runningIn(brokerOf(home));
    if (running) return running.address;
    if (await takeLock(home)) {
      try {
        return (await startInBackground(brokerOf(home), {})).address;
      } finally {
        await rmdir(lockOf(home));
      }
    }
    if (performance.now() > deadline)
      throw new KafkaLocalError(`another process of this test run has not started its broker; see ${home}`);
    await wait(lookEveryMs);
  }
};

/**
 * The broker that all tests of a run share, as host:port: HYBRID_KAFKA when it is set (the suite sets it),
 * else one that the first caller starts and the end of the Vitest run stops. Topics and groups of others are
 * on it too, so that each test takes names of its own; who kills a broker starts one with `startKafka`.
 * Throws a KafkaLocalError outside of Vitest's integration and system projects, and where none can run.
 */
export const sharedKafka = async (): Promise<string> => {
  const given = process.env["HYBRID_KAFKA"];
  if (given !== undefined && given !== "") return given;
  const home = process.env["HYBRID_KAFKA_RUN"];
  if (home === undefined)
    throw new KafkaLocalError(
      "there is no broker to share: set HYBRID_KAFKA to host:port of one (node tools/kafka-local.ts " +
        "start), or run the test in Vitest's integration or system project",
    );
  return startedOnce(home);
};

/** Makes the place where a run's processes meet, names it in HYBRID_KAFKA_RUN, and resolves with its end. */
export const openRun = async (): Promise<() => Promise<void>> => {
  if (process.env["HYBRID_KAFKA"] || process.env["HYBRID_KAFKA_RUN"]) return () => Promise.resolve();
  const home = await mkdtemp(join(tmpdir(), "hybrid-kafka-run-"));
  process.env["HYBRID_KAFKA_RUN"] = home;
  return async () => {
    delete process.env["HYBRID_KAFKA_RUN"];
    await stopInBackground(brokerOf(home));
    await rm(home, { recursive: true, force: true });
  };
};
