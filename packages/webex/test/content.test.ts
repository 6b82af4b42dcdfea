import { afterEach, expect, test } from "vitest";
import { type FakeWebex, failureOf, openFakeWebex } from "./fake-webex.ts";

const signal = new AbortController().signal;
let webex: FakeWebex | undefined;
afterEach(async () => {
  await webex?.close();
  webex = undefined;
});

test("a file under scan is an outcome with its wait, three times, and then the file", async () => {
  const opened = await openFakeWebex((_, index) =>
    index < 3
      ? { status: 423, headers: { "retry-after": "5" } }
      : {
          body: "bytes",
          headers: { "content-type": "image/png", "content-disposition": 'attachment; filename="a.png"' },
        },
  );
  webex = opened;
  const get = async () =>
    await opened.client.getContent({ url: `${opened.url}/v1/contents/x`, bytesMax: 10 }, signal);
  for (let asked = 0; asked < 3; asked++)
    expect(await get()).toEqual({ kind: "scanning", retryAfterMs: 5_000 });
  expect(await get()).toEqual({
    kind: "file",
    bytes: Buffer.from("bytes"),
    mediaType: "image/png",
    disposition: 'attachment; filename="a.png"',
  });
});

test.each([
  [410, { kind: "infected" }],
  [428, { kind: "unscannable" }],
  [404, { kind: "gone" }],
] as const)("%i is an outcome, not a failure", async (status, outcome) => {
  webex = await openFakeWebex(() => ({ status }));
  const url = `${webex.url}/v1/contents/x`;
  expect(await webex.client.getContent({ url, bytesMax: 10 }, signal)).toEqual(outcome);
  expect(webex.arrived).toHaveLength(1);
});

test("what cannot be scanned is asked for by name when that is wanted", async () => {
  webex = await openFakeWebex(({ path }) =>
    path.endsWith("?allow=unscannable") ? { body: "x" } : { status: 428 },
  );
  const url = `${webex.url}/v1/contents/x`;
  const wanted = { url, bytesMax: 10, allowUnscannable: true };
  expect(await webex.client.getContent(wanted, signal)).toMatchObject({ kind: "file" });
});

test("a file longer than allowed is not read to its end, and asked for once", async () => {
  webex = await openFakeWebex(() => ({ body: "x".repeat(100_000) }));
  const url = `${webex.url}/v1/contents/x`;
  const content = await webex.client.getContent({ url, bytesMax: 1_000 }, signal);
  expect(content).toEqual({ kind: "tooLarge", disposition: null });
  expect(webex.arrived).toHaveLength(1);
});

test("the token goes to no address outside Webex, however it looks", async () => {
  const opened = await openFakeWebex(() => ({ body: "x" }));
  webex = opened;
  const addresses = [
    "https://elsewhere.example/v1/contents/x",
    "https://webexapis.com.elsewhere.example/x",
    opened.url.replace("https://", "https://user:word@"),
    opened.url.replace("https:", "http:"),
    "https://webexapis.com/v1/contents/x",
    "no address",
  ];
  for (const url of addresses)
    expect(await failureOf(opened.client.getContent({ url, bytesMax: 10 }, signal))).toMatchObject({
      code: "invalidRequest",
      retryable: false,
    });
  expect(opened.arrived).toEqual([]);
});
