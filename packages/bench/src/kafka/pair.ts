import { type Peer, startPeer } from "../peer.ts";
import { partitions } from "../subject.ts";
import type { ServiceMessage, ServiceTask } from "./service-process.ts";

type Worker = Peer<ServiceMessage>;

/** Two workers of one service. */
export interface Pair {
  /** The one that is about to go. */
  readonly first: Worker;
  /** The one that stays. */
  readonly second: Worker;
  /** After the first has gone: the second is the next to go, and a new one stays. */
  replace(): Promise<void>;
  close(): Promise<void>;
}

/** Waits until a worker runs `count` more partitions; returns what it told of that time. */
const running = async (worker: Worker, count: number) => {
  const states: Extract<ServiceMessage, { readonly kind: "state" }>[] = [];
  for (let left = count; left > 0; ) {
    const told = await worker.next("state");
    states.push(told);
    if (told.state === "running") left -= 1;
  }
  return states;
};

/** Starts two workers and waits until they share the partitions. */
export const startPair = async (task: ServiceTask): Promise<Pair> => {
  const start = async (): Promise<Worker> => {
    const worker = startPeer<ServiceMessage>("kafka/service-process.ts", task);
    await worker.next("joined");
    return worker;
  };
  let first = await start();
  await running(first, partitions);
  let second = await start();
  await running(second, partitions / 2);
  return {
    get first() {
      return first;
    },
    get second() {
      return second;
    },
    replace: async () => {
      await first.ended;
      first = second;
      second = await start();
      await running(second, partitions / 2);
      // It has told of those that it gave away, too.
      first.taken("state");
    },
    close: async () => {
      await Promise.all([first.close(), second.close()]);
    },
  };
};

/** When the other worker had what the first one left, counted from a point in time. */
export interface Takeover {
  /** The group has given the first partition. */
  readonly assignedMs: number;
  /** The last one was fenced. */
  readonly fencedMs: number;
  /** The last one runs. */
  readonly runningMs: number;
}

/** Waits until the second worker runs the first one's partitions. */
export const takenOver = async ({ second }: Pair, since: number): Promise<Takeover> => {
  const states = await running(second, partitions / 2);
  const timesOf = (wanted: string): readonly number[] =>
    states.filter(({ state }) => state === wanted).map(({ at }) => at - since);
  return {
    assignedMs: Math.min(...timesOf("fencing")),
    fencedMs: Math.max(...timesOf("restoring")),
    runningMs: Math.max(...timesOf("running")),
  };
};
