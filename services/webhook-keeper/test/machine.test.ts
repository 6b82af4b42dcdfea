import { dataTopics, tenantStatus, webexEvents } from "@hybrid/contracts";
import { actorIdOf, checkTopology, hours, minutes, plus } from "@hybrid/kernel";
import { TopologyDriver } from "@hybrid/runtime/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import { keeperMachine } from "../src/domain/machine.ts";
import { stretchesMax } from "../src/domain/numbers.ts";
import { type Input, initial, type State } from "../src/domain/state.ts";
import { keeperTopology } from "../src/topology.ts";

const acme = actorIdOf("acme/o");
const settings = { webexKeyword: "personalRoom", meetKeyword: "space", language: null } as const;

const start = () => {
  const driver = new TopologyDriver(keeperTopology, { partitions: 4 });
  const decide = (tenant: string, status: "active" | "suspended" | "deactivated"): void =>
    driver.publish(tenantStatus, actorIdOf(`acme/t-${tenant}`), {
      tenantId: tenant,
      status,
      generation: 1,
      settings,
      decidedAt: driver.now,
    });
  const [open] = [() => driver.openCalls()];
  const keep = (more: Partial<Extract<Input, { kind: "webhooksKept" }>> = {}): void => {
    const [order] = open();
    if (order?.call.kind !== "keepWebhooks") throw new Error("no look is under way");
    const outcome = { memory: {}, waiting: [], repaired: [], ...more };
    driver.answer(order.callId, { kind: "webhooksKept", look: order.call.look, ...outcome });
  };
  return { driver, decide, keep, kinds: () => open().map(({ call }) => call.kind), open };
};

test("the topology may run", () => {
  const handlers = { keepWebhooks: () => undefined, readMissed: () => undefined };
  expect(() => checkTopology(keeperTopology, { handlers, topics: dataTopics })).not.toThrow();
});

test("an organisation with an active tenant is looked at once, and every five minutes", () => {
  const { driver, decide, keep, kinds } = start();
  decide("1", "active");
  decide("2", "active");
  expect(kinds()).toEqual(["keepWebhooks"]);
  keep();
  expect(kinds()).toEqual([]);
  driver.advanceBy(minutes(5));
  expect(kinds()).toEqual(["keepWebhooks"]);
});

test("with the last tenant the webhooks go, and nothing is looked at any more", () => {
  const { driver, decide, keep, open } = start();
  decide("1", "active");
  keep();
  decide("1", "suspended");
  expect(open().map(({ call }) => call)).toMatchObject([{ kind: "keepWebhooks", isWanted: false }]);
  keep();
  driver.advanceBy(hours(24));
  expect(open()).toEqual([]);
});

test("while one waits to be enabled the next look comes after a minute", () => {
  const { driver, decide, keep, kinds } = start();
  decide("1", "active");
  keep({ waiting: ["x"] });
  driver.advanceBy(minutes(1));
  expect(kinds()).toEqual(["keepWebhooks"]);
});

test("a look that fails is made again, ever later, and never before Webex wants it", () => {
  const { driver, decide, open } = start();
  decide("1", "active");
  const failure = { code: "throttled", retryable: true, retryAt: null, status: 429 } as const;
  const fail = (retryAt = null as null | number) => {
    const [order] = open();
    driver.fail(order?.callId ?? "", { ...failure, retryAt: retryAt as never });
  };
  const waited: number[] = [];
  for (let count = 0; count < 9; count++) {
    fail();
    waited.push(Number(driver.stateOf(acme).lookAt) - driver.now);
    driver.advanceBy(waited.at(-1) ?? 0);
  }
  expect(waited.map((ms) => ms / minutes(1))).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
  fail(plus(driver.now, hours(3)));
  expect(Number(driver.stateOf(acme).lookAt) - driver.now).toBe(hours(3));
});

test("what a repaired webhook missed is read place by place and told at its space's address", () => {
  const { driver, decide, keep, open } = start();
  decide("1", "active");
  const missedSince = plus(driver.now, -minutes(10));
  keep({ repaired: [{ resource: "messages", missedSince }] });
  const hint = {
    webhookId: "events-feed",
    resource: "messages",
    event: "created",
    itemId: "m",
    roomId: "r",
    personId: null,
    actorId: null,
    orgId: null,
    occurrence: "events-feed e",
    receivedAt: driver.now,
  };
  const roomUuid = "0d9185d0-82be-11eb-a24f-d311d66c060c";
  const place = { at: missedSince, eventId: "e" };
  const answer = (more: Partial<Extract<Input, { kind: "missedRead" }>>): void => {
    const [order] = open();
    driver.answer(order?.callId ?? "", { kind: "missedRead", hints: [], place: null, ...more });
  };
  answer({ hints: [{ roomUuid, hint }], place });
  expect(open().map(({ call }) => call)).toMatchObject([
    { kind: "readMissed", stretch: { resource: "messages", from: missedSince, place } },
  ]);
  answer({ hints: [{ roomUuid: null, hint }] });
  expect(open()).toEqual([]);
  expect(driver.emitted.map(({ topic, key }) => [topic, key])).toEqual([
    [webexEvents.name, `acme/r-${roomUuid}`],
    [webexEvents.name, acme],
  ]);
});

test("reading that may succeed later is tried again with the next look; what is forbidden is left", () => {
  const { driver, decide, keep, open, kinds } = start();
  decide("1", "active");
  const missedSince = plus(driver.now, -minutes(10));
  keep({
    repaired: [
      { resource: "messages", missedSince },
      { resource: "rooms", missedSince },
    ],
  });
  const fail = (retryable: boolean): void =>
    driver.fail(open().find(({ call }) => call.kind === "readMissed")?.callId ?? "", {
      code: retryable ? "unavailable" : "invalidRequest",
      retryable,
      retryAt: null,
      status: null,
    });
  fail(true);
  expect(kinds()).toEqual([]);
  driver.advanceBy(minutes(5));
  expect(kinds().sort()).toEqual(["keepWebhooks", "readMissed"]);
  fail(false);
  expect(driver.stateOf(acme).missed.map(({ resource }) => resource)).toEqual(["rooms"]);
});

test("property: whatever happens, missed time is never forgotten but bounded, and no stale outcome counts", () => {
  const repaired = fc.array(
    fc.record({
      resource: fc.constantFrom("messages", "memberships", "rooms"),
      missedSince: fc.constantFrom(null, -minutes(60), -minutes(5), -1_000),
    }),
    { maxLength: 4 },
  );
  fc.assert(
    fc.property(fc.array(repaired, { maxLength: 30 }), (rounds) => {
      let now = plus(0 as never, hours(1_000));
      let state: State = { ...initial, tenants: ["1"] };
      const covered: [string, number, number][] = [];
      for (const round of rounds) {
        now = plus(now, minutes(10));
        const looked = keeperMachine({ ...state, isReading: true }, { kind: "lookDue" }, now, acme);
        const outcome = {
          kind: "webhooksKept",
          memory: {},
          waiting: [],
          repaired: round.map(({ resource, missedSince }) => ({
            resource,
            missedSince: missedSince === null ? null : plus(now, missedSince),
          })),
        } as const;
        const stale = keeperMachine(looked.state, { ...outcome, look: looked.state.look - 1 }, now, acme);
        expect(stale.state).toEqual(looked.state);
        state = keeperMachine(looked.state, { ...outcome, look: looked.state.look }, now, acme).state;
        for (const { resource, missedSince } of outcome.repaired)
          if (missedSince !== null && missedSince < plus(now, -minutes(1)))
            covered.push([resource, missedSince, plus(now, -minutes(1))]);
        expect(state.missed.length).toBeLessThanOrEqual(stretchesMax);
      }
      for (const [resource, from, to] of covered)
        expect(
          state.missed.some((each) => each.resource === resource && each.from <= from && each.to >= to),
        ).toBe(true);
    }),
  );
});
