import { actorServices, type ControlOrder, controlKey, controlTopic, controlValue } from "@hybrid/contracts";
import { actorIdOf, ConfigError, orgIdOf } from "@hybrid/kernel";
import { systemScheduler } from "@hybrid/runtime";
import { table } from "../tables.ts";
import { withLog } from "../with-log.ts";

/**
 * Writes an operator's order to a service's control topic: one copy in every partition, durable when it
 * resolves.
 */
const write = async (folder: string, service: string, order: ControlOrder): Promise<void> => {
  if (!(service in actorServices))
    throw new ConfigError(`there is no service "${service}"`, [
      `use one of ${Object.keys(actorServices).join(", ")}`,
    ]);
  const topic = controlTopic(service);
  await withLog(folder, topic.name, async ({ log, partitions }) => {
    const timestamp = systemScheduler().now();
    const value = topic.encode(controlValue(order, timestamp));
    const key = controlKey(order);
    await log.append(
      Array.from({ length: partitions }, (_, partition) => ({
        topic: topic.name,
        partition,
        key,
        value,
        timestamp,
      })),
    );
  });
  process.stdout.write(`ordered ${order.kind} of ${service}\n`);
};

/** The flags of orders to a service. */
export interface OrderFlags {
  readonly data: string;
  readonly all?: boolean;
  readonly org?: string;
  readonly kind?: string;
}

/** `hybrid parked retry`. */
export const retryParkedCommand = (service: string, actor: string, flags: OrderFlags): Promise<void> =>
  write(flags.data, service, { kind: "retryParked", actor: actorIdOf(actor) });

/** `hybrid parked drop`. */
export const dropParkedCommand = (service: string, actor: string, flags: OrderFlags): Promise<void> =>
  write(flags.data, service, { kind: "dropParked", actor: actorIdOf(actor), all: flags.all ?? false });

/** `hybrid calls pause` and `hybrid calls resume`. */
export const callsCommand = (turn: "pause" | "resume", service: string, flags: OrderFlags): Promise<void> =>
  write(flags.data, service, {
    kind: turn === "pause" ? "pauseCalls" : "resumeCalls",
    org: flags.org === undefined ? null : orgIdOf(flags.org),
    callKind: flags.kind ?? null,
  });

/** `hybrid observe`: for every service, so that nothing is written outside for the organisation. */
export const observeCommand = async (turn: string, org: string, flags: OrderFlags): Promise<void> => {
  if (turn !== "on" && turn !== "off")
    throw new ConfigError("hybrid observe", [`"${turn}" is neither on nor off`]);
  for (const service of Object.keys(actorServices))
    await write(flags.data, service, { kind: "observe", org: orgIdOf(org), on: turn === "on" });
};

/** The flags of looks at running services. */
export interface LookFlags {
  readonly health: string;
  readonly json: boolean;
}

const ask = async <Answer>(health: string, path: string): Promise<Answer> => {
  const url = new URL(path, health);
  let response: Response;
  try {
    response = await fetch(url);
  } catch (error) {
    throw new ConfigError(`no answer from ${url.href}`, [
      `start the services with "hybrid up", or name their --health address (${String(error)})`,
    ]);
  }
  if (!response.ok) throw new ConfigError(`${url.href} answered ${response.status}`, [await response.text()]);
  return (await response.json()) as Answer;
};

interface ParkedRow {
  readonly service: string;
  readonly actor: string;
  readonly cause: string;
  readonly reason: string;
  readonly since: number;
  readonly inputs: number;
}

/** `hybrid parked list`. */
export const listParkedCommand = async (flags: LookFlags): Promise<void> => {
  const rows = await ask<readonly ParkedRow[]>(flags.health, "/parked");
  if (flags.json) process.stdout.write(`${JSON.stringify(rows)}\n`);
  else {
    const lines = rows.map(({ service, actor, cause, reason, since, inputs }) => [
      service,
      actor,
      inputs,
      new Date(since).toISOString().slice(0, 16),
      `${cause}: ${reason}`,
    ]);
    process.stdout.write(`${table(["service", "actor", "inputs", "since", "why"], lines)}\n`);
  }
};

interface ObservedRow {
  readonly service: string;
  readonly on: boolean;
  readonly calls: Readonly<Record<string, number>>;
}

/** `hybrid observed`. */
export const observedCommand = async (org: string, flags: LookFlags): Promise<void> => {
  const rows = await ask<readonly ObservedRow[]>(flags.health, `/observed/${encodeURIComponent(org)}`);
  if (flags.json) process.stdout.write(`${JSON.stringify(rows)}\n`);
  else {
    const lines = rows.flatMap(({ service, on, calls }) =>
      Object.entries(calls).map(([kind, count]) => [service, on ? "on" : "off", kind, count]),
    );
    process.stdout.write(`${table(["service", "observe", "call kept back", "count"], lines)}\n`);
  }
};
