import { SchemaBook } from "@hybrid/contracts";
import {
  type ActorId,
  checkTopology,
  inPartition,
  type OrgId,
  partitionOf,
  TopologyError,
} from "@hybrid/kernel";
import {
  type GroupListener,
  type GroupSettings,
  InstanceTakenError,
  type Log,
  type Membership,
} from "@hybrid/log";
import type { ObservedReport } from "./call.ts";
import { CallRunner, type RawHandler } from "./calls/call-runner.ts";
import { observedReport } from "./calls/observed-report.ts";
import { type NewerReleaseError, type PartitionFailedError, traceOf } from "./errors.ts";
import { frameOf, type RawTopology, type ServiceFrame, topicsOf, writtenBy } from "./frame.ts";
import type { MetricsSample } from "./metrics.ts";
import {
  type ActorView,
  type DeadlineTimer,
  defaultLimits,
  type PartitionStatus,
  type RunningService,
  type ServiceActivity,
  type ServiceOptions,
} from "./options.ts";
import { OwnerMemory } from "./partition/owner-memory.ts";
import { PartitionHost } from "./partition/partition-host.ts";
import type { PartitionLoop } from "./partition/partition-loop.ts";
import { workingMemory } from "./process/memory-share.ts";
import { systemDeadlineTimer } from "./process/system-ports.ts";
import type { ParkedActor } from "./step/parked-actors.ts";

/** Kafka's own default. */
const sessionTimeoutMsDefault = 45_000;

interface ServicePorts {
  readonly frame: ServiceFrame;
  readonly log: Log;
  readonly handlers: Readonly<Record<string, RawHandler>>;
  readonly deadlineTimer: DeadlineTimer;
  readonly sessionTimeoutMs: number;
}

const groupOf = (frame: ServiceFrame): GroupSettings => ({
  service: frame.service,
  sources: [...frame.sources.keys(), frame.control.name],
  journal: frame.journal.name,
  checkpoint: frame.checkpoint.name,
  partitions: frame.partitions,
});

const present = <Value>(value: Value | undefined): value is Value => value !== undefined;

class Service implements RunningService {
  readonly service: string;
  readonly failed: Promise<never>;
  readonly ended: Promise<never>;
  readonly #ports: ServicePorts;
  readonly #group: GroupSettings;
  readonly #hosts = new Map<number, PartitionHost>();
  readonly #runner: CallRunner;
  readonly #joining = Promise.withResolvers<Membership>();
  readonly #failure = Promise.withResolvers<never>();
  readonly #end = Promise.withResolvers<never>();
  readonly #watchers = new Set<() => void>();
  /** Partitions that were given up because this release is too old for them, and have not come back. */
  readonly #declined = new Map<number, NewerReleaseError>();
  readonly #owners = new OwnerMemory();
  readonly #endSampling: () => void;
  #membership: Membership | undefined;
  #isOut: { readonly error: unknown } | undefined;
  #stepsBefore = 0;
  #stopping: Promise<void> | undefined;

  constructor(ports: ServicePorts) {
    const { frame } = ports;
    this.service = frame.service;
    this.#ports = ports;
    this.#group = groupOf(frame);
    this.failed = this.#failure.promise;
    this.ended = this.#end.promise;
    // A failure is also logged and shown by status(); nobody is obliged to await these or the joining.
    this.failed.catch(() => undefined);
    this.ended.catch(() => undefined);
    this.#joining.promise.catch(() => undefined);
    this.#runner = new CallRunner({
      ...ports,
      lastHeartbeatAt: () => this.#membership?.lastHeartbeatAt() ?? null,
    });
    this.#endSampling = frame.metrics.sample(() => this.#sample());
  }

  async join(): Promise<void> {
    const { log } = this.#ports;
    try {
      const { stateVersion: version } = this.#ports.frame.topology;
      this.#membership = await log.join(this.#group, this.#listener(), { version });
      this.#joining.resolve(this.#membership);
    } catch (error) {
      this.#endSampling();
      this.#joining.reject(error);
      throw error;
    }
  }

  #listener(): GroupListener {
    return {
      assigned: (partition) => this.#assigned(partition),
      revoked: (partition) => this.#revoked(partition),
      ended: (error) => this.#ended(error),
    };
  }

  /**
   * A process that ends because another one has its instance id would be started again, and shut that one out
   * in turn, for ever: it stays, is not ready, and says why.
   */
  #ended(error: unknown): void {
    this.#isOut = { error };
    if (!(error instanceof InstanceTakenError)) this.#end.reject(error);
    else this.#ports.frame.logger.error({ service: this.service, ...traceOf(error) }, error.message);
    this.#announce();
  }

  #assigned(partition: number): void {
    // The group has not heard yet that we leave.
    if (this.#stopping) return;
    this.#declined.delete(partition);
    const former = this.#hosts.get(partition);
    if (former) this.#stepsBefore += former.steps;
    const host = new PartitionHost(partition, {
      ...this.#ports,
      runner: this.#runner,
      membership: this.#joining.promise,
      own: (owned) => this.#owners.own(owned, this.#ports.frame.scheduler.now()),
      predecessor: former?.revoke() ?? Promise.resolve(),
      changed: () => this.#announce(),
      declined: (error: NewerReleaseError) => this.#declined.set(partition, error),
      failed: (error: PartitionFailedError) => this.#failure.reject(error),
    });
    this.#hosts.set(partition, host);
    this.#announce();
  }

  async #revoked(partition: number): Promise<void> {
    const host = this.#hosts.get(partition);
    if (!host) return;
    await host.revoke();
    if (this.#hosts.get(partition) !== host) return;
    this.#stepsBefore += host.steps;
    this.#hosts.delete(partition);
    this.#announce();
  }

  async ready(): Promise<void> {
    const look = (): boolean => {
      const all = this.status();
      const dead = all.find((each) => each.dead);
      if (dead)
        throw new Error(`${this.service} cannot become ready: ${dead.reason ?? "a partition has stopped"}`);
      const [tooNew] = this.#declined.values();
      if (tooNew && this.#declined.size === this.#group.partitions)
        throw new Error(`${this.service} cannot work on any partition: ${tooNew.message}`, { cause: tooNew });
      if (this.#isOut && !(this.#isOut.error instanceof InstanceTakenError)) throw this.#isOut.error;
      if (this.#stopping) throw new Error(`${this.service} was stopped before it became ready`);
      return all.length > 0 && all.every(({ state }) => state === "running");
    };
    if (look()) return;
    await new Promise<void>((resolve, reject) => {
      const watch = (): void => {
        try {
          if (!look()) return;
          resolve();
        } catch (error) {
          reject(error);
        }
        this.#watchers.delete(watch);
      };
      this.#watchers.add(watch);
    });
  }

  activity(): ServiceActivity {
    const hosts = [...this.#hosts.values()];
    const wakes = hosts.map((host) => host.wakesAt).filter((at) => at !== null);
    const { inFlight, isWaiting, stale } = this.#runner;
    const computing = hosts.some((host) => host.busy) || (inFlight === 0 && isWaiting && !stale);
    return {
      busy: computing || inFlight > 0,
      waitingForCalls: !computing && inFlight > 0,
      steps: hosts.reduce((sum, host) => sum + host.steps, this.#stepsBefore),
      callsInFlight: inFlight,
      callsHeld: this.#loops().reduce((sum, { gate }) => sum + gate.size, 0),
      nextTimerAt: wakes.length === 0 ? null : Math.min(...wakes),
    };
  }

  status(): readonly PartitionStatus[] {
    return [...this.#hosts.values()].map((host) => host.status).sort((a, b) => a.partition - b.partition);
  }

  waitsFor(): readonly string[] {
    if (this.#isOut)
      return [this.#isOut.error instanceof Error ? this.#isOut.error.message : String(this.#isOut.error)];
    const waits = this.#membership?.waitsFor() ?? null;
    const waiting = this.#membership?.waiting() ?? [];
    return [
      ...(waits === null ? [] : [`it has no partition and waits for ${waits}`]),
      ...waiting.map(
        ({ partition, needs, newest }) =>
          `partition ${partition} has states of version ${needs} and waits for a worker that knows them; ` +
          `the newest one of the group knows version ${newest}`,
      ),
    ];
  }

  async stateOf(actor: ActorId): Promise<ActorView<unknown> | undefined> {
    const partition = partitionOf(inPartition(actor, 0), this.#ports.frame.partitions);
    const loop = this.#hosts.get(partition)?.loop;
    if (!loop)
      throw new Error(
        `${actor} belongs to partition ${partition} of ${this.service}, which does not run here`,
      );
    return loop.viewOf(actor);
  }

  actors(prefix: string, after: string | null, limit: number): readonly ActorId[] {
    return this.#loops()
      .flatMap((loop) => loop.actors(prefix, after, limit))
      .sort((a, b) => (a < b ? -1 : 1))
      .slice(0, limit);
  }

  parked(): readonly ParkedActor[] {
    return this.#loops()
      .flatMap((loop) => loop.parked)
      .sort((a, b) => (a.actor < b.actor ? -1 : 1));
  }

  observed(org: OrgId): ObservedReport {
    return observedReport(
      org,
      this.#loops().map((loop) => loop.gate),
    );
  }

  partitionsOwned(): readonly number[] {
    return this.status()
      .filter(({ state }) => state === "running")
      .map(({ partition }) => partition);
  }

  async lag(): Promise<number> {
    const lags = await this.#ports.log.lag(this.#group);
    return lags.reduce((sum, { lag }) => sum + lag, 0);
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    this.#announce();
    await Promise.all([...this.#hosts.values()].map((host) => host.revoke()));
    this.#runner.close();
    try {
      await this.#membership?.leave();
    } catch (error) {
      // Every partition is released; a group that cannot be told will find out by the session timeout.
      const { logger } = this.#ports.frame;
      logger.warn(
        { service: this.service, ...traceOf(error) },
        "the consumer group could not be left in good order",
      );
    }
    this.#endSampling();
  }

  #announce(): void {
    for (const watcher of this.#watchers) watcher();
  }

  #loops(): readonly PartitionLoop[] {
    return [...this.#hosts.values()].map((host) => host.loop).filter(present);
  }

  #sample(): MetricsSample {
    const held = this.#membership?.heldBytes?.();
    const { limits } = this.#ports.frame;
    const counts = this.#loops().map((loop) => loop.counts);
    const total = (field: keyof PartitionLoop["counts"]): number =>
      counts.reduce((sum, each) => sum + each[field], 0);
    const partitions: Record<string, number> = {};
    for (const { state } of this.status()) partitions[state] = (partitions[state] ?? 0) + 1;
    return {
      service: this.service,
      recordsQueued: total("recordsQueued"),
      callsPending: total("callsPending"),
      timersHeld: total("timersHeld"),
      timersOverdue: total("timersOverdue"),
      actorsHeld: total("actorsHeld"),
      bytesHot: total("bytesHot"),
      bytesQueued: total("bytesQueued"),
      commitBytesMax: Math.min(limits.commitBytesMax, ...counts.map(({ commitBytesMax }) => commitBytesMax)),
      actorsParked: total("actorsParked"),
      inputsParked: total("inputsParked"),
      callsHeld: total("callsHeld"),
      bytesFetched: held?.sources ?? 0,
      bytesRestoring: held?.restores ?? 0,
      bytesDirty: held?.dirty ?? 0,
      stableOffsetAgeSeconds: (this.#membership?.stableOffsetAgeMs?.() ?? 0) / 1_000,
      callsQueued: total("callsQueued"),
      bytesCalls: total("bytesCalls"),
      callsInFlight: this.#runner.inFlight,
      partitions,
      lag: () => this.lag(),
    };
  }
}

/**
 * Runs a service: checks its topology, creates the topics it needs, publishes the schemas that it writes
 * with, joins its group with its state version, and works on every partition that the group gives it.
 * Resolves when it has joined; {@link RunningService.ready} says when it works. Rejects with TopologyError or
 * ConfigError naming every fault, or with what the log says when it cannot be reached.
 */
export const runService = async <State, Input, Call extends { readonly kind: string }>(
  options: ServiceOptions<State, Input, Call>,
): Promise<RunningService<State>> => {
  const { topology, handlers, log, topics, limits } = options;
  checkTopology(topology, { handlers, topics });
  const { sealed = [] } = topology;
  if (sealed.length > 0 && !options.keys)
    throw new TopologyError(topology.service, [
      "it declares sealed values, and has no ring of keys to open them",
    ]);
  // From here on nobody looks into states, inputs and calls; the topology's own functions alone know them.
  const allLimits = { ...defaultLimits, ...limits };
  const schemas = new SchemaBook(log);
  const frame = frameOf(topology as unknown as RawTopology, topics, {
    ...options,
    schemas,
    limits: allLimits,
    memory: options.memory ?? workingMemory(allLimits),
    observer: options.observer,
    keys: (sealed.length > 0 && options.keys) || null,
  });
  await log.createTopics(topicsOf(frame, topics));
  // Before the first record: a reader of an older release must not wait for what it could read.
  await schemas.publish(writtenBy(frame, topics), options.scheduler.now());
  const service = new Service({
    frame,
    log,
    handlers: handlers as unknown as Readonly<Record<string, RawHandler>>,
    deadlineTimer: options.deadlineTimer ?? systemDeadlineTimer,
    sessionTimeoutMs: options.sessionTimeoutMs ?? sessionTimeoutMsDefault,
  });
  await service.join();
  return service as RunningService<unknown> as RunningService<State>;
};
