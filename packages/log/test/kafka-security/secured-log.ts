import { randomUUID } from "node:crypto";
import { instant } from "@hybrid/kernel";
import { type KafkaLogSettings, type Log, openKafkaLog } from "../../src/index.ts";

/** A log line as the driver wrote it. */
export type Line = readonly [fields: Readonly<Record<string, unknown>>, message: string];

/** Settings of a log that fails soon when it fails. */
export const settingsFor = (
  address: string,
  rest: Partial<KafkaLogSettings> = {},
  lines: Line[] = [],
): KafkaLogSettings => ({
  brokers: [address],
  clientId: `secured-${randomUUID().slice(0, 8)}`,
  clock: { now: () => instant(Date.now()) },
  sessionTimeoutMs: 6_000,
  rebalanceTimeoutMs: 10_000,
  logger: { warn: (fields, message) => void lines.push([fields, message]) },
  ...rest,
});

/** Opens a log, runs `use` and closes it. */
export const withLog = async <Result>(
  settings: KafkaLogSettings,
  use: (log: Log) => Promise<Result>,
): Promise<Result> => {
  const log = await openKafkaLog(settings);
  try {
    return await use(log);
  } finally {
    await log.close();
  }
};

/** What opening was refused with. */
export const refusalOf = async (settings: KafkaLogSettings): Promise<Error> => {
  try {
    const log = await openKafkaLog(settings);
    await log.close();
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
  throw new Error("the log was opened, though it had to be refused");
};
