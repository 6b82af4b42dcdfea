import { actorIdOf, minutes, plus } from "@hybrid/kernel";
import { MachineDriver } from "@hybrid/kernel/testing";
import { expect, test } from "vitest";
import type { Call, Input, Order } from "../src/domain/inputs.ts";
import { userMachine } from "../src/domain/machine.ts";
import { designNumbers, walkPage } from "../src/domain/numbers.ts";
import { initial, type State } from "../src/domain/state.ts";
import { decision } from "./cells.ts";
import { startAt, tenantId } from "./subject.ts";

const users = ["acme/u-1", "acme/u-2", "acme/u-3"].map(actorIdOf);

const start = (): MachineDriver<State, Input, Call> =>
  new MachineDriver({
    machine: userMachine(designNumbers),
    initial,
    self: actorIdOf(`acme/t-${tenantId}#3`),
    startAt,
  });

const told = (orders: readonly Order[]): readonly string[] =>
  orders.flatMap((each) => (each.kind === "tell" ? [each.to] : []));

test("a decision is told page by page, at the partition's share of the tenant's write rate", () => {
  const tenant = start();
  const { users: limit, pauseMs } = walkPage(designNumbers, true);
  const listing = tenant.send({ kind: "tenantStatusChanged", status: decision(1, "active") });
  expect(MachineDriver.calls(listing)).toEqual([{ kind: "listActors", generation: 1, after: null, limit }]);
  const page = tenant.send({
    kind: "actorsListed",
    generation: 1,
    after: null,
    users: users.slice(0, 2),
    more: true,
  });
  expect(told(page)).toEqual(["acme/u-1", "acme/u-2"]);
  expect(tenant.send({ kind: "timerFired", name: "walk" })).toEqual([]);
  const next = tenant.pass(pauseMs).send({ kind: "timerFired", name: "walk" });
  expect(MachineDriver.calls(next)).toEqual([
    { kind: "listActors", generation: 1, after: "acme/u-2", limit },
  ]);
  tenant.send({ kind: "actorsListed", generation: 1, after: "acme/u-2", users: users.slice(2), more: false });
  expect(tenant.state).toMatchObject({ walk: { kind: "done" } });
});

test("a newer decision starts the walk anew, and the old walk's page is not told", () => {
  const tenant = start();
  tenant.send({ kind: "tenantStatusChanged", status: decision(1, "active") });
  const again = tenant.send({ kind: "tenantStatusChanged", status: decision(2, "suspended") });
  expect(MachineDriver.calls(again)).toMatchObject([{ generation: 2, after: null }]);
  expect(tenant.send({ kind: "actorsListed", generation: 1, after: null, users, more: true })).toEqual([]);
  const page = tenant.send({ kind: "actorsListed", generation: 2, after: null, users, more: false });
  expect(page[0]).toMatchObject({ input: { kind: "tenantDecided", generation: 2, status: "suspended" } });
});

test("a repeated or older decision changes nothing", () => {
  const tenant = start();
  tenant.send({ kind: "tenantStatusChanged", status: decision(2, "active") });
  expect(tenant.send({ kind: "tenantStatusChanged", status: decision(2, "active") })).toEqual([]);
  expect(tenant.send({ kind: "tenantStatusChanged", status: decision(1, "suspended") })).toEqual([]);
});

test("a listing that failed is repeated from where it was", () => {
  const tenant = start();
  tenant.send({ kind: "tenantStatusChanged", status: decision(1, "active") });
  tenant.send({ kind: "actorsListed", generation: 1, after: null, users: users.slice(0, 1), more: true });
  tenant.pass(minutes(1)).send({ kind: "timerFired", name: "walk" });
  tenant.send({ kind: "listingFailed", generation: 1, after: "acme/u-1" });
  const next = tenant.pass(minutes(1)).send({ kind: "timerFired", name: "walk" });
  expect(MachineDriver.calls(next)).toMatchObject([{ after: "acme/u-1" }]);
});

test("a user who joins is told the present decision, and nothing before there is one", () => {
  const tenant = start();
  expect(tenant.send({ kind: "userJoined", user: users[0]! })).toEqual([]);
  expect(tenant.state).toEqual(initial);
  tenant.send({ kind: "tenantStatusChanged", status: decision(1, "active") });
  expect(told(tenant.send({ kind: "userJoined", user: users[0]! }))).toEqual(["acme/u-1"]);
});

test("all partitions together keep to the tenant's rate, and a page's ids fit into an outcome", () => {
  for (const partitions of [1, 8, 48, 192]) {
    const { users: each, pauseMs } = walkPage({ ...designNumbers, partitions }, true);
    const perSecond = (each / pauseMs) * 1_000 * partitions;
    expect(perSecond).toBeLessThanOrEqual(20);
    expect(perSecond).toBeGreaterThan(19);
  }
  expect(designNumbers.walkUsersMax * ("o".repeat(64).length + "/u-".length + 64 + 3)).toBeLessThan(
    64 * 1_024,
  );
});

test("a suspension does not wait for the rate of writes", () => {
  const tenant = start();
  tenant.send({ kind: "tenantStatusChanged", status: decision(1, "suspended") });
  tenant.send({ kind: "actorsListed", generation: 1, after: null, users, more: true });
  expect(tenant.state).toMatchObject({
    walk: { dueAt: plus(startAt, designNumbers.suspensionWalkPauseMs) },
  });
});
