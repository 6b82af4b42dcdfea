import type { Log, TopicSettings } from "@hybrid/log";
import { type Peer, startPeer } from "../peer.ts";
import { partitions } from "../subject.ts";
import type { BareOrder, BareTask } from "./bare-loop.ts";
import type { LoopMessage } from "./pace.ts";

const written = { journal: "bare.journal", output: "bare.output" } as const;

/** Where the bare loop's outputs come. */
export const bareOutput = written.output;

/** The topics that a bare loop writes to, and sources that only bare loops read. */
export const bareTopics = (...sources: readonly string[]): readonly TopicSettings[] =>
  [...sources, ...Object.values(written)].map(
    (name) => ({ name, partitions, cleanup: "delete", retentionMs: null }) as const,
  );

/** Starts a bare loop on a source, and waits until it takes orders. */
export const startBare = async (brokers: readonly string[], source: string): Promise<Peer<LoopMessage>> => {
  const task: BareTask = { brokers, partitions, source, ...written };
  const peer = startPeer<LoopMessage>("kafka/bare-loop.ts", task);
  await peer.next("ready");
  return peer;
};

/** An order to work off the next `inputs` inputs that are appended to the source from now on. */
export const orderFromNow = async (log: Log, source: string, inputs: number): Promise<BareOrder> => ({
  inputs,
  offsets: await Promise.all(
    Array.from({ length: partitions }, async (_, partition) => {
      const { end } = await log.offsets(source, partition);
      return end;
    }),
  ),
});
