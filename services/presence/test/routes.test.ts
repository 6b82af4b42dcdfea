import { instant, minutes, plus } from "@hybrid/kernel";
import type { OutgoingRecord } from "@hybrid/log";
import type { Cell, ChangeBatch } from "@hybrid/view";
import fastify from "fastify";
import { expect, onTestFinished, test } from "vitest";
import { presenceRoutes } from "../src/adapters/routes.ts";
import { presenceSettings } from "../src/config.ts";

type Row = Readonly<Record<string, Cell>>;

const now = instant(Date.UTC(2026, 0, 5, 8));
const row = (key: string, over: Row = {}): Row => ({
  key,
  status: "outOfOffice",
  episode: 1,
  since: now,
  until: null,
  source: "automaticReplies",
  expires_at: plus(now, minutes(60)),
  at_webex: 0,
  webex_reason: "noToken",
  at: now,
  ...over,
});

const open = (rows: readonly Row[], batches: readonly ChangeBatch[] = []) => {
  const clock = { at: now, now: () => clock.at };
  const appended: OutgoingRecord[] = [];
  // A table that answers the two queries of the routes by what they ask for.
  const table = {
    all: (_sql: string, ...[first, , ...rest]: readonly Cell[]) =>
      rest.length === 0
        ? rows.filter(({ key }) => key === first)
        : rows.filter(({ key, expires_at }) => String(key) > String(first) && Number(expires_at) > clock.at),
    async *changes() {
      yield* batches;
    },
  };
  const log = { append: async (records: readonly OutgoingRecord[]) => void appended.push(...records) };
  const tokens = new Map([
    ["a-token-of-acme-00", "acme"],
    ["a-token-of-other-0", "other"],
  ]);
  const app = fastify();
  onTestFinished(() => app.close());
  app.register(presenceRoutes({ table, log: log as never, clock, partitions: 4, tokens, onLook: () => {} }), {
    prefix: "/presence",
  });
  const ask = async (path: string, token = "a-token-of-acme-00") => {
    const answer = await app.inject({
      url: `/presence/${path}`,
      headers: { authorization: `Bearer ${token}` },
    });
    return { status: answer.statusCode, text: answer.body };
  };
  return { ask, clock, appended, app };
};

test("presence is shown to the organisation's own token and to nobody else", async () => {
  const { ask, app } = open([row("acme/u-1")]);
  expect((await app.inject({ url: "/presence/acme" })).statusCode).toBe(401);
  for (const path of ["acme", "acme/users/1", "acme/events"]) {
    expect((await ask(path, "no-token-at-all-00")).status).toBe(401);
    expect((await ask(path, "a-token-of-other-0")).status).toBe(403);
  }
  expect(JSON.parse((await ask("acme")).text)).toMatchObject({
    users: [{ user: "1", status: "outOfOffice" }],
  });
});

test("a record that nobody refreshed in time shows nobody as out of office", async () => {
  const { ask, clock } = open([row("acme/u-1")]);
  clock.at = plus(now, minutes(61));
  expect(JSON.parse((await ask("acme")).text)).toEqual({ users: [], next: null });
  expect(JSON.parse((await ask("acme/users/1")).text)).toEqual({ user: "1", status: "none", at: now });
});

test("a look at a user has the mailbox read, at most once a minute", async () => {
  const { ask, clock, appended } = open([row("acme/u-1")]);
  await ask("acme/users/1");
  await ask("acme/users/1");
  expect(appended.map(({ topic, key }) => [topic, key])).toEqual([["mailbox-looks", "acme/u-1"]]);
  clock.at = plus(clock.at, minutes(2));
  await ask("acme/users/1");
  expect(appended).toHaveLength(2);
  expect((await ask("acme/users/not%20one")).status).toBe(404);
});

test("the stream tells the organisation's own changes alone", async () => {
  const changes = ["acme/u-1", "other/u-9", "acme/u-2"].map((key) => ({ table: "presences", key }));
  const { ask } = open(
    [row("acme/u-1")],
    [
      { token: "e.1", isReset: true, changes: [] },
      { token: "e.4", isReset: false, changes },
    ],
  );
  const { text } = await ask("acme/events");
  expect(text).toMatch(/^id: e\.1\nevent: reset/);
  expect(text).toContain('"user":"1","status":"outOfOffice"');
  expect(text).toContain('"user":"2","status":"none"');
  expect(text).not.toContain("9");
});

test("tokens of the read API are told from what is none", () => {
  const read = (given: string) => presenceSettings.read({ PRESENCE_API_TOKENS: given }).PRESENCE_API_TOKENS;
  expect(read("acme=0123456789abcdef, other=fedcba9876543210")).toEqual(
    new Map([
      ["0123456789abcdef", "acme"],
      ["fedcba9876543210", "other"],
    ]),
  );
  for (const wrong of ["acme", "acme=short", "Acme=0123456789abcdef"])
    expect(() => read(wrong)).toThrow(/PRESENCE_API_TOKENS/);
});
