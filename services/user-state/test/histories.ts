import { type ErrorCode, errorCatalog, hours, minutes, plus, seconds } from "@hybrid/kernel";
import fc from "fast-check";
import type { Input, Order } from "../src/domain/inputs.ts";
import type { State } from "../src/domain/state.ts";
import { failure, objectId, otherTenantId, Subject, tenantId } from "./subject.ts";

const codes = Object.keys(errorCatalog) as ErrorCode[];
/** The codes that decide most, so that histories reach deep. */
const weightyCodes: ErrorCode[] = [
  "throttled",
  "unavailable",
  "mailboxMissing",
  "consentRevoked",
  "notFound",
];

const anyFailure = fc.record({
  code: fc.oneof(fc.constantFrom(...weightyCodes), fc.constantFrom(...codes)),
  retryable: fc.boolean(),
  retryInMs: fc.option(fc.integer({ min: -1_000, max: hours(72) })),
});

const mostly = fc.constantFrom(true, true, true, false);

const anyEntry = fc.record(
  {
    objectId: fc.constantFrom(objectId, "b0000000-0000-4000-8000-00000000000b"),
    tenantId: fc.constantFrom(tenantId, otherTenantId),
    mailAddress: fc.constantFrom("a@acme.example", "b@acme.example"),
    connector: fc.constantFrom(null, null, null, { resourceGroup: null }, { resourceGroup: "pilot" }),
    enabled: mostly,
  },
  { requiredKeys: [] },
);

const decisions = ["active", "suspended", "deactivated"] as const;
const lifecycles = ["reauthorizationRequired", "subscriptionRemoved", "missed"] as const;

/** One thing that happens to a user. */
const anyEvent = fc.oneof(
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("put" as const), over: anyEntry }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("toggle" as const), enabled: mostly }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("remove" as const) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("decide" as const),
      status: fc.oneof(
        { weight: 5, arbitrary: fc.constant("active" as const) },
        { weight: 2, arbitrary: fc.constantFrom(...decisions) },
      ),
      delayMs: fc.constantFrom(0, seconds(5)),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant("answer" as const),
      // Over already, or long enough for a whole millisecond at 70 to 90 %; Graph's shortest is 45 minutes.
      lifetimeMs: fc.oneof(
        { weight: 1, arbitrary: fc.integer({ min: -1_000, max: 0 }) },
        { weight: 20, arbitrary: fc.integer({ min: 1_000, max: hours(168) }) },
      ),
    }),
  },
  {
    weight: 14,
    arbitrary: fc.record({
      kind: fc.constant("fail" as const),
      with: anyFailure,
      /** When no call is under way, time first passes until the next one is. */
      wait: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("lifecycle" as const),
      event: fc.constantFrom(...lifecycles),
      back: fc.integer({ min: 0, max: 2 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("located" as const),
      location: fc.constantFrom("cloud" as const, "onPremises" as const),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("repeat" as const), back: fc.nat({ max: 30 }) }) },
  {
    weight: 10,
    arbitrary: fc.record({
      kind: fc.constant("pass" as const),
      ms: fc.oneof(fc.constantFrom(0, minutes(1), hours(25)), fc.integer({ min: 0, max: hours(200) })),
      /** Nothing fires while the service is down; everything overdue fires afterwards. */
      down: fc.boolean(),
    }),
  },
);

/** How often a property is played: ten times as often in the long runs. */
export const runsOf = (usual: number): number => (process.env["HYBRID_LONG"] === "1" ? 10 * usual : usual);

/** Any history; {@link Play} begins it with a user whom the tenant's decision reaches. */
export const anyHistory = fc.array(anyEvent, { minLength: 40, maxLength: 80, size: "max" });

const badLuck = fc.record({
  kind: fc.constant("fail" as const),
  with: anyFailure,
  wait: fc.constant(true),
});

/** A history in which attempt after attempt fails, so that many failures follow each other. */
export const unluckyHistory = fc.array(
  fc.oneof({ weight: 9, arbitrary: badLuck }, { weight: 1, arbitrary: anyEvent }),
  { minLength: 20, maxLength: 40, size: "max" },
);

type Event = (typeof anyHistory extends fc.Arbitrary<infer Events> ? Events : never) extends (infer Each)[]
  ? Each
  : never;

/** One step as the properties see it. */
export interface Observed {
  readonly input: Input;
  readonly before: State;
  readonly after: State;
  readonly orders: readonly Order[];
  readonly subject: Subject;
}

/** Plays a history and shows every single step to `observe`. */
export class Play {
  readonly subject = new Subject();
  readonly #observe: (step: Observed) => void;
  readonly #sent: Input[] = [];

  constructor(observe: (step: Observed) => void) {
    this.#observe = observe;
  }

  run(history: readonly Event[]): void {
    this.#watch(() => this.subject.put());
    this.#watch(() => this.subject.decide("active"));
    for (const event of history) this.#happen(event);
  }

  #watch(act: () => readonly Order[]): void {
    const { driver } = this.subject;
    const before = driver.state;
    const orders = act();
    const input = driver.history.at(-1)!.input;
    this.#sent.push(input);
    this.#observe({ input, before, after: driver.state, orders, subject: this.subject });
  }

  #happen(event: Event): void {
    const { subject } = this;
    const { state } = subject.driver;
    const inFlight = state.kind === "user" ? state.inFlight : null;
    switch (event.kind) {
      case "put":
        return this.#watch(() => this.#put(event.over));
      case "toggle":
        return this.#watch(() => this.#put({ enabled: event.enabled, toggled: true }));
      case "remove":
        return this.#watch(() => subject.put({ removed: true, enabled: false }));
      case "decide":
        return this.#watch(() => subject.decide(event.status, event.delayMs));
      case "answer":
        if (!inFlight) return;
        return this.#watch(() => subject.answer({ expiresAt: plus(subject.now, event.lifetimeMs) }));
      case "fail": {
        if (!inFlight && event.wait) this.#untilDue();
        if (subject.driver.state.kind !== "user" || !subject.user.inFlight) return;
        const { code, retryable, retryInMs } = event.with;
        const retryAt = retryInMs === null ? null : plus(subject.now, retryInMs);
        return this.#watch(() => subject.fail(code, failure(code, { retryable, retryAt })));
      }
      case "lifecycle":
        return this.#watch(() =>
          subject.lifecycle(event.event, `subscription-${Math.max(0, subject.subscriptions - event.back)}`),
        );
      case "located":
        return this.#watch(() => subject.send({ kind: "mailboxLocated", location: event.location }));
      case "repeat": {
        const input = this.#sent[this.#sent.length - 1 - event.back];
        // Timers never fire early, and the directory's and the tenant's records come in order.
        if (!input || input.kind === "timerFired" || input.kind === "directoryChanged") return;
        return this.#watch(() => subject.send(input));
      }
      default:
        return this.#pass(event.ms, event.down);
    }
  }

  /** A version after a removal starts again, as the directory's does. */
  #put({ toggled = false, ...over }: { readonly toggled?: boolean; readonly enabled?: boolean }) {
    const { subject } = this;
    const { record } = subject;
    const gone = record.removed;
    const enabled = over.enabled ?? (gone ? true : record.enabled);
    const grows = toggled || (enabled && !record.enabled);
    if (gone) subject.record = { ...record, version: 0, attemptGeneration: 0, removed: false };
    const attemptGeneration = subject.record.attemptGeneration + (grows ? 1 : 0);
    return subject.put({ ...over, enabled, removed: false, attemptGeneration });
  }

  #untilDue(): void {
    if (this.subject.timers.length > 0) this.#watch(() => this.subject.untilDue());
  }

  #pass(ms: number, down: boolean): void {
    const { subject } = this;
    const until = plus(subject.now, ms);
    if (down) subject.driver.pass(ms);
    for (let fired = 0; ; fired++) {
      const [timer] = subject.timers;
      if (!timer || timer.dueAt > until) break;
      if (fired > 50) throw new Error(`timer ${timer.name} fires without end`);
      subject.driver.pass(Math.max(0, timer.dueAt - subject.now));
      this.#watch(() => subject.send({ kind: "timerFired", name: timer.name }));
    }
    subject.driver.pass(Math.max(0, until - subject.now));
  }
}
