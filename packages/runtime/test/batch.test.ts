import { expect, test } from "vitest";
import { frameOf, type RawTopology } from "../src/frame.ts";
import { defaultLimits } from "../src/options.ts";
import { workingMemory } from "../src/process/memory-share.ts";
import { Batch } from "../src/step/batch.ts";
import { HotActors } from "../src/step/hot-actors.ts";
import { ActorStore } from "../src/store/actor-store.ts";
import { initialControl } from "../src/store/control-state.ts";
import { catalog, topology } from "./ledger.ts";
import { neighbours, startAt, Workbench } from "./workbench.ts";

test("an outcome whose call is no longer pending leaves no trace but a count (I4)", async () => {
  const bench = await Workbench.open();
  const options = {
    ...bench.options(),
    limits: defaultLimits,
    memory: workingMemory(defaultLimits),
    observer: undefined,
  };
  const batch = new Batch({
    frame: frameOf(topology as unknown as RawTopology, catalog, options),
    keys: null,
    partition: 0,
    at: startAt,
    store: new ActorStore(),
    hot: new HotActors(),
    batch: 1,
    seqBase: 0,
    machineVersion: 0,
    control: initialControl,
    bytesMax: defaultLimits.commitBytesMax,
  });
  const json = JSON.stringify({ kind: "fetched", id: "1", answer: "of a former life" });
  batch.takeOutcome({ actor: neighbours().a, seq: 1, index: 0, ending: { kind: "ok", json } });
  const { commit } = batch.finish({ sources: {}, at: startAt });
  expect(batch.outcomesDropped).toBe(1);
  expect([commit.journal, commit.outputs, commit.checkpoint, batch.steps]).toEqual([[], [], [], 0]);
  await bench.close();
});
