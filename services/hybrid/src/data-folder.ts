import { existsSync } from "node:fs";
import { join } from "node:path";
import { ConfigError } from "@hybrid/kernel";
import { type Log, openEmbeddedLog } from "@hybrid/log";
import { systemScheduler } from "@hybrid/runtime";

/** The log file in the folder of an installation. */
export const logPathIn = (folder: string): string => join(folder, "hybrid.log.sqlite");

/** An administrator's look into the log of an installation, which may be running at the same time. */
export interface OpenedLog {
  readonly log: Log;
  readonly partitions: number;
}

/**
 * Opens the log, runs `use`, and closes it. Rejects with ConfigError when the services have never run there.
 */
export const withLog = async <Result>(
  folder: string,
  topic: string,
  use: (opened: OpenedLog) => Promise<Result>,
): Promise<Result> => {
  const path = logPathIn(folder);
  // Opening would create it, and a mistyped folder would look like an installation without users.
  if (!existsSync(path))
    throw new ConfigError(`there is no log in ${folder}`, [
      `${path} does not exist: start the services there once with "hybrid up", or name another --data folder`,
    ]);
  const log = await openEmbeddedLog({ path, clock: systemScheduler() });
  try {
    const settings = (await log.topics()).find((each) => each.name === topic);
    if (!settings)
      throw new ConfigError(`the log in ${folder}`, [
        `topic ${topic} does not exist: start the services there once with "hybrid up", ` +
          "or name another --data folder",
      ]);
    return await use({ log, partitions: settings.partitions });
  } finally {
    await log.close();
  }
};
