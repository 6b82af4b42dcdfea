import { type Meeting, meetings, type UserState } from "@hybrid/contracts";
import { type CallFailure, days, minutes } from "@hybrid/kernel";
import { MachineDriver } from "@hybrid/kernel/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import { digestOf, meetingIdOf, meetingsMax } from "#domain/after-page";
import { initial, meetingList, timersOf } from "#domain/list-machine";
import type { ActiveState, Call, Input, PageRead, State } from "#domain/list-state";
import {
  withChangeTime,
  withChangeTimes,
  withNothingKnown,
  withNothingUnchanged,
  withRecordsToSeal,
} from "#domain/state-upgrades";
import { meeting, monday } from "./meeting.ts";

class Driven extends MachineDriver<State, Input, Call> {
  #transitions = 0;
  /** The topic, as a view would have it. */
  readonly topic = new Map<string, Meeting>();

  constructor() {
    super({ machine: meetingList, initial, startAt: monday });
  }

  override send(input: Input) {
    const effects = super.send(input);
    for (const effect of effects) {
      if (effect.kind !== "emit" || effect.topic !== meetings.name) continue;
      if (effect.value === null) this.topic.delete(effect.key);
      else this.topic.set(effect.key, effect.value as unknown as Meeting);
    }
    return effects;
  }

  status(to: UserState, objectId = "o"): readonly Call[] {
    const mailbox = { tenantId: "t", objectId };
    return this.when({ kind: "statusChanged", to, transition: ++this.#transitions, mailbox }).calls;
  }

  get order(): Call {
    const effect = this.effects.findLast((each) => each.kind === "call");
    if (effect?.kind !== "call") throw new Error("nothing was ordered");
    return effect.call;
  }

  /** A page as a handler tells it: of what the order knows, its digest alone. */
  page(found: readonly Meeting[], next: PageRead["next"] = { kind: "end" }, unread: readonly string[] = []) {
    const { roundStartedAt, known } = this.order;
    const isKnown = (each: Meeting): boolean => known.includes(digestOf(JSON.stringify(each)));
    const unchanged = found.filter(isKnown).map((each) => digestOf(JSON.stringify(each)));
    const told = found.filter((each) => !isKnown(each));
    return this.when({ kind: "pageRead", roundStartedAt, meetings: told, unchanged, unread, next });
  }

  fire(timer: "changes" | "sweep" | "retry"): readonly Call[] {
    const due = timersOf(this.state).find(({ name }) => name === timer);
    if (!due) throw new Error(`no timer ${timer}`);
    this.now = due.dueAt;
    return this.when({ kind: "timerFired", timer }).calls;
  }

  get subjects(): readonly string[] {
    return [...this.topic.values()].map(({ eventId }) => eventId).sort();
  }
}

const failure = (changes: Partial<CallFailure> = {}): CallFailure => ({
  code: "unavailable",
  retryable: true,
  retryAt: null,
  status: 503,
  ...changes,
});

test("who becomes Active has the window read, page by page, and gets a list", () => {
  const driven = new Driven();
  expect(driven.status("active")).toMatchObject([
    {
      kind: "readPage",
      mailbox: { tenantId: "t", objectId: "o" },
      page: {
        kind: "first",
        window: { startAt: Date.UTC(2025, 11, 29), endAt: Date.UTC(2026, 1, 7) },
        skip: 0,
      },
    },
  ]);
  expect(driven.page([meeting("a")], { kind: "page", link: "l" }).calls).toMatchObject([
    { page: { kind: "link", link: "l", skip: 0 } },
  ]);
  expect(driven.page([meeting("b")], { kind: "rest", skip: 1 }).calls).toMatchObject([
    { page: { kind: "link", link: "l", skip: 1 } },
  ]);
  expect(driven.page([meeting("c")]).calls).toEqual([]);
  expect(driven.subjects).toEqual(["a", "b", "c"]);
  expect([...driven.topic.keys()][0]).toBe(`acme/u-1/${meetingIdOf("a")}`);
});

test("a change is read once its notifications are quiet; only what differs is written", () => {
  const driven = new Driven();
  driven.status("active");
  driven.page([meeting("a"), meeting("b")]);
  driven.given({ kind: "calendarChanged" }, { kind: "calendarChanged" });
  expect(driven.fire("changes")).toHaveLength(1);
  const changed = driven.page([meeting("a"), meeting("c"), meeting("b", { subject: "New" })]);
  expect(changed.emitted<Meeting>(meetings).map(({ eventId }) => eventId)).toEqual(["c", "b"]);
  expect(driven.status("active")).toEqual([]);
});

test("notifications that keep coming hold a reading up for three seconds at most", () => {
  const driven = new Driven();
  driven.status("active");
  driven.page([]);
  const firstAt = driven.now;
  for (let n = 0; n < 100; n++) driven.pass(100).given({ kind: "calendarChanged" });
  const due = timersOf(driven.state).find(({ name }) => name === "changes")?.dueAt ?? 0;
  expect(due - firstAt).toBeLessThanOrEqual(3_100);
});

test("what leaves the window, or the calendar, leaves the list; what cannot be read stays", () => {
  const driven = new Driven();
  driven.status("active");
  driven.page([meeting("a"), meeting("b"), meeting("c")]);
  driven.fire("sweep");
  driven.page([meeting("a"), meeting("b"), meeting("c")]);
  expect(driven.fire("sweep")).toMatchObject([{ page: { window: { startAt: Date.UTC(2025, 11, 30) } } }]);
  driven.page([meeting("b")], { kind: "end" }, ["c"]);
  expect(driven.subjects).toEqual(["b", "c"]);
});

test("what moved between two pages of a round is not taken off; the next round decides", () => {
  const driven = new Driven();
  driven.status("active");
  driven.page([meeting("a"), meeting("b")]);
  driven.given({ kind: "calendarChanged" });
  driven.fire("changes");
  driven.page([meeting("a")], { kind: "page", link: "l" });
  driven.given({ kind: "calendarChanged" });
  driven.page([]);
  expect(driven.subjects).toEqual(["a", "b"]);
  driven.fire("changes");
  driven.page([meeting("a")]);
  expect(driven.subjects).toEqual(["a"]);
});

test.each<UserState>(["disabled", "notActivated", "removed"])("the list of who is %s is taken away", (to) => {
  const driven = new Driven();
  driven.status("active");
  driven.page([meeting("a")]);
  driven.status(to);
  expect(driven.subjects).toEqual([]);
});

test("an error passes: the list stays, nothing is read, and a late page counts for nothing", () => {
  const driven = new Driven();
  driven.status("active");
  driven.page([meeting("a")]);
  driven.given({ kind: "calendarChanged" });
  driven.fire("changes");
  driven.status("error");
  driven.page([meeting("b")]);
  expect(driven.subjects).toEqual(["a"]);
  expect(driven.status("active")).toHaveLength(1);
  driven.page([meeting("b")]);
  expect(driven.subjects).toEqual(["b"]);
});

test("another mailbox begins with nothing of the old one", () => {
  const driven = new Driven();
  driven.status("active");
  driven.page([meeting("a")]);
  driven.status("active", "other");
  expect(driven.subjects).toEqual([]);
  driven.page([meeting("b")]);
  expect(driven.subjects).toEqual(["b"]);
});

test("failures back off and end with the next page; throttling waits as long as it is told", () => {
  const driven = new Driven();
  driven.status("active");
  const fail = (given: Partial<CallFailure> = {}) => {
    driven.given({ kind: "callFailed", order: driven.order, failure: failure(given) });
    return Math.round(
      ((timersOf(driven.state).find(({ name }) => name === "retry")?.dueAt ?? 0) - driven.now) / 60_000,
    );
  };
  expect(fail()).toBe(1);
  driven.fire("retry");
  expect(fail()).toBe(2);
  driven.fire("retry");
  expect(fail({ code: "throttled", retryAt: (driven.now + minutes(7)) as never })).toBe(7);
  driven.fire("retry");
  driven.page([meeting("a")]);
  expect(driven.subjects).toEqual(["a"]);
});

test("where a person must act nothing is asked until the day after, or a sign of life", () => {
  const driven = new Driven();
  driven.status("active");
  driven.given({ kind: "callFailed", order: driven.order, failure: failure({ code: "outOfScope" }) });
  driven.given({ kind: "calendarChanged" });
  expect(driven.fire("changes")).toEqual([]);
  expect(driven.fire("sweep")).toHaveLength(1);
});

test("a list has an end", () => {
  const driven = new Driven();
  driven.status("active");
  driven.page(Array.from({ length: meetingsMax + 5 }, (_, n) => meeting(String(n))));
  expect(driven.topic.size).toBe(meetingsMax);
  expect(driven.state).toMatchObject({ isCutShort: true });
  expect(JSON.stringify(driven.state).length).toBeLessThan(128 * 1_024);
});

const steps = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.constant("read" as const) },
    fc.constant("fail" as const),
    fc.constant("error" as const),
    fc.constant("disabled" as const),
    fc.record({ put: fc.integer({ min: 0, max: 9 }), subject: fc.constantFrom("x", "y", "z") }),
    fc.record({ remove: fc.integer({ min: 0, max: 9 }) }),
  ),
  { maxLength: 60 },
);

test("whatever changes, fails and stops in between: once all has been read, the list is the calendar", () => {
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 3 }), (done, pageSize) => {
      const driven = new Driven();
      const calendar = new Map<number, Meeting>();
      const isOpen = (): boolean => driven.state.kind === "active" && driven.state.callInFlight;
      const answer = (): void => {
        const { page } = driven.order;
        const all = [...calendar.values()];
        const from = page.kind === "link" ? Number(page.link) : 0;
        const until = from + pageSize;
        const next =
          until < all.length ? ({ kind: "page", link: String(until) } as const) : ({ kind: "end" } as const);
        driven.page(all.slice(from, until), next);
      };
      driven.status("active");
      for (const step of done) {
        driven.pass(50);
        if (step === "read" && isOpen()) answer();
        else if (step === "fail" && isOpen())
          driven.given({ kind: "callFailed", order: driven.order, failure: failure() });
        else if (step === "error" || step === "disabled") {
          driven.status(step);
          // What was under way ends, late.
          if (driven.state.kind === "inactive" && driven.state.callInFlight) answer();
          driven.status("active");
        } else if (typeof step === "object") {
          if ("put" in step) calendar.set(step.put, meeting(String(step.put), { subject: step.subject }));
          else calendar.delete(step.remove);
          driven.given({ kind: "calendarChanged" });
        }
      }
      for (let left = 100; left > 0; left--) {
        if (isOpen()) answer();
        else {
          const [due] = timersOf(driven.state)
            .filter(({ name }) => name !== "sweep")
            .sort((a, b) => a.dueAt - b.dueAt);
          if (!due) break;
          driven.fire(due.name as "changes" | "retry");
        }
      }
      expect([...driven.topic.values()].sort((a, b) => (a.eventId < b.eventId ? -1 : 1))).toEqual(
        [...calendar.values()].sort((a, b) => (a.eventId < b.eventId ? -1 : 1)),
      );
      expect(driven.now - monday).toBeLessThan(days(1));
    }),
  );
});

test("a list of before its records were sealed writes each of them again with the next reading", () => {
  const list = new Driven();
  list.status("active");
  list.page([meeting("a"), meeting("b")]);
  const writes = () => {
    const before = list.effects.length;
    list.fire("sweep");
    list.page([meeting("a"), meeting("b")]);
    return list.effects.slice(before).filter(({ kind }) => kind === "emit").length;
  };
  expect(writes()).toBe(0);
  list.state = withRecordsToSeal(list.state) as State;
  expect(writes()).toBe(2);
  expect(list.topic.size).toBe(2);
  expect(writes()).toBe(0);
});

test("a list of before change times were known goes on, and what is under way is measured by none", () => {
  const driven = new Driven();
  driven.status("active");
  const old = JSON.parse(
    JSON.stringify(driven.state, (name, value: unknown) => (name === "changedAt" ? undefined : value)),
  ) as object;
  const upgraded = withChangeTimes(old) as ActiveState;
  expect([upgraded.changedAt, upgraded.round?.changedAt]).toEqual([null, null]);
  expect(withChangeTimes({ kind: "absent" })).toEqual({ kind: "absent" });
  expect(withChangeTime({ kind: "readPage" })).toEqual({ kind: "readPage", changedAt: null });
});

test("of what is known by its digest and is not on the list, another round tells", () => {
  const driven = new Driven();
  driven.status("active");
  driven.page([meeting("a")]);
  driven.fire("sweep");
  const { roundStartedAt, known } = driven.order;
  expect(known).toEqual([digestOf(JSON.stringify(meeting("a")))]);
  const page = { kind: "pageRead", roundStartedAt, meetings: [], unread: [], next: { kind: "end" } } as const;
  const again = driven.when({ ...page, unchanged: [...known, "of another list"] });
  expect(again.calls).toMatchObject([{ kind: "readPage", known }]);
  expect(driven.subjects).toEqual(["a"]);
});

test("orders and pages of before digests were told say that nothing is known", () => {
  const page = { kind: "pageRead", meetings: [] };
  expect(withNothingKnown({ kind: "readPage" })).toEqual({ kind: "readPage", known: [] });
  expect(withNothingUnchanged(page)).toEqual({ ...page, unchanged: [] });
  expect(withNothingUnchanged({ kind: "callFailed", order: {} })).toEqual({
    kind: "callFailed",
    order: { known: [] },
  });
  expect(withNothingUnchanged({ kind: "calendarChanged" })).toEqual({ kind: "calendarChanged" });
});
