import { connect } from "node:net";
import { canRunKafka, type KafkaBroker, startKafka } from "@hybrid/tools/kafka-local";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { KafkaSasl, KafkaSocketFactory, Log, OwnedPartition } from "../../src/index.ts";
import {
  batch,
  join,
  never,
  plenty,
  record,
  restored,
  user,
  values,
} from "../../testing/contract/fixture.ts";
import { groupOn } from "./journey.ts";
import { type Line, settingsFor, withLog } from "./secured-log.ts";

const ability = await canRunKafka();
/**
 * A login is renewed when a third of this is left. The machine may stand still for that time between the
 * decision to send a request and its arrival, before the broker ends the connection with good reason.
 */
const lifetimeMs = 9_000;
/** Two renewals, and longer than a login holds. */
const feedMs = 1.4 * lifetimeMs;
let broker: KafkaBroker;

beforeAll(async () => {
  if (!ability.ok) return;
  broker = await startKafka({
    security: { listeners: ["SASL_PLAINTEXT"], users: [{ name: "worker", password: "s3cret" }] },
    properties: { "connections.max.reauth.ms": String(lifetimeMs) },
  });
}, 120_000);
afterAll(() => broker?.stop(), 60_000);

/** Counts connections: one that is ended for want of a new login is replaced by another. */
const counting = (): { readonly made: () => number; readonly socketFactory: KafkaSocketFactory } => {
  let made = 0;
  return {
    made: () => made,
    socketFactory: ({ host, port, onConnect }) => {
      made++;
      return connect({ host, port }, onConnect);
    },
  };
};

/** Sends every input on as an output, until `inputs` have passed. */
const work = async (
  owned: OwnedPartition,
  {
    source,
    output,
    inputs,
  }: { readonly source: string; readonly output: string; readonly inputs: () => number },
): Promise<void> => {
  for (let next = 0; next < inputs(); ) {
    const polled = await owned.poll(plenty, AbortSignal.timeout(500));
    if (polled.length === 0) continue;
    next = (polled.at(-1)?.offset ?? next) + 1;
    const outputs = polled.map((each) => ({ ...each, topic: output }));
    await owned.commit(batch([[user(1), `up to ${next}`]], { [source]: next }, { outputs }));
  }
};

/** One record after the other for this time, each as soon as the one before is durable. */
const feed = async (log: Log, source: string, forMs: number): Promise<readonly string[]> => {
  const sent: string[] = [];
  const startedAt = performance.now();
  while (performance.now() - startedAt < forMs) {
    const value = String(sent.length);
    await log.append([record(source, value)]);
    sent.push(value);
  }
  return sent;
};

test.skipIf(!ability.ok).concurrent.each<KafkaSasl["mechanism"]>(["plain", "scram-sha-512"])(
  "a worker goes on while its logins by %s end and are renewed",
  { timeout: 60_000 },
  async (mechanism) => {
    // Goal: renewal costs neither a record nor an ownership nor a connection. Method: the broker ends what
    // has not logged in again within a login's lifetime; a worker copies a stream of records for longer
    // than that, and a log that stays idle meanwhile is used again afterwards.
    const lines: Line[] = [];
    const sasl = { mechanism, username: "worker", password: "s3cret" };
    const { made, socketFactory } = counting();
    const settings = settingsFor(broker.brokers[0] ?? "", { sasl, socketFactory }, lines);
    await withLog(settings, (log) =>
      withLog(settings, async (idle) => {
        const { group, output } = await groupOn(log);
        const [source] = group.sources as readonly [string];
        const player = await join(log, group);
        await player.until((has) => has.has(0));
        const owned = await player.membership.fence(0);
        await restored(owned);
        await log.append([record(source, "first")]);
        await owned.poll(plenty, never());
        await values(idle, source);
        await owned.commit(batch([], { [source]: 1 }, { outputs: [record(output, "first")] }));

        const before = made();
        // A broker that has just started lets the first member wait for its coordinator, and we say so.
        lines.length = 0;
        let inputs = Number.POSITIVE_INFINITY;
        const working = work(owned, { source, output, inputs: () => inputs });
        const sent = await feed(log, source, feedMs);
        inputs = sent.length + 1;
        await Promise.all([working, log.append([record(source, "last")])]);

        expect(sent.length).toBeGreaterThan(100);
        expect((await values(idle, output)).slice(0, inputs)).toEqual(["first", ...sent]);
        expect(player.told).toEqual(["+0"]);
        expect(made()).toBe(before);
        await player.membership.leave();
      }),
    );
    expect(lines).toEqual([]);
  },
);
