import type { ConnectorAssignment, MailboxMigration, Presence } from "@hybrid/contracts";
import { expect, test } from "vitest";
import { migrationWhy } from "../src/explaining/migration-why.ts";
import { presenceWhy } from "../src/explaining/presence-why.ts";

const at = Date.UTC(2026, 0, 5, 8);
const hourMs = 3_600_000;
const webex = { personId: "p", active: true, messaging: true, linked: true };
const entry = { removed: false, enabled: true, connector: null, webex };
const active = { to: "active", reason: null } as const;
const out: Presence = {
  status: "outOfOffice",
  episode: 1,
  since: at - hourMs,
  until: null,
  source: "automaticReplies",
  expiresAt: at + hourMs,
  atWebex: false,
  webexReason: "noToken",
  at: at - hourMs,
};

const holdsOf = (rules: readonly { readonly holds: boolean }[]): string =>
  rules.map(({ holds }) => (holds ? "y" : "n")).join("");

test.each<[string, Parameters<typeof presenceWhy>[0], string, RegExp]>([
  ["away, without a token", { now: at, status: active, entry, said: out }, "yyyn", /given no token/],
  [
    "away and shown at Webex",
    { now: at, status: active, entry, said: { ...out, atWebex: true, webexReason: null } },
    "yyyy",
    /own token/,
  ],
  ["void", { now: at + 2 * hourMs, status: active, entry, said: out }, "yynn", /does the service run/],
  ["never away", { now: at, status: active, entry, said: undefined }, "ynnn", /up to 20 minutes/],
  [
    "without consent",
    { now: at, status: { to: "error", reason: "consentRevoked" }, entry, said: undefined },
    "nnnn",
    /error consentRevoked/,
  ],
  [
    "in Error that may pass",
    { now: at, status: { to: "error", reason: "unavailable" }, entry, said: out },
    "yyyn",
    /what was known holds/,
  ],
])("why a user is out of office or not: %s", (_name, facts, holds, because) => {
  const rules = presenceWhy(facts);
  expect(holdsOf(rules)).toBe(holds);
  expect(rules.map((rule) => rule.because).join("; ")).toMatch(because);
});

const serving: ConnectorAssignment = {
  stage: "serving",
  cluster: "north",
  mailbox: "exchange",
  resourceGroup: null,
  reason: "mailboxOnPremises",
  at,
};
const moved: MailboxMigration = {
  direction: "toCloud",
  noticedAt: at,
  completedAt: at,
  waitsFor: null,
  at,
};
const letGo = { to: "notActivated", reason: "onConnector" } as const;

test.each<[string, Parameters<typeof migrationWhy>[0], string, RegExp]>([
  [
    "on premises",
    { entry, status: letGo, assignment: serving, migration: undefined },
    "ynyny",
    /serving north, mailboxOnPremises/,
  ],
  [
    "came to the cloud",
    { entry, status: active, assignment: { ...serving, stage: "released" }, migration: moved },
    "ynnyn",
    /to the cloud, noticed/,
  ],
  [
    "kept by a resource group",
    {
      entry: { ...entry, connector: { resourceGroup: "pilot" } },
      status: letGo,
      assignment: { ...serving, reason: "resourceGroup" },
      migration: undefined,
    },
    "yynny",
    /resource group pilot/,
  ],
  [
    "nobody",
    { entry: undefined, status: undefined, assignment: undefined, migration: undefined },
    "nnnnn",
    /know/,
  ],
])("why a side serves a user: %s", (_name, facts, holds, because) => {
  const rules = migrationWhy(facts);
  expect(holdsOf(rules)).toBe(holds);
  expect(rules.map((rule) => rule.because).join("; ")).toMatch(because);
});
