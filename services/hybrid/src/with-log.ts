import { existsSync } from "node:fs";
import { join } from "node:path";
import { ConfigError } from "@hybrid/kernel";
import type { Log } from "@hybrid/log";
import { systemScheduler } from "@hybrid/runtime";
import { hiddenTopics } from "./hidden-topics.ts";
import { readLogPlace } from "./kafka-settings.ts";
import { type Opener, openerFor } from "./keys/opener.ts";
import { type LogPlace, openLog, placeText } from "./log-place.ts";
import { knownVariables } from "./settings.ts";

/** The log file in the folder of an installation. */
export const logPathIn = (folder: string): string => join(folder, "hybrid.log.sqlite");

/** Where the log of a command is: as the environment says, else in the folder. Throws ConfigError. */
export const placeOf = (folder: string): LogPlace =>
  readLogPlace(process.env, {
    embedded: { kind: "embedded", path: logPathIn(folder) },
    known: knownVariables(),
  });

/** Opening would create the file, and a mistyped folder would look like an installation without users. */
const mustExist = (place: LogPlace): void => {
  if (place.kind === "embedded" && !existsSync(place.path))
    throw new ConfigError(`there is no log at ${place.path}`, [
      'start the services there once with "hybrid up", name another --data folder, ' +
        "or set KAFKA_BROKERS when they run on Kafka",
    ]);
};

/** Opens the log of a command, runs `use`, and closes it. */
export const withOpenLog = async <Result>(
  place: LogPlace,
  use: (log: Log) => Promise<Result>,
): Promise<Result> => {
  mustExist(place);
  const log = await openLog(place, { clock: systemScheduler() });
  try {
    return await use(log);
  } finally {
    await log.close();
  }
};

/** An administrator's look into the log of an installation, which may be running at the same time. */
export interface OpenedLog {
  readonly log: Log;
  readonly partitions: number;
  /** Opens and seals what is somebody's; closed where left out. */
  readonly opener?: Opener;
}

/**
 * Opens the log, runs `use`, and closes it. Rejects with ConfigError when the services have never run there.
 */
export const withLog = async <Result>(
  folder: string,
  topic: string,
  use: (opened: OpenedLog) => Promise<Result>,
): Promise<Result> => {
  const place = placeOf(folder);
  return withOpenLog(place, async (log) => {
    const settings = (await log.topics()).find((each) => each.name === topic);
    if (!settings) {
      const hidden = (await hiddenTopics(log, place, [topic])).get(topic);
      throw new ConfigError(`the log (${placeText(place)})`, [
        hidden === undefined
          ? `topic ${topic} does not exist: start the services there once with "hybrid up", ` +
            'or make it with "hybrid topics create"'
          : `topic ${topic} cannot be seen: ${hidden}. docs/ACCESS.md lists the rights that commands need`,
      ]);
    }
    const { partitions } = settings;
    const opener = openerFor(log, { partitions, clock: systemScheduler(), place });
    try {
      return await use({ log, partitions, opener });
    } finally {
      await opener.close();
    }
  });
};
