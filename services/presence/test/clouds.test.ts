import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createCertificateAuthority,
  createClientCertificate,
  startGraphSimulator,
} from "@hybrid/graph-simulator";
import { actorIdOf, hours, minutes, plus } from "@hybrid/kernel";
import { VirtualClock } from "@hybrid/kernel/testing";
import { createMicrosoftGraph } from "@hybrid/microsoft-graph";
import { createWebexClient } from "@hybrid/webex";
import { startWebexSimulator } from "@hybrid/webex-simulator";
import { Registry } from "prom-client";
import { expect, onTestFinished, test } from "vitest";
import { mailboxHandlers } from "../src/adapters/mailbox-handlers.ts";
import { presenceMetrics } from "../src/adapters/metrics.ts";
import { tokensIn } from "../src/adapters/person-tokens.ts";
import { repliesOf } from "../src/adapters/replies-window.ts";
import { webexHandlers } from "../src/adapters/webex-handlers.ts";
import type { Call } from "../src/domain/inputs.ts";
import { objectIdOf, tenantId } from "./world.ts";

const clientId = "33333333-3333-4333-8333-333333333333";
const signal = AbortSignal.timeout(60_000);

const contextAt = (clock: VirtualClock) => ({
  callId: "c",
  actor: actorIdOf("acme/u-1"),
  signal,
  deadlineAt: clock.now(),
  actors: () => [],
});

const openGraph = async (states: Readonly<Record<number, "onPremises">> = {}) => {
  const ca = await createCertificateAuthority();
  const { keyPem, certPem } = await ca.issue();
  const certificate = await createClientCertificate();
  const clock = new VirtualClock();
  const simulator = await startGraphSimulator({
    clock: {
      now: () => clock.now(),
      at: (dueAt, run) => clock.at(plus(clock.now(), dueAt - clock.now()), run),
    },
    tls: { keyPem, certPem },
    caPem: ca.caPem,
  });
  onTestFinished(() => simulator.stop());
  simulator.registerApp({ clientId, credentials: [{ kind: "certificate", certPem: certificate.certPem }] });
  simulator.addTenant({ tenantId, displayName: "Acme", consentedApps: [clientId] });
  for (const n of [1, 2, 3]) {
    const mail = `user${n}@acme.example`;
    const state = states[n] ?? "normal";
    simulator.addMailbox({
      tenantId,
      userId: objectIdOf(n),
      userPrincipalName: mail,
      mail,
      displayName: mail,
      state,
    });
  }
  const graph = createMicrosoftGraph({
    cloud: { loginUrl: simulator.baseUrl, graphUrl: simulator.baseUrl },
    clientId,
    certificate: { thumbprintSha256: certificate.thumbprintSha256, privateKeyPem: certificate.keyPem },
    scheduler: clock,
    random: () => 0.5,
    ca: ca.caPem,
  });
  onTestFinished(() => graph.close());
  const registry = new Registry();
  const handlers = mailboxHandlers({ graph, clock, metrics: presenceMetrics(registry) });
  return { clock, simulator, handlers, registry };
};

test("twenty mailboxes at most are read by one batch; one that is missing spoils none of the others", async () => {
  const { clock, simulator, handlers, registry } = await openGraph({ 2: "onPremises" });
  const [from, until] = [plus(clock.now(), hours(1)), plus(clock.now(), hours(48))];
  simulator.setAutomaticReplies(objectIdOf(1), {
    status: "scheduled",
    scheduledStartAt: from,
    scheduledEndAt: until,
  });
  simulator.setAutomaticReplies(objectIdOf(3), { status: "alwaysEnabled" });
  const objectIds = [1, 2, 3].map(objectIdOf);
  const order = { kind: "readReplies", number: 7, tenantId, objectIds } as const;
  expect(await handlers.readReplies(order, contextAt(clock))).toEqual({
    kind: "repliesRead",
    number: 7,
    readings: [
      { objectId: objectIds[0], replies: { kind: "scheduled", from, until } },
      { objectId: objectIds[1], failure: { code: "mailboxMissing", retryable: false, retryAt: null } },
      { objectId: objectIds[2], replies: { kind: "always" } },
    ],
  });
  const metrics = await registry.metrics();
  expect(metrics).toContain('hybrid_presence_mailboxes_read_total{outcome="ok"} 2');
  expect(metrics).toContain('hybrid_presence_mailboxes_read_total{outcome="mailboxMissing"} 1');
});

test("events shown as out of office are read with their times; others are not", async () => {
  const { clock, simulator, handlers } = await openGraph();
  const at = (n: number) => plus(clock.now(), hours(n));
  const event = { subject: "Away", body: "", location: "" };
  simulator.createEvent(objectIdOf(1), { ...event, startAt: at(5), endAt: at(7), showAs: "oof" });
  simulator.createEvent(objectIdOf(1), { ...event, startAt: at(1), endAt: at(2), showAs: "busy" });
  const mailbox = { tenantId, objectId: objectIdOf(1) };
  const order = { kind: "readEvents", number: 1, mailbox, from: clock.now(), until: at(48) } as const;
  expect(await handlers.readEvents(order, contextAt(clock))).toEqual({
    kind: "eventsRead",
    number: 1,
    windows: [{ from: at(5), until: at(7) }],
  });
});

test("fault item 22: the zone of a scheduled start counts, in summer and winter, by Windows and IANA names", () => {
  const scheduled = (start: string, startZone: string, end: string, endZone: string) =>
    repliesOf({
      status: "scheduled",
      externalAudience: null,
      scheduledStart: { dateTime: start, timeZone: startZone },
      scheduledEnd: { dateTime: end, timeZone: endZone },
    });
  const utc = Date.UTC;
  expect(
    scheduled(
      "2026-07-01T08:00:00.0000000",
      "W. Europe Standard Time",
      "2026-12-01T08:00:00.0000000",
      "Europe/Oslo",
    ),
  ).toEqual({ kind: "scheduled", from: utc(2026, 6, 1, 6), until: utc(2026, 11, 1, 7) });
  expect(
    scheduled("2026-01-05T08:00:00", "UTC", "2026-01-06T00:30:00.5000000", "Pacific Standard Time"),
  ).toEqual({
    kind: "scheduled",
    from: utc(2026, 0, 5, 8),
    until: utc(2026, 0, 6, 8, 30, 0, 500),
  });
  expect(
    scheduled("2026-01-05T08:00:00", "tzone://Microsoft/Custom", "2026-01-06T08:00:00", "UTC"),
  ).toBeNull();
  expect(scheduled("2020-01-01T00:00:00", "UTC", "2020-01-01T00:00:00", "UTC")).toEqual({ kind: "off" });
});

const openWebex = async () => {
  const ca = await createCertificateAuthority();
  const { keyPem, certPem } = await ca.issue();
  const clock = new VirtualClock();
  const webex = await startWebexSimulator({
    tls: { key: keyPem, cert: certPem },
    clock,
    accessTokens: [
      { token: "noras", orgId: "acme", defaultSite: "a", person: "nora@acme.example" },
      { token: "app", orgId: "acme", defaultSite: "a" },
    ],
  });
  onTestFinished(() => webex.close());
  const nora = webex.addPerson({ orgId: "acme", email: "nora@acme.example", displayName: "Nora", sites: [] });
  const olaf = webex.addPerson({ orgId: "acme", email: "olaf@acme.example", displayName: "Olaf", sites: [] });
  const client = createWebexClient({
    baseUrl: webex.url,
    ca: ca.caPem,
    accessToken: async () => "app",
    scheduler: clock,
    random: () => 0.5,
  });
  onTestFinished(() => client.close());
  const folder = await mkdtemp(join(tmpdir(), "hybrid-presence-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, "tokens.json");
  await writeFile(path, JSON.stringify({ [nora.uuid.toUpperCase()]: "noras" }));
  const handlers = webexHandlers({
    webex: client,
    baseUrl: `${webex.url}/apheleia/api/v1`,
    tokenOf: tokensIn(path),
    clock,
    metrics: presenceMetrics(new Registry()),
  });
  const show = (over: Partial<Extract<Call, { kind: "showAtWebex" }>> = {}) => {
    const until = plus(clock.now(), minutes(60));
    const order = {
      kind: "showAtWebex",
      number: 1,
      personId: nora.uuid,
      until,
      askedAt: clock.now(),
      saidUntil: null,
    } as const;
    return handlers.showAtWebex({ ...order, ...over }, contextAt(clock));
  };
  const clear = (over: Partial<Extract<Call, { kind: "clearAtWebex" }>>) => {
    const order = {
      kind: "clearAtWebex",
      number: 2,
      personId: nora.uuid,
      saidUntil: clock.now(),
      previous: null,
    } as const;
    return handlers.clearAtWebex({ ...order, ...over }, contextAt(clock));
  };
  return { webex, clock, nora, olaf, path, show, clear };
};

test("a status is said at Webex with the person's own token, refreshed before its end, and cleared", async () => {
  const { webex, clock, nora, olaf, path, show, clear } = await openWebex();
  const until = plus(clock.now(), minutes(60));
  expect(await show()).toEqual({ kind: "webexShown", number: 1, until, previous: null });
  expect(webex.presences.of(nora.uuid)).toMatchObject({ status: "ooo", expiresAt: until });
  // Repeated after a crash that lost the outcome: it knows its own.
  expect(await show()).toMatchObject({ kind: "webexShown" });
  clock.advanceTo(plus(clock.now(), minutes(30)));
  const longer = plus(clock.now(), minutes(60));
  expect(await show({ saidUntil: until })).toMatchObject({ kind: "webexShown", until: longer });
  expect(await clear({ saidUntil: longer })).toEqual({ kind: "webexCleared", number: 2 });
  expect(webex.presences.of(nora.uuid).status).toBe("active");
  expect(await show({ personId: olaf.uuid })).toEqual({ kind: "tokenMissing", number: 1 });
  await writeFile(path, "not a map of tokens");
  await expect(show()).rejects.toMatchObject({ code: "unauthorized", retryable: true });
});

test("what the person has chosen is restored; what the person says meanwhile is not touched", async () => {
  const { webex, clock, nora, show, clear } = await openWebex();
  const chosenUntil = plus(clock.now(), hours(4));
  webex.presences.say(nora.uuid, "dnd", 4 * 3_600);
  const until = plus(clock.now(), minutes(60));
  const previous = { status: "dnd", expiresAt: chosenUntil };
  expect(await show()).toMatchObject({ previous });
  expect(webex.presences.of(nora.uuid).status).toBe("ooo");
  await clear({ saidUntil: until, previous });
  expect(webex.presences.of(nora.uuid)).toMatchObject({ status: "dnd", expiresAt: chosenUntil });
  await show();
  webex.presences.say(nora.uuid, "active", 600);
  expect(await show({ saidUntil: until })).toEqual({ kind: "webexLeftAlone", number: 1 });
  webex.presences.say(nora.uuid, "ooo", -1);
  expect(await show()).toEqual({ kind: "webexLeftAlone", number: 1 });
  const events = webex.presences.events.length;
  await clear({ saidUntil: until, previous });
  expect(webex.presences.events.length).toBe(events);
});
