import { calendarChanges, type Meeting, type UserStatus, userStatus } from "@hybrid/contracts";
import {
  createCertificateAuthority,
  createClientCertificate,
  type EventInput,
  startGraphSimulator,
} from "@hybrid/graph-simulator";
import { actorIdOf, type Handlers, hours, instant } from "@hybrid/kernel";
import { VirtualClock } from "@hybrid/kernel/testing";
import { createMicrosoftGraph } from "@hybrid/microsoft-graph";
import { TopologyDriver } from "@hybrid/runtime/testing";
import { openTexts, sealHandlers } from "@hybrid/sealing";
import type { Call, Input, PageRead } from "#domain/list-state";
import { graphCalendar } from "../src/adapters/graph-calendar.ts";
import { meetingsHandlers } from "../src/adapters/read-page.ts";
import { meetingsTopology } from "../src/topology.ts";
import { listTexts } from "../src/whose-texts.ts";
import { shippedRules } from "./shipped-rules.ts";

export const tenantId = "11111111-1111-4111-8111-111111111111";
const clientId = "33333333-3333-4333-8333-333333333333";
export const anna = "44444444-4444-4444-8444-444444444444";
export const bert = "55555555-5555-4555-8555-555555555555";
const user = actorIdOf("acme/u-anna");

const statusOf = (transition: number, to: UserStatus["to"]): UserStatus => ({
  transition,
  from: "notActivated",
  to,
  cause: "enabled",
  reason: null,
  failures: 0,
  nextTryAt: null,
  subscriptionId: "s",
  expiresAt: null,
  tenantId,
  objectId: anna,
  mailAddress: "anna@acme.example",
  settings: { webexKeyword: "personalRoom", meetKeyword: "space", language: null, join: null } as never,
  at: 0,
});

/** A simulated Graph with the mailboxes of Anna and Bert, and a client of it. */
export const startCloud = async (clock: VirtualClock) => {
  const authority = await createCertificateAuthority();
  const [tls, certificate] = await Promise.all([authority.issue(), createClientCertificate()]);
  const graph = await startGraphSimulator({
    clock: { now: () => clock.now(), at: (dueAt, run) => clock.at(instant(Math.ceil(dueAt)), run) },
    tls,
    caPem: authority.caPem,
  });
  graph.registerApp({ clientId, credentials: [{ kind: "certificate", certPem: certificate.certPem }] });
  graph.addTenant({ tenantId, displayName: "Acme", consentedApps: [clientId] });
  for (const [userId, name] of [
    [anna, "anna"],
    [bert, "bert"],
  ] as const) {
    const mail = `${name}@acme.example`;
    graph.addMailbox({ tenantId, userId, userPrincipalName: mail, mail, displayName: name });
  }
  const client = createMicrosoftGraph({
    cloud: { loginUrl: graph.baseUrl, graphUrl: graph.baseUrl },
    clientId,
    certificate: { thumbprintSha256: certificate.thumbprintSha256, privateKeyPem: certificate.keyPem },
    scheduler: clock,
    random: () => 0.5,
    ca: authority.caPem,
  });
  return { graph, client };
};

/** Anna's mailbox at a simulated Graph, and her list made by the topology with its real handlers. */
export const openCalendar = async () => {
  const clock = new VirtualClock();
  const { graph, client } = await startCloud(clock);
  const driver = new TopologyDriver(meetingsTopology, { startAt: clock.now(), planted: /Planning/ });
  const listedAfterMs: number[] = [];
  const pages: PageRead[] = [];
  const { readPage } = meetingsHandlers({
    calendar: graphCalendar(client.events),
    rulesOf: shippedRules,
    clock,
    onListed: (ms) => listedAfterMs.push(ms),
  });
  const noted: Handlers<Call, Input> = {
    readPage: async (order, context) => {
      const input = await readPage(order, context);
      if (input.kind === "pageRead") pages.push(input);
      return input;
    },
  };
  const handlers = sealHandlers(noted, listTexts);
  const pass = async (ms: number): Promise<void> => {
    clock.advanceBy(ms);
    driver.advanceBy(ms);
    await driver.carryOut(handlers);
  };
  let transition = 0;
  return {
    graph,
    clock,
    driver,
    /** How long changes took to come onto the list. */
    listedAfterMs,
    /** What was told of each page that was read. */
    pages,
    pass,
    status: async (to: UserStatus["to"]) => {
      driver.publish(userStatus, user, statusOf(++transition, to));
      await driver.carryOut(handlers);
    },
    /** Tells of a change, and lets the list be made. */
    changed: async () => {
      const change = {
        subscriptionId: "s",
        tenantId,
        changeType: "updated",
        eventId: "e",
        etag: null,
      } as const;
      driver.publish(calendarChanges, user, { ...change, receivedAt: clock.now() });
      await pass(1_000);
    },
    meet: (input: Partial<EventInput> = {}, owner = anna) => {
      const startAt = clock.now() + hours(2);
      return graph.createEvent(owner, { subject: "Planning", startAt, endAt: startAt + hours(1), ...input })
        .immutableId;
    },
    /** The list as the topic has it, by start. */
    list: (): readonly Meeting[] => {
      const latest = new Map<string, Meeting>();
      for (const { key, value } of driver.emitted)
        if (value === null) latest.delete(key);
        else latest.set(key, openTexts(value) as Meeting);
      return [...latest.values()].sort((a, b) => a.startAt - b.startAt || (a.eventId < b.eventId ? -1 : 1));
    },
    close: async () => {
      await client.close();
      await graph.stop();
    },
  };
};
