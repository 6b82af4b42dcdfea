import type { OrganisationSettings, UserDirectoryEntry, UserStatus } from "@hybrid/contracts";
import { actorIdOf, type CallFailure, type EpochMs, type ErrorCode, instant, plus } from "@hybrid/kernel";
import { Happened, MachineDriver } from "@hybrid/kernel/testing";
import { timersOf } from "../src/domain/due.ts";
import type { Call, Input, Order } from "../src/domain/inputs.ts";
import { userMachine } from "../src/domain/machine.ts";
import { designNumbers, type Numbers } from "../src/domain/numbers.ts";
import { type InFlight, initial, type Standing, type State, type User } from "../src/domain/state.ts";

export const tenantId = "10000000-0000-4000-8000-000000000001";
export const otherTenantId = "20000000-0000-4000-8000-000000000002";
export const objectId = "a0000000-0000-4000-8000-00000000000a";
export const settings: OrganisationSettings = { webexKeyword: "space", meetKeyword: "space", language: "sv" };
export const startAt = instant(Date.UTC(2026, 0, 5, 8));
export const lifetimeMs = designNumbers.subscriptionLifetimeMs;

export const entry = (over: Partial<UserDirectoryEntry> = {}): UserDirectoryEntry => ({
  version: 1,
  removed: false,
  enabled: true,
  attemptGeneration: 1,
  tenantId,
  objectId,
  mailAddress: "o'brien@acme.example",
  connector: null,
  wanted: true,
  obstacles: [],
  webex: null,
  ...over,
});

export const failure = (code: ErrorCode, over: Partial<CallFailure> = {}): CallFailure => ({
  code,
  retryable: false,
  retryAt: null,
  status: null,
  ...over,
});

/** One user under test: what the directory, the tenant, Graph and time do to it, in few words. */
export class Subject {
  readonly driver: MachineDriver<State, Input, Call>;
  readonly machine: ReturnType<typeof userMachine>;
  readonly numbers: Numbers;
  record: UserDirectoryEntry = entry({ version: 0 });
  generation = 0;
  settings: OrganisationSettings = settings;
  subscriptions = 0;

  constructor(self = "acme/u-1", numbers: Numbers = designNumbers) {
    this.numbers = numbers;
    this.machine = userMachine(numbers);
    this.driver = new MachineDriver({
      machine: this.machine,
      initial,
      self: actorIdOf(self),
      startAt,
    });
  }

  get now(): EpochMs {
    return this.driver.now;
  }

  get user(): User {
    if (this.driver.state.kind !== "user") throw new Error(`there is no user but ${this.driver.state.kind}`);
    return this.driver.state;
  }

  get standing(): Standing {
    return this.user.standing;
  }

  /** The present standing's next try; fails the test when it has none. */
  get tryAt(): EpochMs {
    const { standing } = this;
    if (!("tryAt" in standing) || standing.tryAt === null) throw new Error(`${standing.kind} plans no try`);
    return standing.tryAt;
  }

  get inFlight(): InFlight {
    const { inFlight } = this.user;
    if (inFlight === null) throw new Error("no call is under way");
    return inFlight;
  }

  get timers() {
    return timersOf(this.driver.state, this.numbers.deletionTriesBeforeReplacing);
  }

  send(input: Input): readonly Order[] {
    return this.driver.send(input);
  }

  /** The directory's next version of the user. */
  put(over: Partial<UserDirectoryEntry> = {}): readonly Order[] {
    this.record = { ...this.record, version: this.record.version + 1, ...over };
    return this.send({ kind: "directoryChanged", entry: this.record });
  }

  /** The toggle: on or off, always with a new attempt generation. */
  toggle(enabled: boolean): readonly Order[] {
    return this.put({ enabled, attemptGeneration: this.record.attemptGeneration + 1 });
  }

  decide(status: "active" | "suspended" | "deactivated", delayMs = 0): readonly Order[] {
    const generation = ++this.generation;
    return this.send({
      kind: "tenantDecided",
      tenantId: this.record.tenantId,
      generation,
      status,
      settings: this.settings,
      actAt: plus(this.now, delayMs),
    });
  }

  /** Graph's good answer to whatever call is under way. */
  answer(over: { readonly expiresAt?: EpochMs } = {}): readonly Order[] {
    const { kind, number } = this.inFlight;
    const expiresAt = over.expiresAt ?? plus(this.now, lifetimeMs);
    switch (kind) {
      case "createSubscription": {
        const subscriptionId = `subscription-${++this.subscriptions}`;
        return this.send({ kind: "subscriptionCreated", number, subscriptionId, expiresAt });
      }
      case "renewSubscription":
        return this.send({ kind: "subscriptionRenewed", number, expiresAt });
      case "deleteSubscription":
        return this.send({ kind: "subscriptionDeleted", number });
      default:
        return this.send({ kind: "mailboxAnswered", number });
    }
  }

  /** Graph's bad answer to whatever call is under way. */
  fail(code: ErrorCode, over: Partial<CallFailure> = {}): readonly Order[] {
    const { kind: call, number } = this.inFlight;
    return this.send({ kind: "callFailed", call, number, failure: failure(code, over) });
  }

  lifecycle(
    lifecycleEvent: "reauthorizationRequired" | "subscriptionRemoved" | "missed",
    subscriptionId = `subscription-${this.subscriptions}`,
  ): readonly Order[] {
    return this.send({ kind: "lifecycleReceived", subscriptionId, lifecycleEvent });
  }

  /** Lets time pass until the one timer is due, and fires it. */
  untilDue(): readonly Order[] {
    const [timer] = this.timers;
    if (!timer) throw new Error("no timer is set");
    this.driver.pass(Math.max(0, timer.dueAt - this.now));
    return this.send({ kind: "timerFired", name: timer.name });
  }

  /** Known, enabled, its tenant active: the first attempt is under way. */
  trying(over: Partial<UserDirectoryEntry> = {}): this {
    this.put(over);
    this.decide("active");
    return this;
  }

  /** The same in a tenant where each user consents for the own calendar. */
  byUser(): this {
    this.settings = { ...settings, consent: "user" };
    return this;
  }

  active(): this {
    this.trying().answer();
    return this;
  }

  get statuses(): readonly UserStatus[] {
    return statusesOf(this.driver.effects);
  }

  get status(): UserStatus {
    const last = this.statuses.at(-1);
    if (!last) throw new Error("no status was published");
    return last;
  }
}

export const statusesOf = (orders: readonly Order[]): readonly UserStatus[] =>
  orders.flatMap((each) => (each.kind === "emit" && each.topic === "user-status" ? [each.value as any] : []));

export const callsOf = (orders: readonly Order[]): readonly Call["kind"][] =>
  new Happened(orders).calls.map(({ kind }) => kind);

export const emitted = (orders: readonly Order[], topic: string): readonly unknown[] =>
  orders.flatMap((each) => (each.kind === "emit" && each.topic === topic ? [each.value] : []));
