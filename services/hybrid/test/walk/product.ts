import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import {
  createCertificateAuthority,
  createClientCertificate,
  type GraphSimulator,
  startGraphSimulator,
} from "@hybrid/graph-simulator";
import { instant, type Scheduler } from "@hybrid/kernel";
import { seededRandom } from "@hybrid/runtime";
import { startWebexSimulator, type WebexSimulator } from "@hybrid/webex-simulator";
import pino from "pino";
import { readUpConfig } from "../../src/config.ts";
import { SteerableClock } from "../../src/simulate/steerable-clock.ts";
import { startSystem } from "../../src/system.ts";
import { customer, people } from "./customer.ts";

/** The registrations in Microsoft Entra: one for each consent, and the one by which people sign in here. */
const apps = {
  calendar: "5d1a0b2c-0000-4000-a000-0000000000aa",
  groups: "5d1a0b2c-0000-4000-a000-0000000000bb",
  archive: "5d1a0b2c-0000-4000-a000-0000000000cc",
  signIn: "5d1a0b2c-0000-4000-a000-0000000000dd",
} as const;

const asked = {
  calendar: ["Calendars.ReadWrite", "MailboxSettings.Read", "User.Read.All", "Domain.Read.All"],
  groups: ["Group.ReadWrite.All", "User.Read.All", "Files.ReadWrite.All", "Organization.Read.All"],
  archive: ["Mail.ReadWrite", "User.Read.All", "GroupMember.Read.All"],
} as const;

const secret = "sign-in-secret";

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });

const inhabit = (graph: GraphSimulator, webex: WebexSimulator): void => {
  graph.addTenant({ tenantId: customer.tenantId, displayName: "Nordhamn", domains: ["nordhamn.example"] });
  const [ada, bo] = people;
  for (const { mail, objectId } of people) {
    const displayName = mail.split("@", 1)[0] ?? mail;
    graph.addMailbox({
      tenantId: customer.tenantId,
      userId: objectId,
      userPrincipalName: mail,
      mail,
      displayName,
      state: mail === bo.mail ? "unlicensed" : "normal",
    });
    webex.addPerson({
      orgId: customer.webexOrg,
      email: mail,
      displayName,
      externalId: objectId,
      licenses: ["Messaging"],
      roles: mail === ada.mail ? ["id_full_admin"] : [],
      sites: [customer.site],
      personalRoom: {},
    });
  }
  graph.setDirectoryRoles(ada.objectId, ["Global Administrator"]);
};

/** Both clouds, in which nobody has consented to anything, and what leads the services there. */
const startClouds = async (clock: SteerableClock, folder: string) => {
  const authority = await createCertificateAuthority();
  // The services trust what Node trusts; the authority of the simulators joins that for this process.
  setDefaultCACertificates([...getCACertificates("default"), authority.caPem]);
  const [tls, certificate] = await Promise.all([authority.issue(), createClientCertificate()]);
  const { caPem } = authority;
  const graph = await startGraphSimulator({ clock, tls, caPem, delivery: { delayMs: [1, 5] } });
  const webex = await startWebexSimulator({
    tls: { key: tls.keyPem, cert: tls.certPem },
    clock,
    caPem,
    accessTokens: [
      {
        token: "webex-token",
        orgId: customer.webexOrg,
        defaultSite: customer.site,
        person: people[0].mail,
        isOfficer: true,
      },
    ],
  });
  const proof = { kind: "certificate", certPem: certificate.certPem } as const;
  for (const [app, roles] of Object.entries(asked))
    graph.registerApp({ clientId: apps[app as keyof typeof asked], credentials: [proof], roles });
  graph.registerApp({ clientId: apps.signIn, credentials: [{ kind: "secret", secret }] });
  inhabit(graph, webex);
  const [ingest, api, hub] = [await freePort(), await freePort(), await freePort()];
  const settings = {
    LOG_PARTITIONS: "2",
    PUBLIC_URL: `https://localhost:${ingest}`,
    INGEST_PORT: String(ingest),
    INGEST_TLS_KEY: tls.keyPem,
    INGEST_TLS_CERT: tls.certPem,
    CLIENT_STATE_KEYS: Buffer.alloc(32, 7).toString("base64url"),
    GRAPH_URL: graph.baseUrl,
    GRAPH_LOGIN_URL: graph.baseUrl,
    GRAPH_CLIENT_ID: apps.calendar,
    GROUPS_GRAPH_CLIENT_ID: apps.groups,
    ARCHIVE_GRAPH_CLIENT_ID: apps.archive,
    GRAPH_CERTIFICATE: certificate.certPem,
    GRAPH_PRIVATE_KEY: certificate.keyPem,
    WEBEX_URL: webex.url,
    WEBEX_ACCESS_TOKEN: "webex-token",
    API_PORT: String(api),
    CONSENT_URL: `http://localhost:${api}`,
    HEALTH_PORT: "0",
    HUB_PORT: String(hub),
    HUB_OIDC_ISSUER: `${graph.baseUrl}/${customer.tenantId}/v2.0`,
    HUB_OIDC_CLIENT_ID: apps.signIn,
    HUB_OIDC_CLIENT_SECRET: secret,
    HUB_OIDC_ROLES: "full=Hub.Admin,support=Hub.Help,readOnly=Hub.Read",
    HUB_OIDC_SELF_SERVICE: "true",
    HUB_OIDC_ORGANISATION: customer.org,
    ARCHIVE_ADMINISTRATORS: people[0].mail,
    ARCHIVE_SEALING_KEY: Buffer.alloc(32, 9).toString("base64"),
    ARCHIVE_FOLDER: join(folder, "archive"),
  };
  return { graph, webex, settings, origin: `http://localhost:${hub}` };
};

/** The whole product as `hybrid up` runs it on one machine, before two clouds that nobody has let it into. */
export const startProduct = async () => {
  const folder = await mkdtemp(join(tmpdir(), "hybrid-walk-"));
  // It runs as the real one, and a test moves it on where people would wait.
  // It begins in the morning, so that a day of the archive does not end in the middle.
  const clock = new SteerableClock({ isHeld: false, startAt: new Date().setUTCHours(9, 0, 0, 0) });
  const { graph, webex, settings, origin } = await startClouds(clock, folder);
  const scheduler: Scheduler = {
    now: () => instant(clock.now()),
    at: (dueAt, run) => clock.at(dueAt, run),
  };
  const system = await startSystem({
    ...readUpConfig(settings, { data: folder }),
    scheduler,
    random: seededRandom(1),
    logger: pino({ level: process.env["HYBRID_LOG_LEVEL"] ?? "silent" }, pino.destination(2)),
  });
  // The page answers before every topic is there, and each sign-in is written down in one.
  await system.ready();
  const stop = async (): Promise<void> => {
    await system.stop();
    clock.stop();
    await Promise.all([graph.stop(), webex.close()]);
    await rm(folder, { recursive: true, force: true });
  };
  return { graph, webex, clock, system, origin, stop };
};

/** The product at work. */
export type Product = Awaited<ReturnType<typeof startProduct>>;
