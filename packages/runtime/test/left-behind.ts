import { settle } from "../testing/index.ts";
import { topology } from "./ledger.ts";
import { type LedgerOptions, neighbours, type Workbench } from "./workbench.ts";

/** Ledgers whose calls may be repeated for this reason. */
export const repeating = (
  repeat: "checkBeforeWrite" | "idempotencyKey" | "mayRepeat",
): Pick<LedgerOptions, "topology"> => ({
  topology: { ...topology, calls: { fetch: { ...topology.calls.fetch, repeat } } },
});

/** A first life that leaves one call without outcome behind, of the first of the {@link neighbours}. */
export const leaveOneBehind = async (bench: Workbench, options: Partial<LedgerOptions>): Promise<void> => {
  bench.world.answer = () => new Promise(() => undefined);
  const first = await bench.start({ ...options, limits: { drainMs: 100 } });
  await bench.publish(neighbours().a, { kind: "fetch", id: "1" });
  await settle([first], { waitForCalls: false });
  const stopped = first.stop();
  bench.clock.advanceBy(100);
  await stopped;
  bench.running.clear();
  bench.world.answer = async () => "ok";
};
