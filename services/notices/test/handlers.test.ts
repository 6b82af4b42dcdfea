import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type EpochMs, minutes, ProviderError, plus, sealedFor } from "@hybrid/kernel";
import { VirtualClock } from "@hybrid/kernel/testing";
import { Registry } from "prom-client";
import { expect, test } from "vitest";
import { messageIdOf, noticeHandlers } from "../src/adapters/handlers.ts";
import { noticeMetrics } from "../src/adapters/metrics.ts";
import type { OutgoingMail } from "../src/adapters/smtp.ts";
import { createTurns } from "../src/adapters/turns.ts";
import type { SendNotice } from "../src/domain/inputs.ts";
import { ada, objectId, tenantId } from "./world.ts";

const connectUrl = "https://hybrid.acme.example/consent/connect";

/** The handlers with a mail server that does what a test says. */
const scene = (perMinute = 6_000) => {
  const clock = new VirtualClock();
  const registry = new Registry();
  const sent: OutgoingMail[] = [];
  const asked: unknown[] = [];
  let failure: ProviderError | null = null;
  let locale: string | null | ProviderError = "sv-SE";
  const handlers = noticeHandlers({
    server: {
      send: async (mail) => {
        if (failure) throw failure;
        sent.push(mail);
      },
      verify: async () => {},
    },
    turns: createTurns(clock, perMinute),
    clock,
    localeOf: async (mailbox) => {
      asked.push(mailbox);
      if (locale instanceof ProviderError) throw locale;
      return locale;
    },
    connectUrl,
    domain: "acme.example",
    metrics: noticeMetrics(registry),
    logger: { warn: () => {} },
  });
  const order = (over: Partial<SendNotice> = {}): SendNotice => ({
    kind: "sendNotice",
    number: clock.now(),
    notice: { kind: "activated", dueAt: clock.now(), consentEndsAt: null },
    sendBy: plus(clock.now(), minutes(1_440)),
    address: sealedFor(ada, "ada@acme.example"),
    language: null,
    tenantId,
    objectId,
    tries: 0,
    ...over,
  });
  const context = () => ({
    callId: "c",
    actor: ada,
    signal: new AbortController().signal,
    deadlineAt: clock.now(),
    actors: () => [],
  });
  return {
    clock,
    sent,
    asked,
    order,
    fails: (with_: ProviderError | null) => void (failure = with_),
    speaks: (tag: typeof locale) => void (locale = tag),
    send: (given: SendNotice) => handlers.sendNotice(given, context()),
    counted: async (outcome: string) =>
      ((await registry.getSingleMetric("hybrid_notices_total")?.get())?.values ?? [])
        .filter(({ labels }) => labels["outcome"] === outcome)
        .reduce((sum, { value }) => sum + value, 0),
  };
};

const fault = (code: ProviderError["code"], retryable = true): ProviderError =>
  new ProviderError("no", { code, retryable });

test("a notice is written in the mailbox's language where the organisation has none, else in English", async () => {
  const { send, order, sent, asked, speaks } = scene();
  expect(await send(order())).toMatchObject({ kind: "noticeSent", locale: "sv-SE" });
  expect(await send(order({ language: "en" }))).toMatchObject({ kind: "noticeSent", locale: null });
  speaks(fault("userConsentExpired", false));
  expect(await send(order())).toMatchObject({ kind: "noticeSent", locale: null });
  expect(sent.map(({ language }) => language)).toEqual(["sv", "en", "en"]);
  expect(sent[0]?.subject).toBe("Din kalender är ansluten till Webex");
  expect(asked).toHaveLength(2);
});

test("the same notice has the same id however often it is sent, another one another, and no id tells who", () => {
  const at = (ms: number) => ms as EpochMs;
  const one = { kind: "consentEnds", dueAt: at(5), consentEndsAt: at(9) } as const;
  const id = messageIdOf(ada, one, "acme.example");
  expect(id).toBe(messageIdOf(ada, { ...one }, "acme.example"));
  expect(id).toMatch(/^<[0-9a-f]{40}@acme\.example>$/);
  const others = [
    { ...one, dueAt: at(6) },
    { ...one, consentEndsAt: at(8) },
    { ...one, kind: "consentEnded" },
  ] as const;
  for (const other of others) expect(messageIdOf(ada, other, "acme.example")).not.toBe(id);
});

test("a reminder names its day and the address of consent alone, and shows an address as text", async () => {
  const { send, order, sent, clock } = scene();
  const consentEndsAt = Date.UTC(2026, 2, 9, 12) as EpochMs;
  const notice = { kind: "consentEnds", dueAt: clock.now(), consentEndsAt } as const;
  await send(order({ notice, language: "en", address: sealedFor(ada, "<b>ada</b>'&\"@acme.example") }));
  await send(order({ notice, language: "sv" }));
  const [english, swedish] = sent;
  expect(english?.subject).toBe("Connect your calendar to Webex again before March 9, 2026");
  expect(swedish?.subject).toBe("Anslut din kalender till Webex igen före 9 mars 2026");
  expect(english?.html).not.toContain("<b>");
  expect(english?.html).toContain("&lt;b&gt;ada&lt;/b&gt;&#39;&amp;&quot;@acme.example");
  for (const mail of sent) {
    expect([...mail.html.matchAll(/href="([^"]*)"/g)].map(([, href]) => href)).toEqual([connectUrl]);
    expect(mail.text).toContain(connectUrl);
  }
});

test("what is too late, erased or refused for good is counted once, and not sent", async () => {
  const { send, order, sent, fails, counted, clock } = scene();
  expect(await send(order({ sendBy: plus(clock.now(), -1) }))).toMatchObject({ kind: "noticeTooLate" });
  const erased = { sealedFor: ada, keyId: "1", erased: true } as const;
  expect(await send(order({ address: erased }))).toMatchObject({
    kind: "noticeRefused",
    code: "userNotFound",
  });
  fails(fault("mailRefused", false));
  expect(await send(order())).toMatchObject({ kind: "noticeRefused", code: "mailRefused" });
  fails(fault("mailDeferred"));
  await expect(send(order())).rejects.toMatchObject({ code: "mailDeferred" });
  await expect(send(order({ tries: 7 }))).rejects.toMatchObject({ code: "mailDeferred" });
  expect([await counted("tooLate"), await counted("failed"), await counted("sent"), sent]).toEqual([
    1,
    3,
    0,
    [],
  ]);
});

test("alerts speak of metrics that there are", async () => {
  const alerts = await readFile(
    join(import.meta.dirname, "../../../deploy/prometheus/hybrid-alerts.yml"),
    "utf8",
  );
  const registry = new Registry();
  noticeMetrics(registry);
  const named = new Set([...alerts.matchAll(/hybrid_notices_\w+/g)].map(([name]) => name));
  expect(named).toEqual(new Set(registry.getMetricsAsArray().map(({ name }) => name)));
});

test("a server that fails stops all for a minute; one that refuses single mails stops nobody", async () => {
  const { send, order, sent, fails, clock } = scene();
  fails(fault("mailDeferred"));
  for (let n = 0; n < 30; n++) {
    await expect(send(order())).rejects.toMatchObject({ code: "mailDeferred" });
    clock.advanceBy(20);
  }
  fails(fault("unavailable"));
  const codes = new Set<string>();
  for (let n = 0; n < 80; n++) {
    await send(order()).catch((error: ProviderError) => codes.add(error.code));
    clock.advanceBy(20);
  }
  expect(codes).toEqual(new Set(["unavailable", "breakerOpen"]));
  fails(null);
  clock.advanceBy(minutes(2));
  await send(order());
  expect(sent).toHaveLength(1);
});

test("no more leave in a minute than may, and who must wait gets a turn of the own", () => {
  const clock = new VirtualClock();
  const turns = createTurns(clock, 30);
  const startAt = clock.now();
  // A thousand come at once; each comes back when it is told.
  let waiting = Array.from({ length: 1_000 }, () => startAt as number);
  const left: number[] = [];
  let asked = 0;
  while (waiting.length > 0) {
    const [next = 0, ...others] = waiting.toSorted((a, b) => a - b);
    waiting = others;
    clock.advanceBy(Math.max(0, next - clock.now()));
    asked++;
    try {
      turns.take();
      left.push(clock.now());
    } catch (error) {
      waiting.push(clock.now() + ((error as ProviderError).retryAfterMs ?? 0));
    }
  }
  for (const at of left)
    expect(left.filter((each) => each >= at && each < at + 60_000).length).toBeLessThanOrEqual(35);
  expect(asked).toBeLessThan(2_100);
});
