import { join } from "node:path";
import { adminCommands, calendarHealth, userDirectory, userStatus } from "@hybrid/contracts";
import type { UserDetail, UsersPage } from "@hybrid/control-hub-page/api";
import { actorIdOf, sealedFor } from "@hybrid/kernel";
import { sealValue } from "@hybrid/sealing";
import { expect, test } from "vitest";
import { entry, scene, startAt, status } from "./scene.ts";
import { audited, written } from "./written.ts";

const named = (name: string) => `${name}@acme.example`;

/** Of every state one, and one whom the directory keeps back. */
const crowd = async (requestsFile?: string) => {
  const made = await scene(undefined, requestsFile === undefined ? {} : { requestsFile });
  await made.write(userDirectory, {
    "acme/u-ada": entry(),
    "acme/u-bo": entry({ mailAddress: named("Bo") }),
    "acme/u-cy": entry({
      mailAddress: named("cy"),
      obstacles: ["notSignedIn", "externalIdMissing"],
      enabled: false,
    }),
    "acme/u-di": entry({ mailAddress: named("di"), wanted: false, enabled: false }),
    "acme/u-eve": entry({ mailAddress: named("eve") }),
    "other/u-ada": entry({ mailAddress: "ada@other.example" }),
  });
  await made.write(userStatus, {
    "acme/u-ada": status(),
    "acme/u-bo": status({
      to: "error",
      from: "notActivated",
      cause: "mailboxMissing",
      reason: "mailboxMissing",
      failures: 2,
      nextTryAt: startAt + 600_000,
      mailAddress: named("Bo"),
    }),
    "acme/u-cy": status({ to: "disabled", mailAddress: named("cy") }),
  });
  return { ...made, browser: await made.signIn() };
};

test("users stand in the order of attention, with what the directory and user-state say together", async () => {
  const { get, browser } = await crowd();
  const page = (await get(browser, "/api/o/acme/users")).json<UsersPage>();
  expect(page.rows.map(({ id, state, reason }) => [id, state, reason])).toEqual([
    ["bo", "error", "mailboxMissing"],
    ["cy", "notActivated", "notSignedIn"],
    ["eve", "notActivated", "pending"],
    ["ada", "active", null],
    ["di", "disabled", null],
  ]);
  expect(page).toMatchObject({ count: 5, isCountExact: true, next: null });
  expect((await get(browser, "/api/o/acme/user-counts")).json()).toEqual({
    all: 5,
    error: 1,
    notActivated: 2,
    active: 1,
    disabled: 1,
  });
});

test("filters, search and pages choose", async () => {
  const { get, browser } = await crowd();
  const ids = async (query: string) =>
    (await get(browser, `/api/o/acme/users?${query}`)).json<UsersPage>().rows.map(({ id }) => id);
  expect(await ids("state=error")).toEqual(["bo"]);
  expect(await ids("reason=pending")).toEqual(["eve"]);
  expect(await ids("search=B")).toEqual(["bo"]);
  expect(await ids("search=acme&state=notActivated")).toEqual(["cy", "eve"]);
  expect(await ids("search=%25")).toEqual([]);
  const seen: string[] = [];
  let next: string | null = "";
  while (next !== null) {
    const cursor: string = next === "" ? "" : `&cursor=${next}`;
    const page: UsersPage = (await get(browser, `/api/o/acme/users?limit=2&sort=address${cursor}`)).json();
    seen.push(...page.rows.map(({ id }) => id));
    next = page.next;
  }
  expect(seen).toEqual(["ada", "bo", "cy", "di", "eve"]);
  const foreign = await get(browser, "/api/o/acme/users?cursor=bm9uc2Vuc2U");
  expect([foreign.statusCode, foreign.headers["content-type"]]).toEqual([
    400,
    "application/problem+json; charset=utf-8",
  ]);
});

test("sealed addresses are opened for the page, the search and the report, and are gone with their owner's keys", async () => {
  const { get, browser, write, vault, clock } = await crowd();
  const zoe = actorIdOf("acme/u-zoe");
  const given = { ...entry({ mailAddress: "" }), sealedMailAddress: sealedFor(zoe, named("Zoe")) };
  await write(userDirectory, { [zoe]: sealValue(given, vault) as never });
  const found = async () => (await get(browser, "/api/o/acme/users?search=zOE%40")).json<UsersPage>();
  expect(await found()).toMatchObject({
    rows: [{ id: "zoe", mailAddress: named("Zoe") }],
    count: 1,
    isCountExact: true,
    next: null,
  });
  expect((await get(browser, "/api/o/acme/users?search=B&limit=1")).json()).toMatchObject({
    rows: [{ id: "bo" }],
  });
  expect((await get(browser, "/api/o/acme/users/zoe")).json()).toMatchObject({ mailAddress: named("Zoe") });
  expect((await get(browser, "/api/o/acme/users.csv")).body).toContain(named("Zoe"));
  vault.erase(zoe);
  clock.advanceBy(60_001);
  expect(await found()).toMatchObject({ rows: [], count: 0 });
  expect((await get(browser, "/api/o/acme/users/zoe")).json()).toMatchObject({ mailAddress: "" });
});

test("one user is told whole, with history and an unreadable calendar", async () => {
  const { get, browser, write, views } = await crowd();
  await write(calendarHealth, {
    "acme/u-ada": { unreadableSince: startAt - 1_000, code: "outOfScope", at: startAt },
  });
  await write(
    userStatus,
    { "acme/u-ada": status({ transition: 3, from: "active", cause: "renewed" }) },
    views.histories,
  );
  const answer = await get(browser, "/api/o/acme/users/ada");
  const user = answer.json<UserDetail>();
  expect(user).toMatchObject({
    id: "ada",
    version: 3,
    unreadable: { since: startAt - 1_000, code: "outOfScope" },
  });
  expect(user.history.map(({ from, to }) => [from, to])).toEqual([
    ["active", "active"],
    ["notActivated", "active"],
  ]);
  const { etag = "" } = answer.headers as { etag?: string };
  expect((await get(browser, "/api/o/acme/users/ada", { "if-none-match": etag })).statusCode).toBe(304);
  expect((await get(browser, "/api/o/acme/users/nobody")).statusCode).toBe(404);
});

test("an order goes by its topic once, with who gave it, and only for the version that was looked at", async () => {
  const { get, post, browser, log, vault } = await crowd();
  const { etag = "" } = (await get(browser, "/api/o/acme/users/bo")).headers as { etag?: string };
  const key = { "idempotency-key": "0a0a0a0a-1111-4111-8111-000000000001", "if-match": etag };
  const first = await post(browser, "/api/o/acme/users/bo/orders", { order: "retry" }, key);
  const again = await post(browser, "/api/o/acme/users/bo/orders", { order: "retry" }, key);
  expect([first.statusCode, first.json()]).toEqual([202, { orderId: key["idempotency-key"] }]);
  expect(again.json()).toEqual(first.json());
  const other = await post(browser, "/api/o/acme/users/bo/orders", { order: "disable" }, key);
  expect(other.statusCode).toBe(422);
  const stale = { "if-match": '"2.0"' };
  expect((await post(browser, "/api/o/acme/users/bo/orders", { order: "disable" }, stale)).statusCode).toBe(
    412,
  );
  expect((await post(browser, "/api/o/acme/users/cy/orders", { order: "retry" })).statusCode).toBe(409);
  const orders = await written(log, adminCommands);
  expect(orders).toEqual([
    {
      key: "acme/o/user-bo",
      value: expect.objectContaining({
        kind: "toggleUser",
        enabled: true,
        ifMatch: 3,
        orderId: key["idempotency-key"],
      }),
    },
  ]);
  expect(await audited(log, vault)).toEqual([
    {
      key: "acme/o",
      value: expect.objectContaining({
        act: "users.retry",
        about: "bo",
        by: "ada@acme.example",
        role: "full",
      }),
    },
  ]);
});

test("after a restart an order that comes again is not written again; its key is good for nothing else", async () => {
  const before = await crowd();
  const url = "/api/o/acme/users/bo/orders";
  const key = { "idempotency-key": "0a0a0a0a-1111-4111-8111-000000000002" };
  const first = await before.post(before.browser, url, { order: "retry" }, key);
  const after = await crowd(join(before.folder, "requests.sqlite"));
  const again = await after.post(after.browser, url, { order: "retry" }, key);
  expect([again.statusCode, again.json()]).toEqual([first.statusCode, first.json()]);
  expect((await after.post(after.browser, url, { order: "disable" }, key)).json()).toMatchObject({
    status: 422,
    code: "otherRequest",
  });
  expect(await written(after.log, adminCommands)).toEqual([]);
});

test("the report has every user that the filters choose; formulas are none", async () => {
  const { get, browser, write } = await crowd();
  await write(userDirectory, { "acme/u-x": entry({ mailAddress: "=cmd@acme.example" }) });
  const { body, headers } = await get(browser, "/api/o/acme/users.csv?state=notActivated");
  expect(headers["content-type"]).toBe("text/csv; charset=utf-8");
  const [head, ...lines] = body.split("\r\n");
  expect(head).toBe("\uFEFFUser,Mail address,State,Reason,Next retry,Last change,Tenant,Version");
  expect(lines.map((line) => line.split(",").slice(0, 2))).toEqual([
    ["x", "'=cmd@acme.example"],
    ["cy", "cy@acme.example"],
    ["eve", "eve@acme.example"],
    [""],
  ]);
});
