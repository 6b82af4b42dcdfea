// A process of its own: what makes the load must not share an event loop with what bears it.
import { quantileSorted } from "simple-statistics";
import { LoadConnection } from "./connection.ts";
import { type RequestMix, requestsOf } from "./notifications.ts";

/** A load for a while. */
export interface Load {
  readonly host: string;
  readonly port: number;
  readonly connections: number;
  readonly seconds: number;
  readonly mix: RequestMix;
  /**
   * Requests per second at fixed intended times; null: every connection sends its next request as soon as the
   * last one is answered.
   */
  readonly rate: number | null;
}

/** What came of it. */
export interface LoadResult {
  readonly answered: number;
  readonly requestsPerSecond: number;
  /** From the intended time of sending to the answer, in milliseconds. */
  readonly p50Ms: number;
  readonly p99Ms: number;
}

interface Tally {
  answered: number;
  readonly latencies: number[];
}

const closedLoop = (
  connections: readonly LoadConnection[],
  next: () => Buffer,
  seconds: number,
): Promise<Tally> =>
  new Promise((resolve, reject) => {
    const tally: Tally = { answered: 0, latencies: [] };
    const until = performance.now() + 1_000 * seconds;
    let open = connections.length;
    for (const connection of connections) {
      const again = (): void => {
        const sentAt = performance.now();
        if (sentAt >= until) {
          if (--open === 0) resolve(tally);
          return;
        }
        const answered = (): void => {
          tally.answered += 1;
          tally.latencies.push(performance.now() - sentAt);
          again();
        };
        connection.send(next(), answered, reject);
      };
      again();
    }
  });

/** Requests that find no free connection wait, and their waiting counts: no omission is coordinated. */
const openLoop = (
  connections: readonly LoadConnection[],
  next: () => Buffer,
  load: { readonly seconds: number; readonly rate: number },
): Promise<Tally> =>
  new Promise((resolve, reject) => {
    const tally: Tally = { answered: 0, latencies: [] };
    const free = [...connections];
    const startedAt = performance.now();
    const total = Math.floor(load.seconds * load.rate);
    const intended = (n: number): number => startedAt + (1_000 * n) / load.rate;
    let sent = 0;
    const timer = setInterval(() => dispatch(), 1);
    const fail = (error: Error): void => {
      clearInterval(timer);
      reject(error);
    };
    const dispatch = (): void => {
      while (sent < total && intended(sent) <= performance.now()) {
        const connection = free.pop();
        if (!connection) return;
        const at = intended(sent);
        sent += 1;
        const answered = (): void => {
          tally.answered += 1;
          tally.latencies.push(performance.now() - at);
          free.push(connection);
          if (tally.answered < total) return dispatch();
          clearInterval(timer);
          resolve(tally);
        };
        connection.send(next(), answered, fail);
      }
    };
  });

const run = async ({ host, port, seconds, mix, rate, connections }: Load): Promise<LoadResult> => {
  const requests = requestsOf(mix);
  let turn = 0;
  const next = (): Buffer => requests[turn++ % requests.length] ?? Buffer.alloc(0);
  const open = await Promise.all(Array.from({ length: connections }, () => LoadConnection.open(host, port)));
  const startedAt = performance.now();
  const tally =
    rate === null ? await closedLoop(open, next, seconds) : await openLoop(open, next, { seconds, rate });
  const passed = (performance.now() - startedAt) / 1_000;
  for (const connection of open) connection.close();
  const sorted = tally.latencies.toSorted((a, b) => a - b);
  return {
    answered: tally.answered,
    requestsPerSecond: tally.answered / passed,
    p50Ms: quantileSorted(sorted, 0.5),
    p99Ms: quantileSorted(sorted, 0.99),
  };
};

process.on("message", (load) => {
  run(load as Load).then(
    (result) => process.send?.(result),
    (error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      process.exit(1);
    },
  );
});
