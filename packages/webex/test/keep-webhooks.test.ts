import { instant, minutes, plus } from "@hybrid/kernel";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  type KeptWebhooks,
  keepWebhooks,
  missedEvents,
  planWebhooks,
  type WantedWebhook,
  type WebexClient,
  type Webhook,
} from "../src/index.ts";
import { openSimulatedWebex, type SimulatedWebex } from "./simulated-webex.ts";

const signal = new AbortController().signal;
const prefix = "hybrid acme ";
const wanted = (resource: string, more: Partial<WantedWebhook> = {}): WantedWebhook => ({
  name: `${prefix}${resource}`,
  targetUrl: "https://localhost:1/hook",
  resource,
  event: "all",
  secret: "s",
  ...more,
});
const both = [wanted("messages"), wanted("memberships")];

let world: SimulatedWebex;
let nora: WebexClient;
beforeEach(async () => {
  world = await openSimulatedWebex();
  nora = world.client("nora");
});
afterEach(async () => await world.close());

const list = async (): Promise<readonly Webhook[]> => {
  const found: Webhook[] = [];
  for await (const { items } of nora.listWebhooks({}, signal)) found.push(...items);
  return found;
};
const keep = async (hooks: readonly WantedWebhook[], memory: KeptWebhooks["memory"] = {}) =>
  await keepWebhooks(nora, { wanted: hooks, prefix, memory, now: world.scheduler.now() }, signal);
const later = (ms: number): void => void world.scheduler.at(plus(world.scheduler.now(), ms), () => undefined);

test("missing webhooks are made once; strays of ours go, those of others stay", async () => {
  await nora.createWebhook({ ...wanted("rooms"), name: "somebody else's" }, signal);
  await nora.createWebhook(wanted("rooms"), signal);
  await nora.createWebhook(wanted("messages"), signal);
  await nora.createWebhook(wanted("messages"), signal);
  const { memory, repaired } = await keep(both);
  expect(repaired).toEqual([{ name: `${prefix}memberships`, missedSince: null }]);
  const names = (await list()).map(({ name }) => name).sort((a, b) => String(a).localeCompare(String(b)));
  expect(names).toEqual([`${prefix}memberships`, `${prefix}messages`, "somebody else's"]);
  const before = await list();
  expect(await keep(both, memory)).toMatchObject({ repaired: [], waiting: [] });
  expect(await list()).toEqual(before);
});

test("another address is corrected in place; another event or filter is made again", async () => {
  const first = await keep(both);
  const [messages] = await list();
  const moved = wanted("messages", { targetUrl: "https://localhost:2/hook" });
  await keep([moved, wanted("memberships")], first.memory);
  expect((await list())[0]).toMatchObject({ id: messages?.id, targetUrl: moved.targetUrl });
  const narrower = { ...moved, event: "created" };
  const { repaired } = await keep([narrower, wanted("memberships")], first.memory);
  expect(repaired).toEqual([{ name: moved.name, missedSince: expect.any(Number) }]);
  expect((await list()).find(({ name }) => name === moved.name)).toMatchObject({ event: "created" });
});

test("a webhook that a hundred failures disabled is enabled after five minutes, and what it missed is read", async () => {
  world.webex.addToken({
    token: "officer",
    orgId: "acme",
    defaultSite: "acme.webex.com",
    person: "olaf@acme.example",
    scopes: ["spark-compliance:events_read"],
  });
  const start = await keep(both);
  const room = await nora.createRoom({ title: "Press" }, signal);
  for (let count = 0; count < 110; count++)
    await nora.createMessage({ roomId: room.id, markdown: String(count) }, signal);
  await world.webex.deliveriesSettled();
  expect((await list()).map(({ status }) => status)).toEqual(["inactive", "active"]);
  const seen = await keep(both, start.memory);
  expect(seen).toMatchObject({ repaired: [], waiting: [`${prefix}messages`] });
  later(minutes(4));
  await Promise.resolve();
  expect((await keep(both, seen.memory)).waiting).toEqual([`${prefix}messages`]);
  later(minutes(2));
  await Promise.resolve();
  const { repaired } = await keep(both, seen.memory);
  const missedSince = start.memory[`${prefix}messages`]?.goodAt ?? null;
  expect(repaired).toEqual([{ name: `${prefix}messages`, missedSince }]);
  expect((await list()).map(({ status }) => status)).toEqual(["active", "active"]);
  const missed = new Set<unknown>();
  const stretch = { from: missedSince ?? instant(0), to: world.scheduler.now(), resources: ["messages"] };
  for await (const page of missedEvents(world.client("officer"), stretch, signal))
    for (const { data } of page) missed.add(data["text"]);
  expect(missed.size).toBe(110);
});

test("missed time: late events and ties come once, past empty pages and max=null; a failing page is no end", async () => {
  world.webex.addToken({
    token: "officer",
    orgId: "acme",
    defaultSite: "acme.webex.com",
    person: "olaf@acme.example",
    scopes: ["spark-compliance:events_read"],
  });
  const officer = world.client("officer");
  const room = await nora.createRoom({ title: "Press" }, signal);
  world.webex.feedFaults.lateByMs = 30_000;
  for (let count = 0; count < 1_100; count++) {
    const person = world.webex.people()[0];
    const simulated = [...world.webex.spaces.rooms.values()][0];
    if (person && simulated) world.webex.spaces.post(person, simulated, { text: String(count) });
  }
  const from = world.scheduler.now();
  later(minutes(1));
  await Promise.resolve();
  world.webex.feedFaults.emptyPages = 1;
  world.webex.feedFaults.nextSaysMaxNull = true;
  const stretch = { from, to: world.scheduler.now(), resources: ["messages"] };
  const ids: string[] = [];
  for await (const page of missedEvents(officer, stretch, signal)) ids.push(...page.map(({ id }) => id));
  expect([ids.length, new Set(ids).size]).toEqual([1_100, 1_100]);
  world.webex.revokeToken("officer");
  const failing = missedEvents(officer, stretch, signal);
  await expect(failing.next()).rejects.toMatchObject({ code: "unauthorized" });
  expect(room.id).toBeDefined();
});

test("property: whatever was there, a plan that was carried out leaves nothing to do but to wait", () => {
  const hook = fc.record({
    id: fc.uuid(),
    name: fc.constantFrom(`${prefix}messages`, `${prefix}memberships`, `${prefix}old`, "another's"),
    targetUrl: fc.constantFrom("https://localhost:1/hook", "https://elsewhere.example/"),
    resource: fc.constantFrom("messages", "memberships"),
    event: fc.constantFrom("all", "created"),
    status: fc.constantFrom("active", "inactive"),
    ownedBy: fc.constantFrom("creator", "org"),
  });
  fc.assert(
    fc.property(fc.uniqueArray(hook, { selector: ({ id }) => id, maxLength: 8 }), (hooks) => {
      const now = instant(1_800_000_000_000);
      const start = hooks.map((each) => ({ ...each, withheld: [] as string[] })) as Webhook[];
      const plan = planWebhooks({ found: start, wanted: both, prefix, memory: {}, now });
      const after = plan.steps.reduce<Webhook[]>((found, step) => {
        if (step.kind === "remove") return found.filter(({ id }) => id !== step.webhookId);
        const made = { ...step.wanted, status: "active", withheld: [] };
        if (step.kind === "create") return [...found, { ...made, id: `new ${step.wanted.name}` }];
        return found.map((each) => (each.id === step.webhookId ? { ...each, ...made, id: each.id } : each));
      }, start);
      const again = planWebhooks({ found: after, wanted: both, prefix, memory: plan.memory, now });
      expect(again.steps).toEqual([]);
      expect(again.waiting).toEqual(plan.waiting);
      const late = plus(now, minutes(5));
      const then = planWebhooks({ found: after, wanted: both, prefix, memory: plan.memory, now: late });
      expect(then.steps.map(({ kind }) => kind)).toEqual(plan.waiting.map(() => "enable"));
      expect(after.filter(({ name }) => name === "another's")).toEqual(
        start.filter(({ name }) => name === "another's"),
      );
    }),
  );
});
