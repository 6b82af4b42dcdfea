import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ArchiveCommand, ArchiveDay, ArchiveTerms } from "@hybrid/contracts";
import { archiveCommands, archiveCommandValue } from "@hybrid/contracts";
import {
  type ActorId,
  actorIdOf,
  type CallContext,
  type CallFailure,
  hours,
  instant,
  ProviderError,
  plus,
} from "@hybrid/kernel";
import { TopologyDriver } from "@hybrid/runtime/testing";
import { openTexts, sealHandlers, sealValue } from "@hybrid/sealing";
import { TestVault } from "@hybrid/sealing/testing";
import { archiverHandlers } from "../src/adapters/handlers.ts";
import type { ArchiverPorts, BlobStore } from "../src/adapters/ports.ts";
import { sealedBlobs } from "../src/adapters/sealed-blobs.ts";
import { stableId } from "../src/adapters/stable-id.ts";
import type { Call, Input, State } from "../src/domain/archive-state.ts";
import { archiverTopology } from "../src/topology.ts";
import { archiverTexts } from "../src/whose-texts.ts";
import { FakeMail } from "./fake-mail.ts";
import { FakeWebex } from "./fake-webex.ts";
import { seededRandom } from "./seeded.ts";

export const org = "acme";
export const tenantId = "11111111-1111-4111-8111-111111111111";
export const archivist = "archivist@acme.example";
export const startAt = instant(Date.UTC(2026, 0, 12, 8));

export const terms: ArchiveTerms = {
  tenants: [tenantId],
  catchAll: null,
  itemBytesMax: 10 * 1_024 * 1_024,
  allowsUnscannable: false,
  people: [],
  spaces: [],
};

/** A store in memory that counts what lies in it. */
export const memoryBlobs = (): BlobStore & { readonly kept: Map<string, Buffer> } => {
  const kept = new Map<string, Buffer>();
  return {
    kept,
    put: async (key, bytes) => void kept.set(key, bytes),
    get: async (key) => kept.get(key) ?? null,
    delete: async (key) => void kept.delete(key),
  };
};

/** How often the process dies around a call: before it is made, and after it was made but not journaled. */
export interface Crashes {
  readonly before: number;
  readonly after: number;
}

const failureOf = (error: ProviderError, now: number): CallFailure => ({
  code: error.code,
  retryable: error.retryable,
  retryAt: error.retryAfterMs === undefined ? null : plus(instant(now), error.retryAfterMs),
  status: error.status ?? null,
});

/** What the service runs on. */
export interface RunnerPorts {
  readonly webex: ArchiverPorts["webex"];
  readonly graph: ArchiverPorts["graph"];
}

/** The whole service in memory, with crashes. */
export class ArchiveRunner {
  readonly driver: TopologyDriver<State, Input, Call>;
  readonly random: () => number;
  readonly blobs = memoryBlobs();
  readonly warnings: { readonly fields: object; readonly message: string }[] = [];
  crashes: Crashes = { before: 0, after: 0 };
  /** Times that each call was made, by its id. */
  readonly made = new Map<string, number>();
  readonly ports: ArchiverPorts;
  readonly #handlers: ReturnType<typeof archiverHandlers>;

  constructor(seed: number, portsOf: (runner: ArchiveRunner) => RunnerPorts) {
    this.random = seededRandom(seed);
    this.driver = new TopologyDriver(archiverTopology([archivist]), { partitions: 4, startAt });
    this.ports = {
      ...portsOf(this),
      blobs: sealedBlobs(this.blobs, new Uint8Array(32).fill(7)),
      clock: { now: () => this.driver.now },
      logger: { warn: (fields, message) => this.warnings.push({ fields, message }) },
    };
    this.#handlers = sealHandlers(archiverHandlers(this.ports), archiverTexts);
  }

  /** Lets time pass; overridden where clouds have clocks of their own. */
  advance(ms: number): void {
    this.driver.advanceBy(ms);
  }

  command(over: Partial<ArchiveCommand>, name = "main"): void {
    const value: ArchiveCommand = {
      kind: "create",
      by: archivist,
      terms,
      pollEveryMs: hours(1),
      from: startAt - hours(24),
      to: null,
      requestedAt: this.driver.now,
      ...over,
    };
    const sealed = sealValue(archiveCommandValue(org, value), new TestVault()) as ArchiveCommand;
    this.driver.publish(archiveCommands, actorIdOf(`${org}/c-${name}`), sealed);
  }

  async #make(callId: string, actor: ActorId, call: Call): Promise<void> {
    const context = this.driver.contextOf({ callId, actor, call });
    const handler = this.#handlers[call.kind] as (order: Call, context: CallContext) => Promise<Input>;
    this.made.set(callId, (this.made.get(callId) ?? 0) + 1);
    if (this.random() < this.crashes.before) return;
    let outcome: Input;
    try {
      outcome = await handler(call, context);
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      if (this.random() >= this.crashes.after) this.driver.fail(callId, failureOf(error, this.driver.now));
      return;
    }
    if (JSON.stringify(outcome).length > 65_536) throw new Error(`the outcome of ${call.kind} is too large`);
    if (this.random() >= this.crashes.after) this.driver.answer(callId, outcome);
  }

  /** Makes every call that is open, again and again, until none is. A call that a crash ate is made again. */
  async settle(): Promise<void> {
    let open = this.driver.openCalls();
    for (let round = 0; open.length > 0; round++, open = this.driver.openCalls()) {
      if (round > 100_000) throw new Error("the calls never end");
      const next = open[Math.floor(this.random() * open.length)];
      if (next) await this.#make(next.callId, next.actor, next.call);
    }
  }

  /** Lets time pass in steps, with all that it brings. */
  async pass(ms: number, stepMs = 60_000): Promise<void> {
    for (let passed = 0; passed < ms; passed += stepMs) {
      await this.settle();
      this.advance(Math.min(stepMs, ms - passed));
    }
    await this.settle();
  }

  /** The days of a connector's status log. */
  days(name = "main"): readonly ArchiveDay[] {
    const last = this.driver.emitted.filter(
      ({ topic, key }) => topic === "archive-log" && key === `${org}/c-${name}`,
    );
    return (last.at(-1)?.value as { readonly days: readonly ArchiveDay[] } | undefined)?.days ?? [];
  }

  /** Values on a topic, oldest first. */
  emitted(topic: string): readonly unknown[] {
    return this.driver.emitted.filter((each) => each.topic === topic).map(({ value }) => openTexts(value));
  }
}

/** The service on fakes of both clouds. */
export class ArchiveWorld extends ArchiveRunner {
  readonly webex: FakeWebex;
  readonly mail: FakeMail;

  constructor(seed = 1) {
    const fakes: { webex?: FakeWebex; mail?: FakeMail } = {};
    super(seed, ({ random, driver }) => {
      const webex = new FakeWebex({ random, now: () => driver.now, uuidOf: stableId });
      const mail = new FakeMail(random);
      Object.assign(fakes, { webex, mail });
      return { webex, graph: mail };
    });
    if (!fakes.webex || !fakes.mail) throw new Error("the fakes were not made");
    this.webex = fakes.webex;
    this.mail = fakes.mail;
  }
}

/** A folder that the test removes. */
export const temporaryFolder = async (): Promise<{ readonly path: string; remove(): Promise<void> }> => {
  const path = await mkdtemp(join(tmpdir(), "archiver-"));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
};
