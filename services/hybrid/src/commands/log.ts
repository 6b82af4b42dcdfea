import { existsSync } from "node:fs";
import { ConfigError } from "@hybrid/kernel";
import { type CopyProgress, copyLog } from "@hybrid/log";
import { systemScheduler } from "@hybrid/runtime";
import { Faults } from "@hybrid/settings";
import { readKafkaPlace } from "../kafka-settings.ts";
import { placeText } from "../log-place.ts";
import { logPathIn } from "../with-log.ts";

/** The flags of `hybrid log copy`. */
export interface LogCopyFlags {
  readonly from: string;
  readonly to: string;
  readonly json: boolean;
}

const told = new Intl.NumberFormat("en");

/** Says once a second how far the copy has come and how fast, on standard error. */
const progressTeller = (): ((progress: CopyProgress) => void) => {
  let phase: CopyProgress["phase"] = "copying";
  let startedAt = performance.now();
  let toldAt = startedAt;
  return (progress) => {
    const now = performance.now();
    if (progress.phase !== phase) {
      phase = progress.phase;
      startedAt = now;
    }
    if (now - toldAt < 1_000) return;
    toldAt = now;
    const { done, total } = progress;
    const percent = total === 0 ? 100 : Math.floor((100 * done) / total);
    const rate = Math.round((1_000 * done) / Math.max(1, now - startedAt));
    process.stderr.write(
      `${phase}: ${told.format(done)} of ${told.format(total)} records (${percent} %), ` +
        `${told.format(rate)}/s\n`,
    );
  };
};

/** `hybrid log copy`: from the embedded log of a folder to Kafka, so that services resume there. */
export const logCopyCommand = async (flags: LogCopyFlags): Promise<void> => {
  const faults = new Faults();
  const place = readKafkaPlace(process.env, faults);
  if (flags.to !== "kafka")
    faults.found.push(`--to: "${flags.to}" is not kafka, which is all that can be copied to`);
  const { from: folder } = flags;
  const path = logPathIn(folder);
  if (!existsSync(path))
    faults.found.push(
      `--from: ${path} does not exist; only an embedded log can be copied, named by its folder`,
    );
  if (!place) faults.found.push("KAFKA_BROKERS: must say where to copy to");
  if (!place || faults.found.length > 0) throw new ConfigError("hybrid log copy cannot start", faults.found);
  const startedAt = performance.now();
  const copied = await copyLog({
    from: path,
    to: { ...place, clock: systemScheduler() },
    progress: progressTeller(),
  });
  const seconds = Math.round((performance.now() - startedAt) / 100) / 10;
  if (flags.json) process.stdout.write(`${JSON.stringify({ ...copied, seconds })}\n`);
  else
    process.stdout.write(
      `copied ${told.format(copied.records)} records of ${copied.topics} topics and the states of ` +
        `${told.format(copied.actors)} actors to ${placeText(place)} in ${seconds} s, ` +
        "and compared them all; " +
        `${copied.positions} partitions resume where they stopped.\n` +
        `Start the services with KAFKA_BROKERS. Put ${folder} away: it must not run any more.\n`,
    );
};
