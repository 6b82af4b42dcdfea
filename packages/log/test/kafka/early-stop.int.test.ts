import { sharedKafka } from "@hybrid/tools/kafka-local";
import { expect, test } from "vitest";
import { stage } from "../../testing/contract/fixture.ts";
import { faultyWire } from "./faulty-wire.ts";
import { kafkaDriver, openLog } from "./kafka-driver.ts";

const joinGroup = 11;

/** What a process has between SIGTERM and its end. */
const patienceMs = 10_000;

/*
 * A dynamic member joins in two requests: the first answer gives it the id to join with. A static one needs
 * no id. The session and the time for a rebalance are those that a service has when nothing is set.
 */
test.each([
  ["a dynamic member", 1, {}],
  ["a static member", 0, { instanceId: "pod-1" }],
  // What it does not know it cannot give back: the coordinator waits for that id until its session ends.
  ["a dynamic member that has not learnt its id", 0, {}, "leaves an id behind"],
])(
  "a stop before the first join is answered ends in time: %s",
  async (_, answered, identity, remains?: string) => {
    const { group } = await stage(kafkaDriver(), 2);
    let answers = 0;
    const asked = Promise.withResolvers<void>();
    const { socketFactory } = await faultyWire(await sharedKafka(), ({ apiKey, bytes }) => {
      if (apiKey !== joinGroup || answers++ < answered) return bytes;
      asked.resolve();
      return "swallow";
    });
    const timing = { sessionTimeoutMs: 45_000, rebalanceTimeoutMs: 60_000 };
    const told: number[] = [];
    const listener = {
      assigned: (partition: number) => void told.push(partition),
      revoked: () => Promise.resolve(),
    };
    const log = await openLog({ socketFactory, ...identity, ...timing });
    await log.join(group, listener);
    await asked.promise;
    const startedAt = performance.now();
    await log.close();
    expect(performance.now() - startedAt).toBeLessThan(patienceMs);
    expect(told).toEqual([]);
    if (remains !== undefined) return;
    // The next member has everything at once: the coordinator waits for nobody.
    const next = await openLog(timing);
    const has = new Set<number>();
    await next.join(group, { ...listener, assigned: (partition) => void has.add(partition) });
    await expect.poll(() => has.size, { timeout: 20_000, interval: 20 }).toBe(2);
  },
  60_000,
);
