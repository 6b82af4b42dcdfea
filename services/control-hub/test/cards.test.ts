import { expect, test } from "vitest";
import { cardsOf, type Known } from "../src/domain/cards.ts";

const nothing: Known = {
  users: { all: 0, active: 0, error: 0, notActivated: 0 },
  tenants: [],
  groups: null,
  connectors: [],
};
const users = { all: 5, active: 3, error: 1, notActivated: 1 };
const groups = { isAuthorised: true, isEnabled: true, missing: [], connected: 2 };
const running = { state: "running", problem: null, lastAt: 7 } as const;

const told = (known: Partial<Known>) =>
  cardsOf({ ...nothing, ...known }).map(({ state, missing }) => [state, ...missing]);

test("nothing is there: each card says what comes first", () => {
  expect(told({})).toEqual([
    ["notActivated", "tenant", "people"],
    ["notActivated", "configuration"],
    ["notActivated", "connector"],
  ]);
});

test.each<[string, Partial<Known>, readonly string[]]>([
  ["a tenant and nobody Active", { tenants: [{ status: "active" }] }, ["notActivated", "people"]],
  [
    "users that wait",
    { tenants: [{ status: "active" }], users: { ...users, active: 0 } },
    ["notActivated", "firstUser"],
  ],
  ["at work", { tenants: [{ status: "active" }], users }, ["active"]],
  [
    "consent taken back",
    { tenants: [{ status: "active" }, { status: "suspended" }], users },
    ["error", "consentRevoked"],
  ],
  ["deactivated", { tenants: [{ status: "deactivated" }], users }, ["disabled", "tenantDeactivated"]],
])("calendar: %s", (_what, known, wanted) => expect(told(known)[0]).toEqual(wanted));

test.each<[string, Known["groups"], readonly string[]]>([
  ["a tick is missing", { ...groups, missing: ["linkedFolders"] }, ["notActivated", "linkedFolders"]],
  ["not accepted", { ...groups, isAuthorised: false }, ["notActivated", "authorisation"]],
  ["switched off", { ...groups, isEnabled: false }, ["disabled", "switch"]],
  ["on", groups, ["active"]],
])("groups: %s", (_what, found, wanted) => expect(told({ groups: found })[1]).toEqual(wanted));

test.each<[string, Known["connectors"], readonly string[]]>([
  ["running", [running], ["active"]],
  ["all paused", [{ ...running, state: "paused" }], ["disabled", "paused"]],
  ["one has a problem", [running, { ...running, problem: "unauthorized" }], ["error", "unauthorized"]],
])("archive: %s", (_what, connectors, wanted) => expect(told({ connectors })[2]).toEqual(wanted));
