import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { topicSettings, type UserStatus, userStatus } from "@hybrid/contracts";
import {
  directoryHandlers,
  directoryTexts,
  directoryTopology,
  importCommands,
  type SourcePorts,
} from "@hybrid/directory";
import { type EpochMs, partitionOf, plus, userActor } from "@hybrid/kernel";
import { VirtualClock } from "@hybrid/kernel/testing";
import { type Log, openEmbeddedLog } from "@hybrid/log";
import {
  type RunningService,
  type RuntimeMetrics,
  runService,
  runtimeMetrics,
  seededRandom,
} from "@hybrid/runtime";
import { settle } from "@hybrid/runtime/testing";
import { KeyRing, type KeyVault, sealHandlers } from "@hybrid/sealing";
import { readConfig, userStateHandlers, userStateTopology } from "@hybrid/user-state";
import { Registry } from "prom-client";
import { activateTenant } from "../src/administration.ts";
import { catalog } from "../src/service-list.ts";
import type { ScaleGraph } from "./scale-graph.ts";
import { objectIdOf, placeOfActor, type ScaleOrganisation, userIdOf } from "./scale-people.ts";

export const partitions = 8;

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Real time within which the services must come to rest; the longest is the import. */
const stuckAfterMs = 300_000;

type MetricsSample = ReturnType<Parameters<RuntimeMetrics["sample"]>[0]>;

const quiet = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** What user-status tells of every user, in this order: who waits is Not activated (pending). */
const wholeStory = [
  "notActivated pending added 0",
  "notActivated pending tenantActivated 0",
  "active - activated 0",
];

/** What user-status has told of one organisation's users. */
export interface Told {
  /** Statuses of each user so far. */
  readonly statuses: Uint8Array;
  /** When each user became Active on the virtual clock; 0: not yet. */
  readonly activeAt: Float64Array;
  active: number;
}

/** The most that was ever seen waiting. */
export interface Peaks {
  recordsQueued: number;
  callsQueued: number;
  callsInFlight: number;
  callsPending: number;
}

/** Directory and user-state at work on the embedded log, in virtual time. */
export class ScaleWorld {
  readonly clock: VirtualClock;
  readonly startedAt: EpochMs;
  readonly organisations: readonly ScaleOrganisation[];
  readonly told: readonly Told[];
  /** Statuses that no user of this test may have, as text. */
  readonly odd: string[] = [];
  readonly peaks: Peaks = { recordsQueued: 0, callsQueued: 0, callsInFlight: 0, callsPending: 0 };
  readonly graph: ScaleGraph;
  readonly #log: Log;
  readonly #folder: string;
  readonly #samplers: readonly (() => MetricsSample)[];
  readonly #services: readonly RunningService[];
  readonly #offsets: number[] = Array.from({ length: partitions }, () => 0);
  readonly #appends = new Set<Promise<void>>();
  #appended = false;

  constructor(parts: {
    readonly clock: VirtualClock;
    readonly organisations: readonly ScaleOrganisation[];
    readonly graph: ScaleGraph;
    readonly log: Log;
    readonly folder: string;
    readonly services: readonly RunningService[];
    readonly samplers: readonly (() => MetricsSample)[];
  }) {
    this.clock = parts.clock;
    this.startedAt = parts.clock.now();
    this.organisations = parts.organisations;
    this.graph = parts.graph;
    this.#log = parts.log;
    this.#folder = parts.folder;
    this.#services = parts.services;
    this.#samplers = parts.samplers;
    this.told = parts.organisations.map(({ users }) => ({
      statuses: new Uint8Array(users),
      activeAt: new Float64Array(users),
      active: 0,
    }));
  }

  /** Puts everybody into the directory; nobody's tenant is authorised yet. */
  async importEverybody(): Promise<void> {
    const pageMax = 500;
    for (const organisation of this.organisations)
      for (let from = 0; from < organisation.users; from += pageMax) {
        const page = Array.from({ length: Math.min(pageMax, organisation.users - from) }, (_, each) => {
          const user = from + each;
          const { number, tenantId } = organisation;
          const mailAddress = `u${user}@org-${number}.example`;
          const person = { objectId: objectIdOf(number, user), tenantId, mailAddress, connector: null };
          return { line: user + 1, userId: userIdOf(user), enabled: true, person };
        });
        await this.#log.append(importCommands(page, { ...this.#writing(organisation) }));
      }
    this.#appended = true;
    await this.#rest();
    await this.#readStatuses();
  }

  /** Puts the authorisations of all tenants onto the clock. */
  planActivations(): void {
    for (const organisation of this.organisations)
      this.clock.at(plus(this.startedAt, organisation.activatedAfterMs), () => {
        const appended = activateTenant(this.#writing(organisation), organisation.tenantId);
        this.#appends.add(appended);
        this.#appended = true;
        void appended.finally(() => this.#appends.delete(appended));
      });
  }

  /** Authorises all tenants now. */
  async activateEverybody(): Promise<void> {
    for (const organisation of this.organisations)
      await activateTenant(this.#writing(organisation), organisation.tenantId);
    this.#appended = true;
    await this.#rest();
  }

  /**
   * Lets time pass from appointment to appointment; `look` is called at least once a virtual second. Ends
   * when everybody is Active, or after `forMs` of virtual time.
   */
  async run(forMs: number, look: () => void = () => undefined): Promise<void> {
    const until = plus(this.startedAt, forMs);
    let lookAt = 0;
    for (;;) {
      await this.#rest();
      this.#sample();
      const next = this.clock.nextDueAt() ?? until;
      if (next >= lookAt) {
        lookAt = this.clock.now() + 1_000;
        await this.#readStatuses();
        look();
        if (this.isOver || next > until) return;
      }
      this.clock.advanceTo(next);
    }
  }

  get isOver(): boolean {
    return this.organisations.every(({ users, number }) => this.told[number]?.active === users);
  }

  /** How long after its tenant's authorisation each user of an organisation became Active, milliseconds. */
  activationTimes({ number, activatedAfterMs }: ScaleOrganisation): readonly number[] {
    const since = this.startedAt + activatedAfterMs;
    return [...(this.told[number]?.activeAt ?? [])].map((at) => at - since);
  }

  async close(): Promise<void> {
    for (const service of this.#services) await service.stop();
    await this.#log.close();
    await this.graph.close();
    await rm(this.#folder, { recursive: true, force: true });
  }

  #writing({ org }: ScaleOrganisation) {
    return { org, log: this.#log, clock: this.clock, partitions };
  }

  /** How long the walk over an organisation's fullest partition takes at the partition's share. */
  walkMs(organisation: ScaleOrganisation, perSecond: number): number {
    const users = Array.from({ length: partitions }, () => 0);
    for (let user = 0; user < organisation.users; user++) {
      const partition = partitionOf(userActor(organisation.org, userIdOf(user)), partitions);
      users[partition] = (users[partition] ?? 0) + 1;
    }
    return (Math.max(...users) * partitions * 1_000) / perSecond;
  }

  /** Nothing can happen before time passes: calls under way wait for the clock, every one of them. */
  async #rest(): Promise<void> {
    const stuckAt = performance.now() + stuckAfterMs;
    for (;;) {
      if (performance.now() > stuckAt) throw new Error(`no rest within ${stuckAfterMs} ms of real time`);
      await settle(this.#services, { waitForCalls: false, turnsMax: Number.POSITIVE_INFINITY });
      if (this.#appends.size > 0) {
        await Promise.all(this.#appends);
        continue;
      }
      const inFlight = this.#services.reduce((sum, each) => sum + each.activity().callsInFlight, 0);
      if (inFlight === this.graph.waiting() && !(await this.#lags())) return;
      await turn();
    }
  }

  /** Whether records that were appended from outside are still on their way to a service. */
  async #lags(): Promise<boolean> {
    if (!this.#appended) return false;
    const lags = await Promise.all(this.#services.map((service) => service.lag()));
    if (lags.some((lag) => lag > 0)) return true;
    this.#appended = false;
    return false;
  }

  #sample(): void {
    const { peaks } = this;
    for (const sampler of this.#samplers) {
      const { recordsQueued, callsQueued, callsInFlight, callsPending } = sampler();
      peaks.recordsQueued = Math.max(peaks.recordsQueued, recordsQueued);
      peaks.callsQueued = Math.max(peaks.callsQueued, callsQueued);
      peaks.callsInFlight = Math.max(peaks.callsInFlight, callsInFlight);
      peaks.callsPending = Math.max(peaks.callsPending, callsPending);
    }
  }

  async #readStatuses(): Promise<void> {
    for (let partition = 0; partition < partitions; partition++)
      for (;;) {
        const offset = this.#offsets[partition] ?? 0;
        const place = { topic: userStatus.name, partition, offset };
        const page = await this.#log.read({ ...place, recordsMax: 1_000, bytesMax: 1 << 20 });
        for (const { key, value } of page.records)
          if (key !== null && value !== null) this.#hear(key, userStatus.decode(value));
        this.#offsets[partition] = page.nextOffset;
        if (page.nextOffset >= page.endOffset) break;
      }
  }

  /** Every user's whole story: added, told of the decision, Active; nothing else and in no other order. */
  #hear(actor: string, status: UserStatus): void {
    const { number, user } = placeOfActor(actor);
    const told = this.told[number];
    if (!told) throw new Error(`${actor} is nobody of this test`);
    const nth = (told.statuses[user] = (told.statuses[user] ?? 0) + 1);
    const { to, reason, cause, failures, at } = status;
    const story = `${to} ${reason ?? "-"} ${cause} ${failures}`;
    if (story !== wholeStory[nth - 1] || status.transition !== nth)
      this.odd.push(`${actor} #${nth}: ${story}`);
    if (to !== "active") return;
    told.activeAt[user] = at;
    told.active++;
  }
}

/** The services' metrics with the samplers at hand. */
const metricsWithSamplers = () => {
  const samplers: (() => MetricsSample)[] = [];
  const metrics: RuntimeMetrics = {
    ...runtimeMetrics(new Registry()),
    sample: (sampler) => {
      samplers.push(sampler);
      return () => undefined;
    },
  };
  return { metrics, samplers };
};

/** Keys of everybody that take no memory here, where memory is measured. */
export const forgetfulVault: KeyVault = {
  keys: (names) =>
    Promise.resolve(
      names.map(({ owner, id }) => ({
        id: id === "" ? "1" : id,
        bytes: createHash("sha256").update(owner).digest(),
      })),
    ),
};

/** Starts directory and user-state for these organisations. */
export const openScaleWorld = async (
  organisations: readonly ScaleOrganisation[],
  graphOf: (clock: VirtualClock) => Promise<ScaleGraph>,
): Promise<ScaleWorld> => {
  const clock = new VirtualClock();
  const graph = await graphOf(clock);
  const folder = await mkdtemp(join(tmpdir(), "hybrid-scale-"));
  const log = await openEmbeddedLog({
    path: join(folder, "log.sqlite"),
    clock,
    logger: quiet,
    synced: false,
  });
  await log.createTopics(catalog.allTopics.map((topic) => topicSettings(topic, partitions)));
  const { numbers, ...config } = readConfig({
    NOTIFICATION_URL: graph.urls.notificationUrl,
    LIFECYCLE_NOTIFICATION_URL: graph.urls.lifecycleNotificationUrl,
    CLIENT_STATE_KEYS: Buffer.alloc(32, 7).toString("base64url"),
    LOG_PARTITIONS: String(partitions),
  });
  const { metrics, samplers } = metricsWithSamplers();
  const ports = {
    log,
    topics: catalog.allTopics,
    partitions,
    scheduler: clock,
    random: seededRandom(1),
    logger: quiet,
    metrics,
    keys: new KeyRing({ vault: forgetfulVault, clock }),
    // An import takes real minutes, in which no time passes here.
    deadlineTimer: (ms: number, run: () => void) => clock.at(plus(clock.now(), ms), run),
  };
  const handlers = userStateHandlers({
    ...config,
    graph: graph.ports,
    lifetimeMs: numbers.subscriptionLifetimeMs,
  });
  // People come by lists alone.
  const noSources = { clock } as unknown as SourcePorts;
  const services = [
    await runService({
      ...ports,
      topology: directoryTopology,
      handlers: sealHandlers(directoryHandlers(noSources), directoryTexts),
    }),
    await runService({ ...ports, topology: userStateTopology(numbers), handlers }),
  ];
  await Promise.all(services.map((service) => service.ready()));
  return new ScaleWorld({ clock, organisations, graph, log, folder, services, samplers });
};
