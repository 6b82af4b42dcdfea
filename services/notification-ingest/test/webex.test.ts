import { createHmac } from "node:crypto";
import { signWebhookAddress, type WebexHint, webhookSecretOf } from "@hybrid/contracts";
import { type ActorId, actorIdOf } from "@hybrid/kernel";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { decoded, type Harness, key, now, startHarness } from "./harness.ts";
import { unavailable } from "./memory-log.ts";

let ingest: Harness;
beforeEach(() => {
  ingest = startHarness();
});
afterEach(() => ingest.app.close());

const acme = actorIdOf("acme/o");
const uuid = "0d9185d0-82be-11eb-a24f-d311d66c060c";
const roomId = (cluster = "us"): string =>
  Buffer.from(`ciscospark://${cluster}/ROOM/${uuid.toUpperCase()}`).toString("base64");

const delivery = (more: object = {}, data: object = {}): Record<string, unknown> => ({
  id: "hook",
  name: "ours",
  resource: "memberships",
  event: "created",
  orgId: "org",
  actorId: "actor",
  data: {
    id: "item",
    roomId: roomId(),
    personId: "person",
    personEmail: "nora@acme.example",
    created: "2026-01-05T08:00:00.000Z",
    ...data,
  },
  ...more,
});

const hmac = (algorithm: string, body: string, secret = webhookSecretOf(acme, key)): string =>
  createHmac(algorithm, secret).update(body).digest("hex");

interface Sent {
  readonly to?: ActorId;
  readonly headers?: Readonly<Record<string, string>>;
  readonly path?: string;
}
const send = async (given: object | string, { to = acme, headers, path }: Sent = {}): Promise<number> => {
  const body = typeof given === "string" ? given : JSON.stringify(given);
  const { statusCode } = await ingest.app.inject({
    method: "POST",
    url: path ?? `/webex/webhooks/${signWebhookAddress(to, key)}`,
    headers: {
      "content-type": "application/json;charset=UTF-8",
      ...(headers ?? { "x-spark-signature": hmac("sha1", body, webhookSecretOf(to, key)) }),
    },
    payload: body,
  });
  return statusCode;
};
const seen = () => ingest.log.records.map(decoded);
const deliveries = (result: string): Promise<number> =>
  ingest.metric("hybrid_ingest_webex_deliveries_total", { result });

test("a delivery is durable before its answer, and goes to its space's entity", async () => {
  expect(await send(delivery())).toBe(202);
  expect(seen()).toEqual([
    {
      topic: "webex-events",
      key: `acme/r-${uuid}`,
      value: {
        webhookId: "hook",
        resource: "memberships",
        event: "created",
        itemId: "item",
        roomId: roomId(),
        personId: "person",
        actorId: "actor",
        orgId: "org",
        occurrence: expect.stringMatching(/^[\w-]{43}$/),
        receivedAt: now,
      },
    },
  ]);
  expect(JSON.stringify(seen())).not.toContain("nora@");
});

test("ids of another cluster, padded or not, name the same entity; a space is its own; others keep the address", async () => {
  await send(delivery({}, { id: "1", roomId: roomId("urn:TEAM:us-west-2_r").replaceAll("=", "") }));
  await send(delivery({ resource: "rooms" }, { id: roomId(), roomId: undefined }));
  await send(delivery({ resource: "meetings" }, { id: "2" }));
  await send(delivery({ resource: "messages" }, { id: "3", roomId: "room_id" }), {
    to: actorIdOf("acme/u-nora"),
  });
  expect(seen().map((record) => record.key)).toEqual([
    `acme/r-${uuid}`,
    `acme/r-${uuid}`,
    "acme/o",
    "acme/u-nora",
  ]);
});

test("memberships without roomType, and an update that comes before what it changes, are taken as they come", async () => {
  const updated = { id: "m", updated: "2026-01-05T08:00:01.000Z" };
  expect(await send(delivery({ resource: "messages", event: "updated" }, updated))).toBe(202);
  expect(await send(delivery({ resource: "messages", event: "created" }, { id: "m" }))).toBe(202);
  expect(await send(delivery())).toBe(202);
  const events = seen().map(({ value }) => (value as WebexHint).event);
  expect(events).toEqual(["updated", "created", "created"]);
});

test.each([
  ["no signature", {}],
  [
    "a signature of another secret",
    { "x-spark-signature": hmac("sha1", JSON.stringify(delivery()), "other") },
  ],
  [
    "a signature of the body as somebody rewrote it",
    { "x-spark-signature": hmac("sha1", JSON.stringify(delivery(), null, 1)) },
  ],
  ["text instead of a signature", { "x-spark-signature": "yes" }],
  [
    "one right signature and one wrong",
    { "x-spark-signature": hmac("sha1", JSON.stringify(delivery())), "x-webex-signature": "SHA-256=00" },
  ],
])("%s: 401 and a dead letter without content", async (_, headers) => {
  expect(await send(delivery(), { headers })).toBe(401);
  expect(seen()).toMatchObject([
    { topic: "dead", origin: "webex-events", key: acme, value: { cause: "unauthenticated" } },
  ]);
  expect(JSON.stringify(seen())).not.toContain("nora");
  expect(await deliveries("unauthenticated")).toBe(1);
});

test("the newer header is enough by itself", async () => {
  const body = JSON.stringify(delivery());
  const webexSignature = `SHA-256=${hmac("sha256", body)}, SHA-512=${hmac("sha512", body)}`;
  expect(await send(body, { headers: { "x-webex-signature": webexSignature } })).toBe(202);
  expect(seen()).toMatchObject([{ topic: "webex-events" }]);
});

test("a path that we did not sign is 404 before anything is read", async () => {
  const signed = signWebhookAddress(acme, key);
  const forged = [
    signed.slice(0, -1),
    signed.replace("acme", "evil"),
    signed.replace(/^w1/, "v1"),
    "x".repeat(100),
  ];
  for (const address of forged)
    expect([address, await send(delivery(), { path: `/webex/webhooks/${address}` })]).toEqual([address, 404]);
  const elsewhere = signWebhookAddress(acme, new Uint8Array(32).fill(8));
  expect(await send(delivery(), { path: `/webex/webhooks/${elsewhere}` })).toBe(404);
  expect(ingest.log.records).toEqual([]);
});

test("a signature of one organisation is worth nothing at the address of another", async () => {
  const body = JSON.stringify(delivery());
  const headers = { "x-spark-signature": hmac("sha1", body) };
  expect(await send(body, { to: actorIdOf("other/o"), headers })).toBe(401);
});

test("what an older key signed is taken as long as that key is given", async () => {
  const older = new Uint8Array(32).fill(9);
  const both = startHarness({ clientStateKeys: [key, older] });
  const body = JSON.stringify(delivery());
  const { statusCode } = await both.app.inject({
    method: "POST",
    url: `/webex/webhooks/${signWebhookAddress(acme, older)}`,
    headers: {
      "content-type": "application/json",
      "x-spark-signature": hmac("sha1", body, webhookSecretOf(acme, older)),
    },
    payload: body,
  });
  await both.app.close();
  expect(statusCode).toBe(202);
});

test("a replay is answered and written once; changes without a time of their own are never taken for one", async () => {
  for (let copy = 0; copy < 3; copy++) expect(await send(delivery())).toBe(202);
  expect(await deliveries("repeated")).toBe(2);
  const moderator = delivery({ event: "updated" });
  for (let copy = 0; copy < 2; copy++) expect(await send(moderator)).toBe(202);
  expect(seen()).toHaveLength(3);
  expect(new Set(seen().map(({ value }) => (value as WebexHint).occurrence)).size).toBe(2);
});

test("a delivery that failed to become durable is 503, and is written when it comes again", async () => {
  ingest.log.failWith = unavailable();
  expect(await send(delivery())).toBe(503);
  ingest.log.failWith = undefined;
  expect(await send(delivery())).toBe(202);
  expect(seen()).toHaveLength(1);
});

test("two copies at once are one append, and both wait for it", async () => {
  ingest.log.hold();
  const both = Promise.all([send(delivery()), send(delivery())]);
  ingest.log.release();
  expect(await both).toEqual([202, 202]);
  expect(seen()).toHaveLength(1);
});

test.each([
  ["no JSON", "{"],
  ["an array", []],
  ["no data", { ...delivery(), data: undefined }],
  ["data without an id", delivery({}, { id: undefined })],
  ["an id that is too long", delivery({}, { id: "x".repeat(1_025) })],
])(
  "a genuine delivery that is %s is set aside with 202, so that it does not disable the webhook",
  async (_, body) => {
    expect(await send(body)).toBe(202);
    expect(seen()).toMatchObject([{ topic: "dead", value: { cause: "malformed" } }]);
    expect(await send(delivery())).toBe(202);
    expect(seen()).toHaveLength(2);
  },
);

test("property: whatever the body is, a genuine one is 202 and one record, a forged one is 401", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.json(),
        fc.string(),
        fc.json().map((text) => `{"data":${text}}`),
      ),
      async (body) => {
        const before = ingest.log.records.length;
        fc.pre(body !== "");
        expect(await send(body)).toBe(202);
        expect(ingest.log.records.length).toBe(before + 1);
        expect(await send(body, { headers: { "x-spark-signature": hmac("sha1", `${body} `) } })).toBe(401);
      },
    ),
    { numRuns: 60 },
  );
});
