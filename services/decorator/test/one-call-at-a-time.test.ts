import type { UserState } from "@hybrid/contracts";
import fc from "fast-check";
import { expect, test } from "vitest";
import { timersOf } from "#domain/decorator-machine";
import type { Call, Input, TimerName } from "#domain/mailbox-state";
import { Driven, meeting } from "./driven-mailbox.ts";

interface Act {
  readonly kind: "active" | "error" | "change" | "resync" | "timer" | "outcome" | "failure";
  readonly n: number;
}

/** A user's actor together with the one call that may be open. */
class Watched {
  readonly user = new Driven();
  open: Call | undefined;
  most = 0;

  act({ kind, n }: Act): void {
    this.user.pass(700);
    if (kind === "active" || kind === "error") this.#note(this.user.status(kind satisfies UserState));
    else if (kind === "change") this.#note(this.user.changed(`e${n}`, `W/${n}`));
    else if (kind === "resync") this.#note(this.user.tell({ kind: "resyncRequested", reason: "missed" }));
    else if (kind === "timer") this.#fire(n);
    else if (this.open) this.#end(kind === "outcome" ? outcomeOf(this.open, n) : failureOf(this.open, n));
  }

  #fire(n: number): void {
    const timers = timersOf(this.user.state);
    const timer = timers[n % Math.max(1, timers.length)];
    if (timer) this.#note(this.user.fire(timer.name as TimerName));
  }

  #end(input: Input): void {
    this.open = undefined;
    this.#note(this.user.tell(input));
  }

  #note(calls: readonly Call[]): void {
    this.most = Math.max(this.most, calls.length + (this.open ? 1 : 0));
    this.open ??= calls[0];
  }
}

const failureOf = (order: Call, n: number): Input => ({
  kind: "callFailed",
  order,
  failure: { code: n > 3 ? "mailboxMissing" : "unavailable", retryable: true, retryAt: null, status: null },
});

const outcomeOf = (order: Call, n: number): Input =>
  order.kind === "readDelta"
    ? {
        kind: "pageRead",
        roundStartedAt: order.roundStartedAt,
        events: [meeting(`e${n}`, { etag: `W/${n}` })],
        masters: [],
        mastersElsewhere: [],
        unread: [],
        next: { kind: n > 2 ? "page" : "delta", link: "l" },
      }
    : {
        kind: "eventHandled",
        eventId: order.eventId,
        result: "applied",
        reason: null,
        decorated: { digest: "d", etag: "W/7", endsAt: null },
      };

const anyAct: fc.Arbitrary<Act> = fc.record({
  kind: fc.constantFrom(
    "active",
    "active",
    "error",
    "change",
    "resync",
    "timer",
    "outcome",
    "outcome",
    "failure",
  ),
  n: fc.nat(5),
});

test("property: in any history at most one call is under way, and nobody is left without a next step", () => {
  fc.assert(
    fc.property(fc.array(anyAct, { maxLength: 60 }), (history) => {
      const watched = new Watched();
      for (const act of history) {
        watched.act(act);
        const { state } = watched.user;
        const rests =
          state.kind !== "active" || (state.queue.length === 0 && !state.round && state.wanted === "none");
        const held = state.kind === "active" && state.hold !== null;
        expect(watched.most).toBeLessThanOrEqual(1);
        expect(state.kind !== "active" || state.callInFlight === (watched.open !== undefined)).toBe(true);
        expect(rests || held || watched.open !== undefined).toBe(true);
        expect(state.kind !== "active" || state.sweepAt > watched.user.now).toBe(true);
      }
    }),
    { numRuns: 300 },
  );
});
