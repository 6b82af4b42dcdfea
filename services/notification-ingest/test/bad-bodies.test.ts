import { gzipSync } from "node:zlib";
import { signClientState } from "@hybrid/contracts";
import { type EpochMs, minutes, orgIdOf, plus, userActor } from "@hybrid/kernel";
import { afterEach, beforeEach, expect, test } from "vitest";
import { change, decoded, type Harness, key, nora, now, startHarness } from "./harness.ts";

let ingest: Harness;

beforeEach(() => {
  ingest = startHarness();
});
afterEach(() => ingest.app.close());

const send = async (to: Harness, payload: string | Buffer, headers: Record<string, string> = {}) =>
  to.app.inject({
    method: "POST",
    url: "/graph/notifications",
    headers: { "content-type": "application/json", ...headers },
    payload,
  });

const good = JSON.stringify({ value: [change(nora, "A")] });
const topicsOf = (given: Harness): readonly string[] => given.log.records.map(({ topic }) => topic);
const causesOf = (given: Harness): readonly string[] =>
  given.log.records.map(decoded).map((seen) => (seen.topic === "dead" ? seen.value.cause : seen.topic));

/** 10 KB that would unpack to 10 MB. */
const bomb = gzipSync(Buffer.alloc(10 * 1024 * 1024, " "));

test.each(["gzip", "br", "deflate", "gzip, gzip"])(
  "a body packed with %s is 415 and never unpacked, however little it seems",
  async (encoding) => {
    const answer = await send(ingest, bomb, { "content-encoding": encoding });
    expect([answer.statusCode, answer.headers["accept-encoding"]]).toEqual([415, "identity"]);
    expect(ingest.log.appends).toEqual([]);
    expect((await send(ingest, good, { "content-encoding": "identity" })).statusCode).toBe(202);
  },
);

test("a byte order mark in front of a body does no harm", async () => {
  expect((await send(ingest, `\uFEFF${good}`)).statusCode).toBe(202);
  expect(topicsOf(ingest)).toEqual(["calendar-changes"]);
});

test("bytes that are no UTF-8 refuse the body: no id is quietly turned into another", async () => {
  const [before = "", after = ""] = JSON.stringify({ value: [change(nora, "A@Z")] }).split("@");
  const body = Buffer.concat([Buffer.from(before), Buffer.from([0xff]), Buffer.from(after)]);
  expect((await send(ingest, body)).statusCode).toBe(400);
  const [dead] = ingest.log.records.map(decoded);
  expect(dead).toMatchObject({ topic: "dead", value: { cause: "malformed" } });
  expect(dead?.value).toHaveProperty("detail", expect.stringMatching(/: not UTF-8$/));
});

test("of a name that stands twice in an item the last one counts, for authentication as for its use", async () => {
  const own = signClientState(nora, key);
  const item = JSON.stringify(change(nora, "first"));
  const twice = (state: string, id: string): string =>
    `${item.slice(0, -1)},"clientState":"${state}","resourceData":{"id":"${id}"}}`;
  await send(ingest, `{"value":[0],"value":[${twice(own, "last")},${twice("forged", "last")}]}`);
  expect(causesOf(ingest)).toEqual(["calendar-changes", "unauthenticated"]);
  expect(decoded(ingest.log.records[0]!).value).toHaveProperty("eventId", "last");
});

test("names such as __proto__ give an item nothing that it does not hold itself", async () => {
  const whole = JSON.stringify(change(nora, "A"));
  const inherited = `{"__proto__":${whole},"constructor":{"prototype":${whole}}}`;
  const beside = `${whole.slice(0, -1)},"__proto__":{"tenantId":"evil"},"toString":1}`;
  expect(
    (await send(ingest, `{"__proto__":{"value":[0]},"value":[${inherited},${beside}]}`)).statusCode,
  ).toBe(202);
  expect(causesOf(ingest)).toEqual(["unauthenticated", "calendar-changes"]);
  expect(decoded(ingest.log.records[1]!).value).not.toHaveProperty("tenantId", "evil");
  expect((await send(ingest, `{"__proto__":{"value":[${whole}]}}`)).statusCode).toBe(400);
  expect(({} as Record<string, unknown>)["tenantId"]).toBeUndefined();
});

test("numbers as strings, strings as numbers and nulls are malformed, item by item", async () => {
  const value = [
    change(nora, "A", { subscriptionId: 5 }),
    change(nora, "A", { changeType: 1 }),
    change(nora, "A", { resourceData: { id: 17 }, resource: null }),
    change(nora, "A", { resourceData: "AAMk", resource: null }),
    change(nora, "A", { tenantId: false }),
    change(nora, "A", { clientState: 12 }),
    null,
    change(nora, "B"),
  ];
  expect((await send(ingest, JSON.stringify({ value }))).statusCode).toBe(202);
  const malformed = Array.from({ length: 5 }, () => "malformed");
  expect(causesOf(ingest)).toEqual([...malformed, "unauthenticated", "unauthenticated", "calendar-changes"]);
});

test("every item of a large genuine body is taken when bodies may be large", async () => {
  const large = startHarness({ bodyBytesMax: 4 * 1024 * 1024 });
  const value = Array.from({ length: 3_000 }, (_, n) => change(nora, `event-${n}`));
  expect((await send(large, JSON.stringify({ value }))).statusCode).toBe(202);
  expect(large.log.appends).toEqual([3_000]);
  await large.app.close();
});

test.each([
  [
    "of another organisation's subscription, moved over",
    signClientState(userActor(orgIdOf("other"), "nora"), key).replace(".other.", ".acme."),
  ],
  ["signed with a key that was taken out", signClientState(nora, new Uint8Array(32).fill(8))],
  ["cut off", signClientState(nora, key).slice(0, -1)],
  ["with something behind it", `${signClientState(nora, key)}A`],
  ["in another case", signClientState(nora, key).toUpperCase()],
  ["for another user of the organisation", signClientState(nora, key).replace("u-nora", "u-omar")],
  ["empty", ""],
  ["far too long", "v1.".padEnd(100_000, "a")],
])("a clientState %s is unauthenticated and names no actor", async (_, clientState) => {
  expect(
    (await send(ingest, JSON.stringify({ value: [change(nora, "A", { clientState })] }))).statusCode,
  ).toBe(202);
  const [dead] = ingest.log.records.map(decoded);
  expect(dead).toMatchObject({ topic: "dead", key: null, value: { cause: "unauthenticated" } });
});

test("a subscription that we do not know is accepted with a genuine clientState: its owner decides", async () => {
  const subscriptionId = "00000000-0000-4000-8000-000000000000";
  expect(
    (await send(ingest, JSON.stringify({ value: [change(nora, "A", { subscriptionId })] }))).statusCode,
  ).toBe(202);
  expect(decoded(ingest.log.records[0]!)).toMatchObject({ key: nora, value: { subscriptionId } });
});

test("strangers cannot fill the dead letters: beyond the bound they are only counted", async () => {
  /*
   * Goal: thousands of bad requests write at most the bound a minute, genuine items always pass.
   * Method: 600 bad bodies and 600 forged items, a genuine item beside some of them; then a minute later.
   */
  let at: EpochMs = now;
  const limited = startHarness({ clock: { now: () => at }, anonymousDeadLettersPerMinute: 50 });
  const forged = (n: number) => change(nora, `${n}`, { clientState: "forged" });
  for (let n = 0; n < 600; n++) {
    expect((await send(limited, `{ bad ${n}`)).statusCode).toBe(400);
    const value = n % 40 === 0 ? [forged(n), change(nora, `real-${n}`)] : [forged(n)];
    expect((await send(limited, JSON.stringify({ value }))).statusCode).toBe(202);
  }
  const dead = topicsOf(limited).filter((topic) => topic.endsWith("-dead"));
  expect(dead).toHaveLength(50);
  expect(topicsOf(limited)).toHaveLength(50 + 15);
  expect(await limited.metric("hybrid_ingest_dead_letters_withheld_total", {})).toBe(1_150);
  const unauthenticated = { kind: "change", result: "unauthenticated" };
  expect(await limited.metric("hybrid_ingest_items_total", unauthenticated)).toBe(600);
  expect(limited.logged().match(/CLIENT_STATE_KEYS lacks the key/g)).toHaveLength(1);
  at = plus(at, minutes(1));
  await send(limited, "{ bad");
  expect(topicsOf(limited)).toHaveLength(50 + 15 + 1);
  await limited.app.close();
});

test("what a genuine sender got wrong is always written down, also when strangers used up the bound", async () => {
  const limited = startHarness({ anonymousDeadLettersPerMinute: 1 });
  const wrong = change(nora, "A", { changeType: 7 });
  await send(limited, JSON.stringify({ value: [null, null, wrong, wrong] }));
  expect(causesOf(limited)).toEqual(["unauthenticated", "malformed", "malformed"]);
  await limited.app.close();
});
