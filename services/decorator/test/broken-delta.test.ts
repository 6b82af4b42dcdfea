import { days, hours, minutes, plus } from "@hybrid/kernel";
import { describe, expect, test } from "vitest";
import type { Call } from "#domain/mailbox-state";
import { pagesPerRoundMax, readsPerHourMax } from "#domain/read-budget";
import { decoratorTopology } from "../src/index.ts";
import { Driven, idle, meeting, type Order } from "./driven-mailbox.ts";
import { monday } from "./invitations.ts";

const eventIds = (calls: readonly Call[]): readonly string[] =>
  calls.flatMap((call) => (call.kind === "decorateEvent" ? [call.eventId] : []));
const isRead = (call: Call | undefined): call is Order<"readDelta"> => call?.kind === "readDelta";
const handled = (user: Driven, eventId: string): readonly Call[] =>
  user.tell({ kind: "eventHandled", eventId, result: "unchanged", reason: "noKeyword", decorated: null });
const healthOf = (user: Driven) =>
  user.effects.flatMap((effect) =>
    effect.kind === "emit" && effect.topic === "calendar-health" ? [effect.value] : [],
  );

/** Fails whatever read is under way or comes, until `until`; returns how many were ordered. */
const failReads = (user: Driven, [order]: readonly Call[], until: number): number => {
  let reads = 0;
  for (let next = order; user.now < until; ) {
    if (!isRead(next)) throw new Error("no read was ordered");
    reads += 1;
    user.fail(next, { status: 504 });
    [next] = user.fire("retry");
  }
  return reads;
};

describe("pages that never end", () => {
  const readFor = (user: Driven, first: readonly Call[], ms: number): number => {
    const until = plus(user.now, ms);
    let [next] = first;
    for (let pages = 0; ; ) {
      for (; isRead(next); pages++) [next] = user.page([], { kind: "page", link: `n${pages}` });
      const dueAt = user.dueAt("retry");
      if (dueAt === undefined || dueAt > until) return pages;
      [next] = user.fire("retry");
    }
  };

  test("are bounded for every hour, and the administrator hears of it", () => {
    const user = new Driven();
    const first = user.status("active");
    expect(readFor(user, first, hours(1) - 1)).toBe(readsPerHourMax);
    expect(user.active.hold).toMatchObject({ kind: "retry", of: "pages", dueAt: plus(monday, hours(1)) });
    expect(readFor(user, user.fire("retry"), hours(24))).toBeLessThanOrEqual(26 * readsPerHourMax);
    expect(healthOf(user)).toMatchObject([{ unreadableSince: monday, code: "unexpected" }]);
  });

  test("lead to a round from the start once there were too many of them", () => {
    const user = new Driven();
    const first = user.status("active");
    readFor(user, first, hours(pagesPerRoundMax / readsPerHourMax) - 1);
    expect(user.active.round?.pages).toBe(pagesPerRoundMax);
    expect(user.fire("retry")).toMatchObject([{ kind: "readDelta", page: { kind: "first" } }]);
  });

  test("hold up no event that a notification names", () => {
    const user = new Driven();
    readFor(user, user.status("active"), minutes(50));
    user.changed("e7");
    expect(eventIds(user.fire("sync"))).toEqual(["e7"]);
  });

  test("are told from 60 empty pages and a deltaLink, which is a round like any other", () => {
    const user = new Driven();
    let calls = user.status("active");
    for (let nth = 0; nth < 60; nth++) calls = user.page([], { kind: "page", link: `n${nth}` });
    expect(calls).toMatchObject([{ page: { kind: "link", link: "n59" } }]);
    expect(user.page([], { kind: "delta", link: "d1" })).toEqual([]);
    expect(user.active).toMatchObject({ round: null, deltaLink: "d1", trouble: null, hold: null });
    expect(healthOf(user)).toEqual([]);
  });
});

test("a page with more events than one outcome holds is read again for the rest of them", () => {
  const user = new Driven();
  user.status("active");
  const rest = { kind: "rest", skip: 100 } as const;
  expect(eventIds(user.page([meeting("e1")], rest))).toEqual(["e1"]);
  const [again] = handled(user, "e1") as [Order<"readDelta">];
  expect(again.page).toMatchObject({ kind: "first", skip: 100 });
  const [more] = user.page([], { kind: "rest", skip: 200 }) as [Order<"readDelta">];
  expect(more.page).toMatchObject({
    kind: "first",
    window: again.page.kind === "first" && again.page.window,
    skip: 200,
  });
  const [next] = user.page([], { kind: "page", link: "n1" }) as [Order<"readDelta">];
  expect(next.page).toEqual({ kind: "link", link: "n1" });
});

describe("a link that always answers 504", () => {
  test("is given up after five failures, and the window is read from the start", () => {
    const user = new Driven();
    user.status("active");
    let [order] = user.page([], { kind: "page", link: "bad" }) as [Order<"readDelta">];
    const pages: string[] = [];
    for (let failures = 0; failures < 6; failures++) {
      pages.push(order.page.kind);
      user.fail(order, { status: 504 });
      [order] = user.fire("retry") as [Order<"readDelta">];
    }
    expect(pages).toEqual(["link", "link", "link", "link", "link", "first"]);
  });

  test("does not keep an event from being looked at that a notification names", () => {
    const user = idle();
    user.changed("e1");
    const [order] = user.fire("sync") as [Call];
    user.changed("e2");
    expect(eventIds(user.fail(order, { status: 504 }))).toEqual(["e1"]);
    expect(eventIds(handled(user, "e1"))).toEqual(["e2"]);
    expect(handled(user, "e2")).toEqual([]);
    user.changed("e3");
    expect(eventIds(user.fire("sync"))).toEqual(["e3"]);
    expect(handled(user, "e3")).toEqual([]);
    expect(user.fire("retry")).toMatchObject([{ kind: "readDelta" }]);
  });

  test("named events are looked at once, not again with every failure", () => {
    const user = idle();
    user.changed("e1");
    let [order] = user.fire("sync") as [Call];
    expect(eventIds(user.fail(order, { status: 504 }))).toEqual(["e1"]);
    handled(user, "e1");
    [order] = user.fire("retry") as [Call];
    expect(user.fail(order, { status: 504 })).toEqual([]);
  });

  test("a storm of notifications is kept in mind within bounds", () => {
    const user = idle();
    for (let nth = 0; nth < 500; nth++) user.changed(`e${nth}`);
    expect(user.active.named).toHaveLength(50);
    const [order] = user.fire("sync") as [Call];
    user.fail(order, { status: 504 });
    expect(user.active.queue).toHaveLength(50);
    expect(JSON.stringify(user.active).length).toBeLessThan(64 * 1024);
  });
});

describe("a mailbox whose delta is broken for days", () => {
  test("costs a bounded number of reads, and the administrator sees since when, once", () => {
    const user = new Driven();
    const reads = failReads(user, user.status("active"), plus(monday, days(3)));
    expect(reads).toBeLessThan(3 * 24 * 3);
    expect(healthOf(user)).toMatchObject([{ unreadableSince: monday, code: "unavailable" }]);
  });

  test("is told to be readable again when a round has ended, and not before", () => {
    const user = new Driven();
    const first = user.status("active");
    failReads(user, first, plus(monday, hours(2)));
    user.page([], { kind: "page", link: "n1" });
    expect(healthOf(user)).toHaveLength(1);
    user.page([], { kind: "delta", link: "d1" });
    expect(healthOf(user)).toMatchObject([
      { unreadableSince: monday },
      { unreadableSince: null, code: null, at: user.now },
    ]);
  });

  test("is told at once when a person must act, and is over with the user's state", () => {
    const user = new Driven();
    const [order] = user.status("active") as [Call];
    user.fail(order, { code: "outOfScope", retryable: false, status: 403 });
    expect(healthOf(user)).toMatchObject([{ unreadableSince: monday, code: "outOfScope" }]);
    user.pass(minutes(5)).status("error");
    expect(healthOf(user).at(-1)).toMatchObject({ unreadableSince: null });
  });

  test("short trouble is nobody's business", () => {
    const user = new Driven();
    const [order] = user.status("active") as [Call];
    user.fail(order, {});
    user.fire("retry");
    user.page();
    expect(healthOf(user)).toEqual([]);
    expect(user.active.trouble).toBeNull();
  });

  test("our own expired certificate stops nobody until a sweep: tried again within the half hour", () => {
    const user = new Driven();
    let [order] = user.status("active") as [Call];
    for (let failures = 0; failures < 20; failures++) {
      user.fail(order, { code: "credentialsRejected", retryable: false, status: 401 });
      expect((user.dueAt("retry") ?? 0) - user.now).toBeLessThan(minutes(34));
      [order] = user.fire("retry") as [Call];
    }
    expect(healthOf(user)).toMatchObject([{ code: "credentialsRejected" }]);
  });
});

test("states of before reads were counted are taken over, and work on", () => {
  const upgrade = decoratorTopology.upgrades[1]!;
  const user = idle();
  const { named: _n, reads: _r, trouble: _t, ...old } = user.active;
  const oldRound = { startedAt: monday, full: true, page: { kind: "link", link: "l" }, mastersSeen: [] };
  const retry = { kind: "retry", dueAt: monday };
  expect(upgrade({ ...old, round: oldRound, hold: retry })).toEqual({
    ...user.active,
    round: { ...oldRound, pages: 0, covers: [] },
    hold: { ...retry, of: "all" },
    reads: { from: 0, count: 0 },
  });
  expect(upgrade({ ...old })).toEqual({ ...user.active, reads: { from: 0, count: 0 } });
  expect(upgrade({ kind: "absent" })).toEqual({ kind: "absent" });
});
