import { type ActorId, actorIdOf, partitionOf, plus } from "@hybrid/kernel";
import fc from "fast-check";
import { expect, test } from "vitest";
import { seededRandom } from "../src/index.ts";
import { foldJournal, passTime, readJournal } from "../testing/index.ts";
import { type Order, topology } from "./ledger.ts";
import { mischievous, randomMischief } from "./mischief.ts";
import { partitions, Workbench } from "./workbench.ts";

const named = (prefix: string): readonly ActorId[] =>
  Array.from({ length: 100 }, (_, n) => actorIdOf(`acme/u-${prefix}${n}`))
    .filter((id) => partitionOf(id, partitions) === 0)
    .slice(0, 3);

const good = named("good");
const bad = named("bad");

/** What one actor is told to do, by number, so that good and bad ones do the same kinds of things. */
const orderOf = (what: number, at: number, peers: readonly ActorId[]): Order => {
  const id = `${peers === bad ? "bad" : "good"}-${at}`;
  switch (what) {
    case 0:
      return { kind: "fetch", id };
    case 1:
      return { kind: "arm", id, name: id, inMs: 30_000 };
    case 2:
      return { kind: "report", id };
    case 3:
      return { kind: "forward", id, to: peers[at % peers.length]! };
    default:
      return { kind: "add", id, n: at };
  }
};

interface Line {
  readonly isBad: boolean;
  readonly who: number;
  readonly what: number;
}

interface Script {
  readonly seed: number;
  readonly lines: readonly Line[];
  readonly restartAt: number;
}

/** Plays the script, with the bad ones or without, and tells how the good ones end. */
const play = async ({ seed, lines, restartAt }: Script, withBad: boolean) => {
  const bench = await Workbench.open();
  const mischief = randomMischief(seededRandom(seed));
  let service = await bench.start(mischievous(mischief));
  for (const [at, { isBad, who, what }] of lines.entries()) {
    if (at === restartAt) service = await bench.restart(mischievous(mischief, 2));
    const actors = isBad ? bad : good;
    if (withBad && isBad && what > 4) await bench.order({ kind: "retryParked", actor: bad[who]! });
    else if (withBad || !isBad) await bench.publish(actors[who]!, orderOf(what, at, actors));
    await passTime(bench.clock, plus(bench.clock.now(), 10_000), [service]);
  }
  await passTime(bench.clock, plus(bench.clock.now(), 60_000), [service]);
  expect((await bench.registry.getSingleMetric("hybrid_commits_failed_total")?.get())?.values).toEqual([]);
  expect(service.partitionsOwned()).toHaveLength(partitions);
  expect(service.parked().filter(({ actor }) => !bad.includes(actor))).toEqual([]);
  const views = await Promise.all(good.map((actor) => service.stateOf(actor)));
  const journal = await readJournal(bench.log, "ledger", partitions);
  const ours = journal.filter(({ actor }) => good.includes(actor));
  expect(foldJournal(topology, ours).faults).toEqual([]);
  await bench.close();
  return views.map((view) => view && { state: view.state, pending: view.pending.length });
};

const line = fc.record({ isBad: fc.boolean(), who: fc.nat(2), what: fc.nat(8) });

test("whatever the code of a service does for some actors, the others end as they do without these", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        seed: fc.nat(),
        lines: fc.array(line, { minLength: 20, maxLength: 50 }),
        restartAt: fc.nat(30),
      }),
      async (script) => {
        expect(await play(script, true)).toEqual(await play(script, false));
      },
    ),
    { numRuns: 20 },
  );
}, 60_000);
