import { type PeopleSource, syncKey, syncOrders } from "@hybrid/contracts";
import {
  createCertificateAuthority,
  createClientCertificate,
  type GraphSimulator,
  startGraphSimulator,
} from "@hybrid/graph-simulator";
import { type Handlers, instant, ProviderError, plus } from "@hybrid/kernel";
import { VirtualClock } from "@hybrid/kernel/testing";
import { createMicrosoftGraph } from "@hybrid/microsoft-graph";
import { createWebexClient } from "@hybrid/webex";
import { startWebexSimulator, type WebexSimulator } from "@hybrid/webex-simulator";
import { directoryHandlers } from "../src/adapters/handlers.ts";
import type { Call, Input } from "../src/domain/inputs.ts";
import { DrivenDirectory, org, tenantId } from "./driven-directory.ts";

const clientId = "33333333-3333-4333-8333-333333333333";
export const webexOrg = "1eb65fdf-9643-417f-9974-ad72cae0e10f";

/** Both clouds, and a directory with the real handlers, on one virtual clock. */
export interface SimulatedSources {
  readonly graph: GraphSimulator;
  readonly webex: WebexSimulator;
  readonly clock: VirtualClock;
  readonly directory: DrivenDirectory;
  /** A mailbox and a person at Webex for it. */
  add(user: { readonly objectId: string; readonly mail: string }, more?: object): void;
  sync(source: PeopleSource, options?: { readonly full?: boolean }): Promise<void>;
  close(): Promise<void>;
}

export const openSources = async (): Promise<SimulatedSources> => {
  const authority = await createCertificateAuthority();
  const [tls, certificate] = await Promise.all([authority.issue(), createClientCertificate()]);
  const clock = new VirtualClock();
  const graph = await startGraphSimulator({
    clock: { now: () => clock.now(), at: (dueAt, run) => clock.at(instant(Math.ceil(dueAt)), run) },
    tls,
    caPem: authority.caPem,
  });
  const roles = ["User.Read.All", "Domain.Read.All"];
  graph.registerApp({
    clientId,
    roles,
    credentials: [{ kind: "certificate", certPem: certificate.certPem }],
  });
  graph.addTenant({
    tenantId,
    displayName: "Acme",
    domains: ["acme.example", "B\u00fccher.example"],
    consentedApps: [clientId],
  });
  const webex = await startWebexSimulator({
    tls: { key: tls.keyPem, cert: tls.certPem },
    clock,
    accessTokens: [{ token: "secret", orgId: webexOrg, defaultSite: "acme.webex.com" }],
  });
  const common = { scheduler: clock, random: () => 0.5, ca: authority.caPem };
  const graphClient = createMicrosoftGraph({
    cloud: { loginUrl: graph.baseUrl, graphUrl: graph.baseUrl },
    clientId,
    certificate: { thumbprintSha256: certificate.thumbprintSha256, privateKeyPem: certificate.keyPem },
    ...common,
  });
  const webexClient = createWebexClient({ baseUrl: webex.url, accessToken: async () => "secret", ...common });
  const directory = new DrivenDirectory();
  const { driver } = directory;
  const handlers: Handlers<Call, Input> = directoryHandlers({
    graph: graphClient,
    webex: webexClient,
    clock,
  });
  const carryOut = handlers as Record<string, (order: Call, context: never) => Promise<Input>>;
  const actors = driver.actors.bind(driver);

  const work = async (): Promise<void> => {
    for (let [open] = driver.openCalls(); open; [open] = driver.openCalls()) {
      const { callId, actor, call } = open;
      const context = { callId, actor, actors, signal: AbortSignal.timeout(30_000), deadlineAt: clock.now() };
      try {
        const outcome = await carryOut[call.kind]!(call, context as never);
        if (JSON.stringify(outcome).length > 65_536) throw new Error(`${call.kind} brings too much`);
        driver.answer(callId, outcome);
      } catch (error) {
        if (!(error instanceof ProviderError)) throw error;
        const { code, retryable, retryAfterMs, status = null } = error;
        const retryAt = retryAfterMs === undefined ? null : plus(clock.now(), retryAfterMs);
        driver.fail(callId, { code, retryable, retryAt, status });
      }
    }
  };
  return {
    graph,
    webex,
    clock,
    directory,
    add: ({ objectId, mail }, more = {}) => {
      const common = { displayName: mail, sites: ["acme.webex.com"], orgId: webexOrg };
      graph.addMailbox({ tenantId, userId: objectId, userPrincipalName: mail, mail, displayName: mail });
      webex.addPerson({ ...common, email: mail, externalId: objectId, licenses: ["Messaging"], ...more });
    },
    sync: async (source, { full = false } = {}) => {
      driver.publish(syncOrders, syncKey(org, source), { full, go: true, requestedAt: driver.now });
      await work();
    },
    close: async () => {
      await graphClient.close();
      await webexClient.close();
      await graph.stop();
      await webex.close();
    },
  };
};
