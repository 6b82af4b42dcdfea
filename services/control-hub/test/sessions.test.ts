import { userDirectory } from "@hybrid/contracts";
import type { SessionList } from "@hybrid/control-hub-page/api";
import { expect, test } from "vitest";
import { memorySessions } from "../src/adapters/memory-sessions.ts";
import { SessionsUnavailable } from "../src/adapters/redis-sessions.ts";
import { entry, scene } from "./scene.ts";
import { sessionContract } from "./session-contract.ts";
import { audited } from "./written.ts";

sessionContract("memory", async (clock) => memorySessions(clock));

test("people see where they are signed in, and end all but the session that they are in", async () => {
  const { get, post, signIn } = await scene();
  const here = await signIn();
  const [there, elsewhere] = [await signIn(), await signIn()];
  const list = async () => (await get(here, "/api/sessions")).json<SessionList>().sessions;
  expect((await list()).map(({ isOwn }) => isOwn).filter(Boolean)).toEqual([true]);
  expect(await list()).toHaveLength(3);
  const own = (await list()).find(({ isOwn }) => isOwn)!;
  expect((await post(here, "/api/sessions/end", { session: own.id, all: true })).json()).toEqual({
    ended: 2,
  });
  expect((await list()).map(({ isOwn }) => isOwn)).toEqual([true]);
  for (const gone of [there, elsewhere]) expect((await get(gone, "/api/session")).statusCode).toBe(401);
  expect((await post(here, "/api/sessions/end", { session: "x", all: false })).statusCode).toBe(404);
});

test("an administrator signs a person out of an organisation, and of no other; the audit log says so", async () => {
  const { get, post, signIn, write, log, vault } = await scene();
  await write(userDirectory, { "acme/u-ada": entry(), "rival/u-bo": entry() });
  const admin = await signIn({ org: "acme", name: "admin" });
  const bo = [await signIn({ org: "acme", name: "bo" }), await signIn({ org: "acme", name: "bo" })];
  const rival = await signIn({ org: "rival", name: "bo" });
  const { sessions } = (await get(admin, "/api/o/acme/sessions")).json<SessionList>();
  expect(sessions.map(({ name }) => name).toSorted()).toEqual(["admin", "bo", "bo"]);
  const theirs = sessions.find(({ name }) => name === "bo")!;
  const ended = await post(admin, "/api/o/acme/sessions/end", { session: theirs.id, all: true });
  expect(ended.json()).toEqual({ ended: 2 });
  for (const gone of bo) expect((await get(gone, "/api/session")).statusCode).toBe(401);
  expect((await get(rival, "/api/session")).statusCode).toBe(200);
  const foreign = (await get(rival, "/api/o/rival/sessions")).json<SessionList>().sessions[0]!;
  expect(
    (await post(admin, "/api/o/acme/sessions/end", { session: foreign.id, all: false })).statusCode,
  ).toBe(404);
  const acts = (await audited(log, vault)).map(({ value }) => [value.act, value.by, value.about]);
  expect(acts).toContainEqual(["sessions.end", "admin", "bo"]);
  expect(acts).toContainEqual(["sessions.begin", "bo", null]);
});

test("while sessions cannot be looked up nobody is signed out, and nobody is let in", async () => {
  const { clock, ...rest } = await scene();
  const { get, signIn, sessions } = rest;
  const browser = await signIn();
  const find = sessions.find.bind(sessions);
  sessions.find = () => Promise.reject(new SessionsUnavailable("Redis is away"));
  const answer = await get(browser, "/api/session");
  expect([answer.statusCode, answer.json<{ type: string }>().type]).toEqual([
    503,
    "urn:hybrid:problem:sessionsUnavailable",
  ]);
  sessions.find = find;
  expect((await get(browser, "/api/session")).statusCode).toBe(200);
  expect(clock.now()).toBeGreaterThan(0);
});
