// A process for kill.int.test.ts: publishes what is missing of a fixed list of orders, works on it, and
// prints what came of it once everything is done. Started again after a kill it goes on where the log says.
import { type ActorId, actorIdOf, partitionOf } from "@hybrid/kernel";
import { openEmbeddedLog } from "@hybrid/log";
import { Registry } from "prom-client";
import { runService, runtimeMetrics, seededRandom, systemScheduler } from "../src/index.ts";
import { foldJournal, readJournal } from "../testing/index.ts";
import { catalog, type Input, type Order, orders, topology } from "./ledger.ts";
import { MemoryLogger } from "./workbench.ts";

const [path = "", count = "0"] = process.argv.slice(2);
const total = Number(count);
const partitions = 4;
const scheduler = systemScheduler();
const log = await openEmbeddedLog({ path, clock: scheduler });
await log.createTopics(
  catalog.map(({ name }) => ({ name, partitions, cleanup: "delete", retentionMs: null })),
);

const keyOf = (n: number): ActorId => actorIdOf(`acme/u-${n % 7}`);

const orderOf = (n: number): Order => {
  if (n % 3 === 0) return { kind: "fetch", id: `i${n}` };
  return n % 3 === 1
    ? { kind: "add", id: `i${n}`, n: 1 }
    : { kind: "arm", id: `i${n}`, name: `t${n}`, inMs: 20 };
};

const published = async (): Promise<number> => {
  let sum = 0;
  for (let partition = 0; partition < partitions; partition++)
    sum += (await log.offsets(orders.name, partition)).end;
  return sum;
};

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const service = await runService({
  topology,
  handlers: {
    fetch: async ({ id }): Promise<Input> => {
      // Long enough for a kill to hit it, without time passing: some turns of the event loop.
      for (let turn = 0; turn < 40; turn++) await nextTurn();
      return { kind: "fetched", id, answer: "ok" };
    },
  },
  log,
  topics: catalog,
  partitions,
  scheduler,
  random: seededRandom(1),
  logger: new MemoryLogger(),
  metrics: runtimeMetrics(new Registry()),
});
await service.ready();
for (let n = await published(); n < total; n++) {
  const key = keyOf(n);
  const value = orders.encode({ order: orderOf(n) });
  await log.append([
    { topic: orders.name, partition: partitionOf(key, partitions), key, value, timestamp: scheduler.now() },
  ]);
}

const resting = async (): Promise<boolean> => {
  const { busy, nextTimerAt } = service.activity();
  return !busy && nextTimerAt === null && (await service.lag()) === 0;
};
while (!(await resting())) await nextTurn();

const { faults, states } = foldJournal(topology, await readJournal(log, "ledger", partitions));
const held: Record<string, unknown> = {};
for (const actor of service.actors("", null, 100)) held[actor] = (await service.stateOf(actor))?.state;
await service.stop();
await log.close();
process.stdout.write(`${JSON.stringify({ faults, folded: Object.fromEntries(states), held })}\n`);
