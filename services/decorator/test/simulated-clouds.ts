import { calendarChanges, type OrganisationSettings, type UserStatus, userStatus } from "@hybrid/contracts";
import {
  createCertificateAuthority,
  createClientCertificate,
  type EventInput,
  type GraphSimulator,
  startGraphSimulator,
} from "@hybrid/graph-simulator";
import { actorIdOf, instant } from "@hybrid/kernel";
import { VirtualClock } from "@hybrid/kernel/testing";
import { createMicrosoftGraph } from "@hybrid/microsoft-graph";
import { TopologyDriver } from "@hybrid/runtime/testing";
import { sealHandlers } from "@hybrid/sealing";
import { createWebexClient } from "@hybrid/webex";
import { startWebexSimulator, type WebexSimulator } from "@hybrid/webex-simulator";
import { webexRooms } from "../src/adapters/webex-rooms.ts";
import {
  decoratorHandlers,
  decoratorTexts,
  decoratorTopology,
  graphPorts,
  readDecoratorConfig,
} from "../src/index.ts";
import { noOwnRules } from "./fake-mailbox.ts";
import { settings as defaults } from "./invitations.ts";

export const tenantId = "11111111-1111-4111-8111-111111111111";
const clientId = "33333333-3333-4333-8333-333333333333";
export const anna = "44444444-4444-4444-8444-444444444444";
export const bert = "55555555-5555-4555-8555-555555555555";
const orgId = "acme";
const user = actorIdOf("acme/u-anna");

/** Both clouds, and the decorator's topology with its real handlers, on one virtual clock. */
export interface Clouds {
  readonly graph: GraphSimulator;
  readonly webex: WebexSimulator;
  readonly clock: VirtualClock;
  readonly driver: TopologyDriver<any, any, any>;
  /** Anna creates a meeting an hour long, two days from now. */
  meet(input: Partial<EventInput>): string;
  activate(settings?: OrganisationSettings): Promise<void>;
  /** Delivers the notification of the event's present version, and lets the decorator do all its work. */
  notify(eventId: string): Promise<void>;
  /** Lets time pass, and the decorator do all its work. */
  pass(ms: number): Promise<void>;
  /** PATCH requests so far. */
  patches(): number;
  close(): Promise<void>;
}

const people = (graph: GraphSimulator, webex: WebexSimulator): void => {
  for (const [userId, name, locale] of [
    [anna, "anna", "sv-SE"],
    [bert, "bert", "en-US"],
  ] as const)
    graph.addMailbox({
      tenantId,
      userId,
      userPrincipalName: `${name}@acme.example`,
      mail: `${name}@acme.example`,
      displayName: name,
      locale,
    });
  webex.addPerson({
    orgId,
    email: "service@acme.example",
    displayName: "service",
    roles: ["id_full_admin"],
    sites: ["acme.webex.com"],
  });
  webex.addPerson({ orgId, email: "bert@acme.example", displayName: "bert", sites: [] });
  webex.addPerson({
    orgId,
    email: "anna@acme.example",
    displayName: "anna",
    sites: ["acme.webex.com"],
    personalRoom: { hostPin: "4711", accessCode: "123 456 789" },
  });
};

export const openClouds = async (): Promise<Clouds> => {
  const authority = await createCertificateAuthority();
  const [tls, certificate] = await Promise.all([authority.issue(), createClientCertificate()]);
  const clock = new VirtualClock();
  const graph = await startGraphSimulator({
    clock: { now: () => clock.now(), at: (dueAt, run) => clock.at(instant(Math.ceil(dueAt)), run) },
    tls,
    caPem: authority.caPem,
  });
  graph.registerApp({ clientId, credentials: [{ kind: "certificate", certPem: certificate.certPem }] });
  graph.addTenant({ tenantId, displayName: "Acme", consentedApps: [clientId] });
  const webex = await startWebexSimulator({
    tls: { key: tls.keyPem, cert: tls.certPem },
    clock,
    accessTokens: [{ token: "secret", orgId, defaultSite: "acme.webex.com", person: "service@acme.example" }],
  });
  people(graph, webex);
  const graphClient = createMicrosoftGraph({
    cloud: { loginUrl: graph.baseUrl, graphUrl: graph.baseUrl },
    clientId,
    certificate: { thumbprintSha256: certificate.thumbprintSha256, privateKeyPem: certificate.keyPem },
    scheduler: clock,
    random: () => 0.5,
    ca: authority.caPem,
  });
  const webexClient = createWebexClient({
    baseUrl: webex.url,
    accessToken: async () => "secret",
    scheduler: clock,
    random: () => 0.5,
    ca: authority.caPem,
  });
  const driver = new TopologyDriver(decoratorTopology, { startAt: clock.now(), planted: /Planning/ });
  const handlers = sealHandlers(
    decoratorHandlers({
      ...graphPorts(graphClient),
      webex: webexRooms(webexClient),
      clock,
      ownRulesOf: noOwnRules,
      ...readDecoratorConfig({}),
    }),
    decoratorTexts,
  );
  const work = (): Promise<void> => driver.carryOut(handlers);
  const pass = async (ms: number): Promise<void> => {
    clock.advanceBy(ms);
    driver.advanceBy(ms);
    await work();
  };
  let transition = 0;
  return {
    graph,
    webex,
    clock,
    driver,
    pass,
    meet: (input) => {
      const startAt = clock.now() + 2 * 86_400_000;
      const event = {
        subject: "Planning",
        startAt,
        endAt: startAt + 3_600_000,
        attendees: ["bert@acme.example"],
      };
      return graph.createEvent(anna, { ...event, ...input }).immutableId;
    },
    activate: async (settings = defaults) => {
      driver.publish(userStatus, user, activeStatus(++transition, settings));
      await work();
    },
    notify: async (eventId) => {
      const { etag } = graph.readEvent(anna, eventId);
      const change = { subscriptionId: "s", tenantId, changeType: "updated", eventId, etag } as const;
      driver.publish(calendarChanges, user, { ...change, receivedAt: clock.now() });
      await pass(2_000);
    },
    patches: () => graph.metrics.countRequests({ method: "PATCH" }),
    close: async () => {
      await graphClient.close();
      await webexClient.close();
      await graph.stop();
      await webex.close();
    },
  };
};

const activeStatus = (transition: number, settings: OrganisationSettings): UserStatus => ({
  transition,
  from: "notActivated",
  to: "active",
  cause: "enabled",
  reason: null,
  failures: 0,
  nextTryAt: null,
  subscriptionId: "s",
  expiresAt: null,
  tenantId,
  objectId: anna,
  mailAddress: "anna@acme.example",
  settings,
  at: 0,
});
