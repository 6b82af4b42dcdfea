import { expect, type TestContext } from "vitest";
import {
  apiKeys,
  type Fate,
  type Frame,
  KafkaStage,
  type KafkaStageOptions,
  type SeenFrame,
  type Wire,
} from "../../src/kafka/index.ts";

/** The long forms of these tests run where CI=true. */
export const isLong = process.env["HYBRID_LONG"] === "1";

/** What a session may take longer before everything runs again; generous, because machines are slow. */
const failoverSlackMs = 30_000;

/** A stage that ends with its test, whatever comes of it. */
export const openStage = async (context: TestContext, options: KafkaStageOptions): Promise<KafkaStage> => {
  const stage = await KafkaStage.open(options);
  context.onTestFinished(async () => {
    if (context.task.result?.state === "fail")
      for (const { owner, said } of stage.workers)
        process.stderr.write(`${owner} said:\n${said.slice(-3_000)}\n`);
    await stage.close();
  });
  return stage;
};

/** Prints a figure of a fault: one line, name, value and unit. */
export const figure = (name: string, ms: number): void => {
  process.stdout.write(`${name} ${Math.round(ms)} ms\n`);
};

/** Every partition runs again within the failover time (I5); prints how long it took. */
export const expectFailover = async (stage: KafkaStage, fault: string): Promise<void> => {
  const allowedMs = stage.times.sessionMs + failoverSlackMs;
  figure(`recovery after ${fault}`, await stage.recovered(allowedMs));
};

/** Invariants I1 to I6 hold in all that was seen, and something was done at all. */
export const expectSound = async (stage: KafkaStage): Promise<void> => {
  const violations = await stage.conclude();
  expect(violations.map(({ message }) => message)).toEqual([]);
  const events = stage.events();
  const told = new Set(
    events.flatMap((event) => (event.kind === "callStarted" ? [`${event.owner} ${event.callId}`] : [])),
  );
  const untold = stage.outside.calls.filter(({ owner, callId }) => !told.has(`${owner} ${callId}`));
  expect(untold).toEqual([]);
  expect(told.size).toBeGreaterThan(0);
  expect(events.filter(({ kind }) => kind === "commitAcknowledged").length).toBeGreaterThan(5);
};

/** Does something once, with the first frame of this kind from now on; resolves when it has done it. */
export const atFrame = async (
  wire: Wire,
  { direction, apiKey }: Frame,
  deed: (frame: SeenFrame) => Fate | Promise<Fate>,
): Promise<void> => {
  const { promise, resolve } = Promise.withResolvers<Promise<Fate>>();
  wire.fate = (frame) => {
    if (frame.direction !== direction || frame.apiKey !== apiKey) return "pass";
    wire.fate = null;
    const fate = Promise.resolve(deed(frame));
    resolve(fate);
    return fate;
  };
  await promise;
};

/** The end of a transaction on its way to the coordinator, and the coordinator's answer. */
export const endTxn = {
  request: { direction: "request", apiKey: apiKeys.endTxn },
  answer: { direction: "answer", apiKey: apiKeys.endTxn },
} as const satisfies Record<string, Frame>;
