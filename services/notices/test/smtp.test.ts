import { createServer } from "node:net";
import { ProviderError } from "@hybrid/kernel";
import { expect, onTestFinished, test } from "vitest";
import { mailServer, type OutgoingMail } from "../src/adapters/smtp.ts";
import type { MailConfig } from "../src/config.ts";
import { startMailServer } from "./mail-server.ts";

const mail: OutgoingMail = {
  to: "ada@acme.example",
  subject: "Din kalender är ansluten",
  text: "Hej, det här är bara text.",
  html: "<p>Hej</p>",
  messageId: "<abc@acme.example>",
  sentAt: Date.UTC(2026, 0, 5, 8),
  language: "sv",
};

const signal = AbortSignal.timeout(20_000);

const start = async (...offers: Parameters<typeof startMailServer>) => {
  const server = await startMailServer(...offers);
  onTestFinished(() => server.close());
  return server;
};

const failure = async (work: Promise<void>): Promise<ProviderError> => {
  try {
    await work;
  } catch (error) {
    if (error instanceof ProviderError) return error;
    throw error;
  }
  throw new Error("it did not fail");
};

test("a mail goes by STARTTLS and login, in Unicode, with headers that keep machines from answering", async () => {
  const { config, delivered } = await start();
  await mailServer(config).verify(signal);
  expect(delivered).toHaveLength(0);
  await mailServer({ ...config, replyTo: { name: "", address: "help@acme.example" } }).send(mail, signal);
  const [{ to, mail: got } = expect.fail("nothing came")] = delivered;
  expect(to).toEqual(["ada@acme.example"]);
  expect(got).toMatchObject({
    subject: mail.subject,
    messageId: mail.messageId,
    from: { name: "Hybrid", address: "hybrid@acme.example" },
    replyTo: [{ address: "help@acme.example" }],
    html: expect.stringContaining("<p>Hej</p>"),
    text: expect.stringContaining("det här är"),
    date: "2026-01-05T08:00:00.000Z",
  });
  const headers = new Map(got.headers.map(({ key, value }) => [key, value]));
  expect(headers.get("auto-submitted")).toBe("auto-generated");
  expect(headers.get("x-auto-response-suppress")).toBe("All");
  expect(headers.get("content-language")).toBe("sv");
});

test("a refusal for now is tried again by who asked, one for good is not; a later try goes through", async () => {
  const { config, delivered, answers } = await start();
  const server = mailServer(config);
  answers.push("deferRecipient", "deferData", "refuseRecipient", "refuseData");
  const found: unknown[] = [];
  for (let n = 0; n < 4; n++) {
    const { code, retryable, status } = await failure(server.send(mail, signal));
    found.push([code, retryable, status]);
  }
  expect(found).toEqual([
    ["mailDeferred", true, 450],
    ["mailDeferred", true, 451],
    ["mailRefused", false, 550],
    ["mailRefused", false, 554],
  ]);
  await server.send(mail, signal);
  expect(delivered).toHaveLength(1);
});

test("a connection that breaks after DATA leaves it open whether the mail came: the next has the same id", async () => {
  const { config, delivered, answers } = await start();
  const server = mailServer(config);
  answers.push("drop");
  expect(await failure(server.send(mail, signal))).toMatchObject({ code: "mailDeferred", retryable: true });
  await server.send(mail, signal);
  expect(delivered.map(({ mail: got }) => got.messageId)).toEqual([mail.messageId, mail.messageId]);
});

test("a server that cannot be trusted, or not be logged in to, gets no mail and no password", async () => {
  const good = await start();
  const changed: readonly Partial<MailConfig>[] = [
    { ca: null },
    { login: { user: "hybrid", password: "wrong" } },
  ];
  for (const change of changed)
    expect([
      change,
      (await failure(mailServer({ ...good.config, ...change }).send(mail, signal))).code,
    ]).toEqual([change, "mailServerUnusable"]);
  for (const offers of [{ tls: false }, { login: false }] as const) {
    const { config, delivered } = await start(offers);
    expect([offers, (await failure(mailServer(config).send(mail, signal))).code]).toEqual([
      offers,
      "mailServerUnusable",
    ]);
    expect(delivered).toEqual([]);
  }
  expect(good.delivered).toEqual([]);
});

test("where nothing listens, or nothing answers before the call is ended, nothing was handed over", async () => {
  const silent = createServer(() => {});
  await new Promise<void>((resolve) => void silent.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void silent.close());
  const { config } = await start();
  const { port } = silent.address() as { port: number };
  const ended = new AbortController();
  const work = failure(mailServer({ ...config, port }).send(mail, ended.signal));
  silent.once("connection", () => ended.abort());
  expect(await work).toMatchObject({ code: "unavailable", retryable: true });
  expect(await failure(mailServer({ ...config, port: 1 }).send(mail, signal))).toMatchObject({
    code: "unavailable",
  });
});

test.each([
  ["a second recipient", "ada@acme.example,eve@evil.example"],
  ["a header of its own", "ada@acme.example\r\nBcc: eve@evil.example"],
  ["a name before it", "Eve <eve@evil.example>"],
  ["a command", "ada@acme.example>\r\nRCPT TO:<eve@evil.example"],
  ["nothing", ""],
])("an address that holds %s is none, and the server is not even asked", async (_name, to) => {
  const { config, delivered } = await start();
  const refused = await failure(mailServer(config).send({ ...mail, to }, signal));
  expect(refused).toMatchObject({ code: "mailRefused", retryable: false });
  expect(refused.message).not.toContain("evil");
  expect(delivered).toEqual([]);
});

test("names and subjects break no header, however long they are and whatever is in them", async () => {
  const { config, delivered } = await start();
  const name = `Ada "the first" \r\nBcc: eve@evil.example\r\n\r\nÅ${"ö".repeat(300)} 🦊`;
  const from = { name, address: "hybrid@acme.example" };
  const subject = `Hej\r\nBcc: eve@evil.example ${"lång ".repeat(100)}`;
  await mailServer({ ...config, from }).send({ ...mail, subject }, signal);
  const [{ to, mail: got, raw } = expect.fail("nothing came")] = delivered;
  expect(to).toEqual(["ada@acme.example"]);
  expect(got.bcc ?? []).toEqual([]);
  expect(got.from?.address).toBe("hybrid@acme.example");
  expect(got.headers.map(({ key }) => key)).not.toContain("bcc");
  expect(Math.max(...raw.split("\r\n").map((line) => line.length))).toBeLessThanOrEqual(998);
});
