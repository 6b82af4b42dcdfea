import { calendarChanges, mailboxLooks, type Presence, userDirectory, userStatus } from "@hybrid/contracts";
import { type ActorId, type EpochMs, orgIdOf, userActor } from "@hybrid/kernel";
import { TopologyDriver } from "@hybrid/runtime/testing";
import type { Erased } from "@hybrid/service";
import type { Call, Input, Reading } from "../src/domain/inputs.ts";
import { designNumbers, type Numbers } from "../src/domain/numbers.ts";
import type { State, User } from "../src/domain/state.ts";
import type { Replies } from "../src/domain/windows.ts";
import { presenceTopology } from "../src/topology.ts";

export const tenantId = "10000000-0000-4000-8000-000000000001";
const settings = { webexKeyword: "personalRoom", meetKeyword: "space", language: null } as const;
const acme = orgIdOf("acme");

export const objectIdOf = (n: number): string => `a0000000-0000-4000-8000-${String(n).padStart(12, "0")}`;
export const personIdOf = (n: number): string => `b0000000-0000-4000-8000-${String(n).padStart(12, "0")}`;
export const user = (n: number): ActorId => userActor(acme, String(n));

/** What is said at a simulated Webex: the person's own status, or ours. */
interface Said {
  status: string;
  until: EpochMs | null;
}

/**
 * The whole topology on its own time, with mailboxes that hold replies and a Webex that shows one status a
 * person. Calls are answered at once unless `isDown`.
 */
export class World {
  readonly driver: TopologyDriver<State, Input | Erased, Call>;
  readonly replies = new Map<string, Replies>();
  readonly events = new Map<string, { readonly from: EpochMs; readonly until: EpochMs }[]>();
  readonly webex = new Map<string, Said>();
  /** Requests to mailboxes, by the minute. */
  readonly reads: { readonly at: EpochMs; readonly mailboxes: number }[] = [];
  isDown = false;
  /** Whether the next batch, or a mailbox of it, fails for now. */
  fails: () => boolean = () => false;
  throttledUntil: EpochMs | null = null;
  withoutTokens = false;

  constructor({
    numbers = designNumbers,
    eventsCount = false,
    partitions = 1,
  }: { readonly numbers?: Numbers; readonly eventsCount?: boolean; readonly partitions?: number } = {}) {
    const eventsCountFor = new Set(eventsCount ? ["acme"] : []);
    this.driver = new TopologyDriver(presenceTopology(numbers, { eventsCountFor }), { partitions });
  }

  get now(): EpochMs {
    return this.driver.now;
  }

  person(n: number, over: { readonly removed?: boolean; readonly personId?: string | null } = {}): void {
    const { removed = false, personId = personIdOf(n) } = over;
    this.driver.publish(userDirectory, user(n), {
      version: 1,
      removed,
      enabled: true,
      attemptGeneration: 1,
      tenantId,
      objectId: objectIdOf(n),
      mailAddress: `user${n}@acme.example`,
      connector: null,
      wanted: true,
      obstacles: [],
      webex: personId === null ? null : { personId, active: true, messaging: true, linked: true },
    });
  }

  status(n: number, to: "active" | "error" | "disabled" | "removed", reason: string | null = null): void {
    this.driver.publish(userStatus, user(n), {
      transition: 1,
      from: "notActivated",
      to,
      cause: "activated",
      reason,
      failures: 0,
      nextTryAt: null,
      subscriptionId: null,
      expiresAt: null,
      tenantId,
      objectId: objectIdOf(n),
      mailAddress: `user${n}@acme.example`,
      settings,
      at: this.now,
    });
  }

  look(n: number): void {
    this.driver.publish(mailboxLooks, user(n), { at: this.now });
  }

  calendarChanges(n: number): void {
    this.driver.publish(calendarChanges, user(n), {
      subscriptionId: "s",
      tenantId,
      changeType: "updated",
      eventId: "e",
      etag: null,
      receivedAt: this.now,
    });
  }

  /** Lets time pass, timer by timer, and answers what was ordered. */
  pass(ms: number, stepMs = 1_000): void {
    const until = this.now + ms;
    this.work();
    while (this.now < until) {
      this.driver.advanceBy(Math.min(stepMs, until - this.now));
      this.work();
    }
  }

  /** Answers every call that is open. */
  work(): void {
    for (let [open] = this.driver.openCalls(); open !== undefined; [open] = this.driver.openCalls()) {
      const { callId, call } = open;
      if (this.isDown || (call.kind === "readReplies" && this.fails()))
        this.driver.fail(callId, { code: "unavailable", retryable: true, retryAt: null, status: 503 });
      else if (this.throttledUntil !== null && call.kind === "readReplies" && this.now < this.throttledUntil)
        this.driver.fail(callId, {
          code: "throttled",
          retryable: true,
          retryAt: this.throttledUntil,
          status: 429,
        });
      else this.driver.answer(callId, this.#answerTo(call));
    }
  }

  #answerTo(call: Call): Input {
    const { number } = call;
    switch (call.kind) {
      case "readReplies":
        this.reads.push({ at: this.now, mailboxes: call.objectIds.length });
        return { kind: "repliesRead", number, readings: call.objectIds.map((id) => this.#readingOf(id)) };
      case "readEvents": {
        const held = this.events.get(call.mailbox.objectId) ?? [];
        const windows = held.filter(({ from, until }) => from < call.until && until > call.from);
        return { kind: "eventsRead", number, windows };
      }
      case "showAtWebex":
        if (this.withoutTokens) return { kind: "tokenMissing", number };
        this.webex.set(call.personId, { status: "ooo", until: call.until });
        return { kind: "webexShown", number, until: call.until, previous: null };
      default:
        this.webex.delete(call.personId);
        return { kind: "webexCleared", number };
    }
  }

  #readingOf(objectId: string): Reading {
    if (this.fails()) return { objectId, failure: { code: "unavailable", retryable: true, retryAt: null } };
    return { objectId, replies: this.replies.get(objectId) ?? { kind: "off" } };
  }

  /** Every word on a user, oldest first. */
  told(n: number): readonly Presence[] {
    return this.driver.emitted
      .filter(({ topic, key }) => topic === "presence" && key === user(n))
      .map(({ value }) => value as Presence);
  }

  /** What a reader of the topic knows now. */
  shown(n: number): Presence["status"] {
    const last = this.told(n).at(-1);
    return last?.status === "outOfOffice" && (last.expiresAt ?? 0) > this.now ? "outOfOffice" : "none";
  }

  userOf(n: number): User {
    const state = this.driver.stateOf(user(n));
    if (state.kind !== "user") throw new Error(`user ${n} is ${state.kind}`);
    return state;
  }
}
