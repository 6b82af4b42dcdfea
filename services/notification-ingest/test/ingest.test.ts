import { signClientState } from "@hybrid/contracts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { change, decoded, type Harness, key, lifecycle, nora, now, omar, startHarness } from "./harness.ts";
import { unavailable } from "./memory-log.ts";

let ingest: Harness;

beforeEach(() => {
  ingest = startHarness();
});
afterEach(() => ingest.app.close());

const tenantId = "aaaabbbb-0000-cccc-1111-dddd2222eeee";
const subscriptionId = "5cfe2387-163c-4006-81bb-1b5e1e060afe";

test("appends all items of a request at once, keyed by genuine address, then answers 202", async () => {
  const { statusCode } = await ingest.post({
    value: [
      change(nora, "A"),
      change(omar, "B", { changeType: "created" }),
      change(nora, "C", { changeType: "deleted" }),
    ],
    validationTokens: ["ignored"],
  });
  expect(statusCode).toBe(202);
  expect(ingest.log.appends).toEqual([3]);
  const facts = { subscriptionId, tenantId, etag: 'W/"DwAAABYAAAA"', receivedAt: now };
  expect(ingest.log.records.map(decoded)).toEqual([
    { topic: "calendar-changes", key: nora, value: { ...facts, changeType: "updated", eventId: "A" } },
    { topic: "calendar-changes", key: omar, value: { ...facts, changeType: "created", eventId: "B" } },
    { topic: "calendar-changes", key: nora, value: { ...facts, changeType: "deleted", eventId: "C" } },
  ]);
  expect(await ingest.metric("hybrid_ingest_items_total", { kind: "change", result: "accepted" })).toBe(3);
});

test("tells lifecycle from change items by what they are, on either address", async () => {
  await ingest.post({ value: [lifecycle(nora, "missed"), change(nora, "A")] }, "/graph/notifications");
  await ingest.post(
    { value: [change(omar, "B"), lifecycle(omar, "reauthorizationRequired")] },
    "/graph/lifecycle",
  );
  const seen = ingest.log.records.map(decoded).map(({ topic, key: to }) => [topic, to]);
  expect(seen).toEqual([
    ["subscription-lifecycle", nora],
    ["calendar-changes", nora],
    ["calendar-changes", omar],
    ["subscription-lifecycle", omar],
  ]);
  expect(decoded(ingest.log.records[3]!).value).toEqual({
    subscriptionId,
    tenantId,
    lifecycleEvent: "reauthorizationRequired",
    receivedAt: now,
  });
});

test("one address for both kinds works as well", async () => {
  const one = startHarness({ lifecyclePath: "/graph/notifications" });
  await one.post({ value: [lifecycle(nora, "missed"), change(nora, "A")] });
  expect(one.log.records.map((record) => record.topic)).toEqual([
    "subscription-lifecycle",
    "calendar-changes",
  ]);
  await one.app.close();
});

test("tolerates what Graph's own examples vary", async () => {
  const resource = "Users('722effaf-0433-4272-9ac4-d5ec11c3cd77')/events('AAMk=')";
  await ingest.post({
    value: [
      change(nora, "x", { resourceData: undefined, resource }),
      change(nora, "x", {
        resourceData: { id: "Y" },
        changeType: "Updated",
        tenantId: undefined,
        surprise: { deep: [1] },
      }),
      change(nora, "x", { resourceData: null, resource: "users/1@2/events/Z", lifecycleEvent: null }),
    ],
  });
  expect(ingest.log.records.map(decoded).map(({ value }) => value)).toMatchObject([
    { eventId: "AAMk=", etag: null, tenantId },
    { eventId: "Y", etag: null, tenantId: "", changeType: "updated" },
    { eventId: "Z", etag: null },
  ]);
});

test("a bad item is counted and dead-lettered without content and spoils no other item", async () => {
  const bad: unknown[] = [
    change(nora, "secret-1", { clientState: "secret" }),
    change(nora, "secret-2", { clientState: signClientState(nora, new Uint8Array(32).fill(8)) }),
    change(nora, "secret-3", { changeType: "secret" }),
    change(nora, "secret-4", { resourceData: {}, resource: "users/secret/events/" }),
    lifecycle(omar, "secret"),
    lifecycle(omar, "missed", { subscriptionId: 7 }),
    null,
    "secret",
    [["secret"]],
    17,
  ];
  const { statusCode } = await ingest.post({ value: [change(nora, "first"), ...bad, change(nora, "last")] });
  expect(statusCode).toBe(202);
  const seen = ingest.log.records.map(decoded);
  expect(seen.filter(({ topic }) => topic === "calendar-changes").map(({ value }) => value)).toMatchObject([
    { eventId: "first" },
    { eventId: "last" },
  ]);
  const dead = seen.filter((record) => record.topic === "dead");
  expect(dead.map(({ key: to, origin, value }) => [value.cause, to, origin])).toEqual([
    ["unauthenticated", null, "calendar-changes"],
    ["unauthenticated", null, "calendar-changes"],
    ["malformed", nora, "calendar-changes"],
    ["malformed", nora, "calendar-changes"],
    ["malformed", omar, "subscription-lifecycle"],
    ["malformed", omar, "subscription-lifecycle"],
    ["unauthenticated", null, "calendar-changes"],
    ["unauthenticated", null, "calendar-changes"],
    ["unauthenticated", null, "calendar-changes"],
    ["unauthenticated", null, "calendar-changes"],
  ]);
  expect(JSON.stringify(dead)).not.toContain("secret");
  expect(dead[2]?.value.detail).toMatch(
    new RegExp(
      `^item of \\d+ bytes; unusable: changeType; subscriptionId ${subscriptionId}; tenantId ${tenantId}$`,
    ),
  );
  expect(dead[5]?.value).toMatchObject({
    payload: null,
    service: "notification-ingest",
    originOffset: -1,
    deadAt: now,
  });
  expect(
    await ingest.metric("hybrid_ingest_items_total", { kind: "change", result: "unauthenticated" }),
  ).toBe(6);
  expect(await ingest.metric("hybrid_ingest_items_total", { kind: "lifecycle", result: "malformed" })).toBe(
    2,
  );
});

test("accepts clientState of an older key while that key is configured", async () => {
  const rotating = startHarness({ clientStateKeys: [new Uint8Array(32).fill(9), key] });
  await rotating.post({ value: [change(nora, "A")] });
  expect(rotating.log.records.map((record) => record.topic)).toEqual(["calendar-changes"]);
  await rotating.app.close();
});

test("encrypted content is neither kept nor a reason to refuse, but it is counted", async () => {
  await ingest.post({
    value: [change(nora, "A", { encryptedContent: { data: "c2VjcmV0" } }), change(nora, "B")],
  });
  expect(ingest.log.records).toHaveLength(2);
  expect(Buffer.concat(ingest.log.records.map((record) => record.value!)).toString()).not.toContain(
    "c2VjcmV0",
  );
  expect(await ingest.metric("hybrid_ingest_encrypted_content_total", {})).toBe(1);
});

test.each(["{ secret", "", "[]", "null", '"secret"', "{}", '{"value":{"secret":1}}', "\uffff"])(
  "a body that holds no items (%s) is 400, with a dead letter that has its digest and nothing else",
  async (body) => {
    const { statusCode } = await ingest.post(body, "/graph/lifecycle");
    expect(statusCode).toBe(400);
    const [dead, ...more] = ingest.log.records.map(decoded);
    expect(more).toEqual([]);
    expect(dead).toMatchObject({ topic: "dead", origin: "subscription-lifecycle", key: null });
    expect((dead!.value as { detail: string }).detail).toMatch(
      /^body of \d+ bytes with SHA-256 [0-9a-f]{64}: /,
    );
    expect(JSON.stringify(dead)).not.toContain("secret");
    expect(await ingest.metric("hybrid_ingest_requests_total", { outcome: "malformed" })).toBe(1);
  },
);

test("no body makes a flood of dead letters", async () => {
  expect((await ingest.post(`{"value":[${"0,".repeat(3_000)}0]}`)).statusCode).toBe(400);
  expect(ingest.log.records).toHaveLength(1);
});

test("a body of nothing but brackets neither breaks the service nor its neighbour", async () => {
  const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
  const { statusCode } = await ingest.post(`{"value":[${deep},${JSON.stringify(change(nora, "A"))}]}`);
  expect(statusCode).toBe(202);
  expect(ingest.log.records.map(decoded).map(({ topic }) => topic)).toEqual(["dead", "calendar-changes"]);
});

test("an empty list is accepted and appends nothing", async () => {
  expect((await ingest.post({ value: [] })).statusCode).toBe(202);
  expect(ingest.log.appends).toEqual([]);
});

test("a body that is too large is 413, another content type is 415, and neither is read", async () => {
  const small = startHarness({ bodyBytesMax: 1_024 });
  const large = await small.post({ value: [change(nora, "x".repeat(1_024))] });
  const other = await small.app.inject({
    method: "POST",
    url: "/graph/notifications",
    headers: { "content-type": "text/plain" },
    payload: JSON.stringify({ value: [change(nora, "A")] }),
  });
  expect([large.statusCode, other.statusCode]).toEqual([413, 415]);
  expect(small.log.appends).toEqual([]);
  expect(await small.metric("hybrid_ingest_requests_total", { outcome: "tooLarge" })).toBe(1);
  expect(await small.metric("hybrid_ingest_requests_total", { outcome: "wrongType" })).toBe(1);
  await small.app.close();
});

test("any failure of the log is 503 with Retry-After, and nothing is counted as accepted", async () => {
  for (const failure of [unavailable(), new Error("something else")]) {
    ingest.log.failWith = failure;
    const { statusCode, headers } = await ingest.post({ value: [change(nora, "A")] });
    expect([statusCode, headers["retry-after"]]).toEqual([503, "5"]);
    expect((await ingest.post("not json")).statusCode).toBe(503);
  }
  expect(await ingest.metric("hybrid_ingest_items_total", { kind: "change", result: "accepted" })).toBe(0);
  expect(await ingest.metric("hybrid_ingest_requests_total", { outcome: "unavailable" })).toBe(4);
  ingest.log.failWith = undefined;
  expect((await ingest.post({ value: [change(nora, "A")] })).statusCode).toBe(202);
});

test("answers only after the append is durable, and refuses what is beyond the slots", async () => {
  const slim = startHarness({ appendsMax: 2 });
  slim.log.hold();
  let answered = 0;
  const held = ["A", "B"].map(async (id) => {
    const { statusCode } = await slim.post({ value: [change(nora, id)] });
    answered++;
    return statusCode;
  });
  await expect.poll(async () => slim.metric("hybrid_ingest_in_flight", {})).toBe(4);
  const refused = await slim.post({ value: [change(nora, "C")] });
  expect([refused.statusCode, refused.headers["retry-after"], answered]).toEqual([503, "5", 0]);
  slim.log.release();
  expect(await Promise.all(held)).toEqual([202, 202]);
  expect(slim.log.appends).toEqual([1, 1]);
  await expect.poll(() => slim.inFlight()).toBe(0);
  await slim.app.close();
});

test("an append that takes too long is answered 503 and stays in flight until it settles", async () => {
  const hasty = startHarness({ appendTimeoutMs: 1 });
  hasty.log.hold();
  expect((await hasty.post({ value: [change(nora, "A")] })).statusCode).toBe(503);
  await expect.poll(() => hasty.inFlight()).toBe(1);
  expect(await hasty.metric("hybrid_ingest_requests_total", { outcome: "timedOut" })).toBe(1);
  hasty.log.release();
  await expect.poll(() => hasty.inFlight()).toBe(0);
  expect(hasty.log.appends).toEqual([1]);
  await hasty.app.close();
});

test("logs neither body text nor clientState, whatever happens", async () => {
  const state = signClientState(nora, key);
  const { log, post } = ingest;
  await post({ value: [change(nora, "secret"), change(nora, "secret", { clientState: "secret-state" })] });
  await post("{ secret");
  await ingest.app.inject({ method: "POST", url: "/secret?x=secret" });
  await ingest.app.inject({ method: "POST", url: "/graph/notifications?validationToken=secret" });
  await ingest.app.inject({
    method: "POST",
    url: "/graph/notifications",
    headers: { "content-type": "text/secret" },
    payload: "secret",
  });
  log.failWith = new Error("a fault whose message quotes the secret");
  await post({ value: [change(nora, "secret")] });
  log.failWith = unavailable();
  await post({ value: [change(nora, "secret")] });
  const logged = ingest.logged();
  expect(logged).toContain("could not be appended");
  expect(logged).toContain("the log is closed");
  expect(logged).not.toContain("secret");
  expect(logged).not.toContain(state);
});

test("counts what came and how long it took, and shows none of it to the internet", async () => {
  await ingest.post({ value: [change(nora, "A")] });
  const metrics = await ingest.registry.metrics();
  expect(metrics).toContain('hybrid_ingest_items_total{kind="change",result="accepted"} 1');
  expect(metrics).toContain("hybrid_ingest_append_seconds_count 1");
  for (const url of ["/metrics", "/healthz", "/readyz", "/", "/owners", "/graph/notifications"]) {
    const { statusCode, body } = await ingest.app.inject({ url });
    expect([url, statusCode, body]).toEqual([url, 404, ""]);
  }
});
