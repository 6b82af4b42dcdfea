import { meetingRulesKey } from "@hybrid/contracts";
import { orgIdOf } from "@hybrid/kernel";
import { expect, test } from "vitest";
import { meetingRulesFrom } from "../src/index.ts";

const org = orgIdOf("acme");
const { signal } = new AbortController();
const rule = { name: "ours", service: "webex", hosts: ["join.acme.example"], path: "/[a-z]+" };

const viewOf = (row: { version: number; document: string | null } | null, missing: string | null = null) => ({
  asked: [] as unknown[],
  row,
  missing,
  all(_sql: string, ...values: readonly unknown[]) {
    this.asked.push(...values);
    return this.row ? [this.row] : [];
  },
  caughtUp: async () => undefined,
  notReady() {
    return this.missing;
  },
});

test("an organisation's rules are compiled once for each version", async () => {
  const view = viewOf({ version: 1, document: JSON.stringify({ addresses: [rule] }) });
  const rulesOf = meetingRulesFrom(view);
  const first = await rulesOf(org, signal);
  expect(first.own?.knowsHost("join.acme.example")).toBe(true);
  expect(first.own?.knowsHost("zoom.us")).toBe(false);
  expect(first.all.knowsHost("join.acme.example")).toBe(true);
  expect(first.all.knowsHost("zoom.us")).toBe(true);
  expect(await rulesOf(org, signal)).toBe(first);
  expect(view.asked).toEqual([meetingRulesKey(org), meetingRulesKey(org)]);
  view.row = { version: 2, document: null };
  expect((await rulesOf(org, signal)).own).toBeNull();
});

test("an organisation without rules has none, and rules that cannot be read are none, not a failure", async () => {
  const none = await meetingRulesFrom(viewOf(null))(org, signal);
  expect(none.own).toBeNull();
  expect(none.all.knowsHost("zoom.us")).toBe(true);
  const broken = await meetingRulesFrom(viewOf({ version: 1, document: "{" }))(org, signal);
  expect(broken.own?.knowsHost("join.acme.example")).toBe(false);
  expect(broken.all.knowsHost("zoom.us")).toBe(true);
});

test("nobody is judged without the rules that were there: a view that is behind is a failure that passes", async () => {
  const behind = meetingRulesFrom(viewOf(null, "it is being read"))(org, signal);
  await expect(behind).rejects.toMatchObject({ code: "unavailable", retryable: true });
  const never = { ...viewOf(null, "it has not begun"), caughtUp: () => new Promise<void>(() => undefined) };
  const ended = new AbortController();
  const waiting = meetingRulesFrom(never)(org, ended.signal);
  ended.abort();
  await expect(waiting).rejects.toMatchObject({ code: "unavailable" });
});
