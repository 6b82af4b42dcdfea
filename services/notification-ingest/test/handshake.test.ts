import { afterEach, beforeEach, expect, test } from "vitest";
import { type Harness, startHarness } from "./harness.ts";
import { unavailable } from "./memory-log.ts";

let ingest: Harness;

beforeEach(() => {
  ingest = startHarness();
});
afterEach(() => ingest.app.close());

const tokens: readonly (readonly [string, string])[] = [
  ["plain-opaque-token", "plain-opaque-token"],
  [
    "Validation%3a+Testing+client+application+reachability%20Request-Id%3A+1-2",
    "Validation: Testing client application reachability Request-Id: 1-2",
  ],
  ["a%2Bb+c%2fd%3D%3d", "a+b c/d=="],
  ["%3Cscript%3Ealert(1)%3C%2Fscript%3E", "<script>alert(1)</script>"],
  ["%C3%A5%C3%A4%C3%B6", "åäö"],
  ["100%25%32%35", "100%25"],
];

test.each(tokens)("answers %s with exactly the decoded token as text", async (encoded, token) => {
  for (const path of ["/graph/notifications", "/graph/lifecycle"]) {
    const answer = await ingest.app.inject({
      method: "POST",
      url: `${path}?validationToken=${encoded}`,
      headers: { "content-type": "text/plain; charset=utf-8" },
      payload: "",
    });
    expect(answer.statusCode).toBe(200);
    expect(answer.body).toBe(token);
    expect(answer.headers["content-type"]).toBe("text/plain; charset=utf-8");
    expect(answer.headers["x-content-type-options"]).toBe("nosniff");
  }
  expect(ingest.log.appends).toEqual([]);
  expect(ingest.logged()).not.toContain(token);
  expect(ingest.logged()).not.toContain(encoded);
});

test("touches nothing: it works while the log is down and every append slot is taken", async () => {
  const full = startHarness({ appendsMax: 1 });
  full.log.hold();
  const held = full.post({ value: [{}] });
  full.log.failWith = unavailable();
  const answer = await full.app.inject({
    method: "POST",
    url: "/graph/notifications?tenant=x&validationToken=t",
  });
  expect([answer.statusCode, answer.body]).toEqual([200, "t"]);
  expect(await full.metric("hybrid_ingest_requests_total", { outcome: "validated" })).toBe(1);
  full.log.release();
  expect((await held).statusCode).toBe(503);
  await full.app.close();
});

test("answers whatever body and content type come with the token", async () => {
  const answer = await ingest.app.inject({
    method: "POST",
    url: "/graph/lifecycle?validationToken=t",
    headers: { "content-type": "application/json" },
    payload: "{ not json",
  });
  expect([answer.statusCode, answer.body]).toEqual([200, "t"]);
});

test("refuses two tokens at once instead of choosing one", async () => {
  const answer = await ingest.app.inject({
    method: "POST",
    url: "/graph/lifecycle?validationToken=a&validationToken=b",
  });
  expect([answer.statusCode, answer.body]).toEqual([400, ""]);
});
