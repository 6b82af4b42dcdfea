import {
  type ControlOrder,
  controlKey,
  controlTopic,
  controlValue,
  organisationModeKey,
  organisationModes,
} from "@hybrid/contracts";
import { type ActorId, actorIdOf, ConfigError, type OrgId, partitionOf } from "@hybrid/kernel";
import { systemScheduler } from "@hybrid/runtime";
import { actorsOf } from "@hybrid/service";
import { nearestOf } from "@hybrid/settings";
import { actorGiven, healthGiven, orgGiven, serviceGiven, wordGiven } from "../given.ts";
import { mustKnowOrg } from "../known.ts";
import { observed } from "../observed.ts";
import { catalog, services } from "../service-list.ts";
import { table } from "../tables.ts";
import { withLog } from "../with-log.ts";

/** The kinds of calls of every machine, by its name. */
const callKinds: ReadonlyMap<string, readonly string[]> = new Map(
  services
    .flatMap(actorsOf)
    .map(({ topology }) => [topology.service, Object.keys(topology.calls as object)] as const),
);

/**
 * Writes an operator's order to a service's control topic: one copy in every partition, durable when it
 * resolves. An order about an organisation that nobody knows is refused.
 */
const write = async (
  folder: string,
  service: string,
  order: ControlOrder,
  { mayBeNew = false } = {},
): Promise<void> => {
  const topic = controlTopic(service);
  await withLog(folder, topic.name, async (opened) => {
    const org = "org" in order ? order.org : null;
    if (org !== null && !mayBeNew) await mustKnowOrg(opened, org);
    const timestamp = systemScheduler().now();
    const value = topic.encode(controlValue(order, timestamp));
    const key = controlKey(order);
    await opened.log.append(
      Array.from({ length: opened.partitions }, (_, partition) => ({
        topic: topic.name,
        partition,
        key,
        value,
        timestamp,
      })),
    );
  });
};

const writeAndSay = async (folder: string, service: string, order: ControlOrder): Promise<void> => {
  await write(folder, service, order);
  process.stdout.write(`ordered ${order.kind} of ${service}\n`);
};

/** Writes down for good which mode an organisation was given: the control topics forget after a week. */
const keepMode = async (folder: string, org: OrgId, mode: "observe" | "live"): Promise<void> =>
  withLog(folder, organisationModes.name, async ({ log, partitions }) => {
    const timestamp = systemScheduler().now();
    const key = actorIdOf(organisationModeKey(org));
    await log.append([
      {
        topic: organisationModes.name,
        partition: partitionOf(key, partitions),
        key,
        value: organisationModes.encode({ mode, since: timestamp }),
        timestamp,
      },
    ]);
  });

/** Observe mode of an organisation, which may be a new one, at every service that writes for people. */
export const observeWriters = async (folder: string, org: OrgId): Promise<void> => {
  for (const service of observed().on)
    await write(folder, service, { kind: "observe", org, on: true }, { mayBeNew: true });
  await keepMode(folder, org, "observe");
};

/** The flags of orders to a service. */
export interface OrderFlags {
  readonly data: string;
  readonly health: string;
  readonly all?: boolean;
  readonly org?: string;
  readonly kind?: string;
}

/** An actor that is parked. Where no service can be asked, the order is given, and that is said. */
const parkedGiven = async (service: string, text: string, health: string): Promise<ActorId> => {
  const actor = actorGiven(text);
  let rows: readonly ParkedRow[];
  try {
    rows = await ask<readonly ParkedRow[]>(health, "/parked");
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(
      `whether ${actor} is parked cannot be checked: ${error.subject}. Name a worker by --health.\n`,
    );
    return actor;
  }
  const actors = rows.filter((row) => row.service === service).map((row) => row.actor);
  if (actors.includes(actor)) return actor;
  // Another worker may hold it: only a slip is refused.
  const near = nearestOf(actor, actors);
  if (near === undefined) return actor;
  throw new ConfigError("the order is not given", [
    `${service} has not parked "${actor}" at ${health}; did you mean "${near}"?`,
  ]);
};

/** `hybrid parked retry`. */
export const retryParkedCommand = async (name: string, text: string, flags: OrderFlags): Promise<void> => {
  const service = serviceGiven(name);
  const actor = await parkedGiven(service, text, flags.health);
  await writeAndSay(flags.data, service, { kind: "retryParked", actor });
};

/** `hybrid parked drop`. */
export const dropParkedCommand = async (name: string, text: string, flags: OrderFlags): Promise<void> => {
  const service = serviceGiven(name);
  const actor = await parkedGiven(service, text, flags.health);
  await writeAndSay(flags.data, service, { kind: "dropParked", actor, all: flags.all ?? false });
};

/** `hybrid calls pause` and `hybrid calls resume`. */
export const callsCommand = async (
  turn: "pause" | "resume",
  name: string,
  { data, org, kind }: OrderFlags,
): Promise<void> => {
  const service = serviceGiven(name);
  await writeAndSay(data, service, {
    kind: turn === "pause" ? "pauseCalls" : "resumeCalls",
    org: org === undefined ? null : orgGiven(org),
    callKind: kind === undefined ? null : wordGiven("--kind", kind, callKinds.get(service) ?? []),
  });
};

/** `hybrid observe`: for every service, so that nothing is written outside for the organisation. */
export const observeCommand = async (turn: string, org: string, flags: OrderFlags): Promise<void> => {
  const on = wordGiven("<on|off>", turn, ["on", "off"]) === "on";
  const id = orgGiven(org, "<org>");
  for (const service of catalog.actorServices.keys())
    await writeAndSay(flags.data, service, { kind: "observe", org: id, on });
  await keepMode(flags.data, id, on ? "observe" : "live");
};

/** The flags of looks at running services. */
export interface LookFlags {
  readonly health: string;
  readonly json: boolean;
}

const ask = async <Answer>(health: string, path: string): Promise<Answer> => {
  const url = new URL(path, healthGiven(health));
  let response: Response;
  try {
    response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
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
  const rows = await ask<readonly ObservedRow[]>(flags.health, `/observed/${orgGiven(org, "<org>")}`);
  if (flags.json) process.stdout.write(`${JSON.stringify(rows)}\n`);
  else {
    const lines = rows.flatMap(({ service, on, calls }) =>
      Object.entries(calls).map(([kind, count]) => [service, on ? "on" : "off", kind, count]),
    );
    process.stdout.write(`${table(["service", "observe", "call kept back", "count"], lines)}\n`);
  }
};
