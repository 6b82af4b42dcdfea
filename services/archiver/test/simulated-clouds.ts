import {
  createCertificateAuthority,
  createClientCertificate,
  startGraphSimulator,
} from "@hybrid/graph-simulator";
import { instant } from "@hybrid/kernel";
import { VirtualClock } from "@hybrid/kernel/testing";
import { createMicrosoftGraph } from "@hybrid/microsoft-graph";
import { createWebexClient } from "@hybrid/webex";
import { startWebexSimulator } from "@hybrid/webex-simulator";
import { seededRandom, uuidOf } from "./seeded.ts";
import { ArchiveRunner, startAt, tenantId } from "./world.ts";

const clientId = "33333333-3333-4333-8333-333333333333";
const scopes = ["events", "messages", "rooms", "memberships"].map((name) => `spark-compliance:${name}_read`);

/** The service on both simulators over TLS, everything on one virtual clock. */
class SimulatedRunner extends ArchiveRunner {
  readonly #clock: VirtualClock;

  constructor(clock: VirtualClock, ports: ConstructorParameters<typeof ArchiveRunner>[1]) {
    super(1, ports);
    this.#clock = clock;
  }

  override advance(ms: number): void {
    super.advance(ms);
    this.#clock.advanceTo(this.driver.now);
  }
}

/** People by first name: each has a mailbox and is in Webex. */
export const openClouds = async (names: readonly string[]) => {
  const authority = await createCertificateAuthority();
  const [tls, certificate] = await Promise.all([authority.issue(), createClientCertificate()]);
  const clock = new VirtualClock(startAt);
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
    accessTokens: [
      {
        token: "officer",
        orgId: "acme",
        defaultSite: "acme.webex.com",
        person: "officer@acme.example",
        scopes,
      },
    ],
  });
  const personOf = (name: string) =>
    webex.addPerson({
      orgId: "acme",
      email: `${name}@acme.example`,
      displayName: name,
      sites: ["acme.webex.com"],
    });
  personOf("officer");
  const people = Object.fromEntries(names.map((name) => [name, personOf(name)]));
  for (const [number, name] of names.entries())
    graph.addMailbox({
      tenantId,
      userId: uuidOf("b", number),
      userPrincipalName: `${name}@acme.example`,
      mail: `${name}@acme.example`,
      displayName: name,
    });
  const random = seededRandom(3);
  const clients = {
    webex: createWebexClient({
      baseUrl: webex.url,
      accessToken: async () => "officer",
      scheduler: clock,
      random,
      ca: authority.caPem,
    }),
    graph: createMicrosoftGraph({
      cloud: { loginUrl: graph.baseUrl, graphUrl: graph.baseUrl },
      clientId,
      certificate: { thumbprintSha256: certificate.thumbprintSha256, privateKeyPem: certificate.keyPem },
      scheduler: clock,
      random,
      ca: authority.caPem,
    }),
  };
  // Quick retries of the clients wait on the clock: it runs by itself while something waits for it.
  let isOpen = true;
  const drive = (): void => {
    const dueAt = clock.nextDueAt();
    if (dueAt !== null && dueAt <= clock.now() + 5_000) clock.advanceTo(dueAt);
    if (isOpen) setImmediate(drive);
  };
  setImmediate(drive);
  return {
    graph,
    webex,
    clock,
    people,
    runner: new SimulatedRunner(clock, () => clients),
    mailOf: (name: string) => graph.listMail(uuidOf("b", names.indexOf(name))),
    userIdOf: (name: string) => uuidOf("b", names.indexOf(name)),
    close: async () => {
      isOpen = false;
      await clients.webex.close();
      await clients.graph.close();
      await webex.close();
      await graph.stop();
    },
  };
};
