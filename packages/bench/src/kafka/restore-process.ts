// A fresh process that restores every actor, once by the runtime and once by the log alone.

import { taskOf, tell } from "../peer.ts";
import { fenceAll } from "../population.ts";
import { startSubject } from "../subject.ts";
import { openLog } from "./broker.ts";

/** What the process is for. */
export interface RestoreTask {
  readonly brokers: readonly string[];
  readonly actors: number;
}

/** What it tells. */
export interface RestoreMessage {
  readonly kind: "restored";
  /** From the start of the service until every partition runs, and of that until the first restores. */
  readonly runtimeMs: number;
  readonly joinMs: number;
  /** Reading and checking alone. */
  readonly logMs: number;
  /** Records that the log gave: more than actors when some were not compacted away. */
  readonly records: number;
}

const { brokers, actors } = taskOf() as RestoreTask;
const log = await openLog(brokers);
const said = (fields: object, message: string): void =>
  void process.stderr.write(`${message} ${JSON.stringify(fields)}\n`);
const startedAt = performance.now();
let restoresAt: number | undefined;
const service = await startSubject(log, {
  logger: {
    debug: () => undefined,
    info: (fields) => {
      if ((fields as { state?: string }).state === "restoring") restoresAt ??= performance.now();
    },
    warn: said,
    error: said,
  },
});
const runtimeMs = performance.now() - startedAt;
const held = service.actors("", null, actors + 1).length;
if (held !== actors) throw new Error(`${held} actors were restored, not ${actors}`);
await service.stop();

const { owned, leave } = await fenceAll(log);
const readFrom = performance.now();
const counts = await Promise.all(
  owned.map(async (partition) => {
    let read = 0;
    for await (const records of partition.restore()) read += records.length;
    return read;
  }),
);
const logMs = performance.now() - readFrom;
const records = counts.reduce((sum, count) => sum + count, 0);
await leave();
await log.close();
tell({
  kind: "restored",
  runtimeMs,
  joinMs: (restoresAt ?? startedAt) - startedAt,
  logMs,
  records,
} satisfies RestoreMessage);
process.disconnect();
