import { healthGiven } from "../given.ts";
import { partitionOwners, type WorkerStatus } from "../owners/partition-owners.ts";
import { table } from "../tables.ts";
import { placeOf, withOpenLog } from "../with-log.ts";

/** The flags of `hybrid journal owners`. */
export interface OwnersFlags {
  readonly data: string;
  /** Health addresses of workers, separated by commas. */
  readonly health: string;
  readonly json: boolean;
}

/** What the workers say; one that does not answer is named on standard error, and the others count. */
const askWorkers = async (addresses: string): Promise<readonly WorkerStatus[]> => {
  const answers = addresses.split(",").map(async (address) => {
    const url = new URL("/owners", healthGiven(address.trim()));
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(3_000) });
      if (!response.ok) throw new Error(`it answers ${response.status}`);
      return (await response.json()) as readonly WorkerStatus[];
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      process.stderr.write(
        `${url.href} cannot be asked (${why}); the log alone tells of its partitions. ` +
          "Name workers by --health.\n",
      );
      return [];
    }
  });
  return (await Promise.all(answers)).flat().filter(({ state }) => state !== "closed");
};

const time = (ms: number | null): string => (ms === null ? "" : new Date(ms).toISOString().slice(0, 19));

/** `hybrid journal owners`: who owns which partition of which service. */
export const journalOwnersCommand = async (flags: OwnersFlags): Promise<void> => {
  const place = placeOf(flags.data);
  const statuses = await askWorkers(flags.health);
  const rows = await withOpenLog(place, (log) => partitionOwners(place, log, statuses));
  if (flags.json) {
    process.stdout.write(`${JSON.stringify(rows)}\n`);
    return;
  }
  const lines = rows.map((row) => [
    row.service,
    row.partition,
    row.state,
    time(row.since),
    row.epoch,
    row.worker ?? "nobody",
    row.host ?? "",
    row.lag,
    time(row.lastStepAt),
    row.reason ?? "",
  ]);
  const head = [
    "service",
    "partition",
    "state",
    "since",
    "epoch",
    "worker",
    "host",
    "lag",
    "last step",
    "why",
  ];
  process.stdout.write(`${table(head, lines)}\n`);
};
