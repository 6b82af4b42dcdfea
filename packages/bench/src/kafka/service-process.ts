// A process of its own with the measured service on Kafka, as a worker of an organisation has it.

import { onOrder, taskOf, tell } from "../peer.ts";
import { joinSubject, type SubjectSettings } from "../subject.ts";
import { openLog } from "./broker.ts";

/** What the process is for. */
export interface ServiceTask {
  readonly brokers: readonly string[];
  readonly sessionTimeoutMs: number;
  /** Each runs side by side with the others. */
  readonly services: readonly Pick<SubjectSettings, "service" | "partitions">[];
}

/** Asks for the share of a core that the process takes while nothing happens. */
export interface IdleOrder {
  readonly seconds: number;
}

/** What it tells; points in time are comparable between processes, in milliseconds. */
export type ServiceMessage =
  | { readonly kind: "joined" }
  | { readonly kind: "state"; readonly partition: number; readonly state: string; readonly at: number }
  | { readonly kind: "stopping"; readonly at: number }
  | { readonly kind: "idled"; readonly share: number };

const now = (): number => performance.timeOrigin + performance.now();

const said = (fields: object, message: string): void =>
  void process.stderr.write(`${message} ${JSON.stringify(fields)}\n`);

/** The runtime logs every state of a partition as it enters it. */
const logger: NonNullable<SubjectSettings["logger"]> = {
  debug: () => undefined,
  info: (fields) => {
    const { partition, state } = fields as { partition?: number; state?: string };
    if (partition !== undefined && state !== undefined)
      tell({ kind: "state", partition, state, at: now() } satisfies ServiceMessage);
  },
  warn: said,
  error: said,
};

const task = taskOf() as ServiceTask;
const { sessionTimeoutMs } = task;
const log = await openLog(task.brokers, { sessionTimeoutMs });
const services = await Promise.all(
  task.services.map((settings) => joinSubject(log, { ...settings, sessionTimeoutMs, logger })),
);

let stopping = false;
const stop = async (): Promise<void> => {
  if (stopping) return;
  stopping = true;
  tell({ kind: "stopping", at: now() } satisfies ServiceMessage);
  await Promise.all(services.map((service) => service.stop()));
  await log.close();
  if (process.connected) process.disconnect();
};
process.once("SIGTERM", () => void stop());
process.once("disconnect", () => void stop());

onOrder((given) => {
  const { seconds } = given as IdleOrder;
  const startedAt = performance.now();
  const before = process.cpuUsage();
  setTimeout(() => {
    const { user, system } = process.cpuUsage(before);
    const share = (user + system) / 1_000 / (performance.now() - startedAt);
    tell({ kind: "idled", share } satisfies ServiceMessage);
  }, seconds * 1_000);
});
tell({ kind: "joined" } satisfies ServiceMessage);
