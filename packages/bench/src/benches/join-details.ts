import { randomBytes } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { adminCommands, adminCommandValue, userOrderKey } from "@hybrid/contracts";
import {
  createCertificateAuthority,
  createClientCertificate,
  type GraphSimulator,
  startGraphSimulator,
  systemClock,
} from "@hybrid/graph-simulator";
import { activateTenant, presentUsers, readUpConfig, type System, startSystem } from "@hybrid/hybrid";
import { hours, minutes, orgIdOf, partitionOf } from "@hybrid/kernel";
import { systemRandom, systemScheduler } from "@hybrid/runtime";
import { startWebexSimulator } from "@hybrid/webex-simulator";
import { pino } from "pino";
import { quantileSorted } from "simple-statistics";
import type { Bench, Stage } from "../bench.ts";
import { freePort } from "../free-port.ts";

const org = orgIdOf("acme");
const tenantId = "11111111-2222-4333-a444-555555555555";
const webexOrg = "1eb65fdf-9643-417f-9974-ad72cae0e10f";
const clientId = "5d1a0b2c-0000-4000-a000-0000000000aa";
const site = "acme.webex.com";
const service = "service@acme.example";
const partitions = 8;

/** Meetings a second, each in another mailbox as long as there is one. */
const meetingsPerSecond = 10;
/** The documentation's patience; it is measured at the 99th percentile. */
const goalMs = 5_000;
/** What each meeting asks for, in turn. */
const keywords = ["@webex", "@webex:onetime", "@webex", "@meet"] as const;
/** Between two looks at what is in the mailboxes; part of the figure. */
const lookEveryMs = 10;
/** A meeting that has nothing by then counts as a failure of the bench. */
const patienceMs = minutes(1);

const objectIdOf = (n: number): string => `00000000-0000-4000-a000-${String(n).padStart(12, "0")}`;

interface Product {
  readonly graph: GraphSimulator;
  readonly close: () => Promise<void>;
}

const openClouds = async (users: number) => {
  const authority = await createCertificateAuthority();
  const [tls, certificate] = await Promise.all([authority.issue(), createClientCertificate()]);
  const token = randomBytes(16).toString("hex");
  const graph = await startGraphSimulator({ clock: systemClock, tls, caPem: authority.caPem });
  const webex = await startWebexSimulator({
    tls: { key: tls.keyPem, cert: tls.certPem },
    clock: systemClock,
    accessTokens: [{ token, orgId: webexOrg, defaultSite: site, person: service }],
    // A token's rate is Webex's to limit, not what is measured.
    rateLimit: { requests: 1_000_000, windowMs: minutes(1) },
  });
  graph.registerApp({ clientId, credentials: [{ kind: "certificate", certPem: certificate.certPem }] });
  graph.addTenant({ tenantId, displayName: "Acme", consentedApps: [clientId] });
  const common = { orgId: webexOrg, sites: [site] };
  webex.addPerson({ ...common, email: service, displayName: "Service", roles: ["id_full_admin"] });
  for (let n = 1; n <= users; n++) {
    const mail = `user${n}@acme.example`;
    graph.addMailbox({ tenantId, userId: objectIdOf(n), userPrincipalName: mail, mail, displayName: mail });
    webex.addPerson({ ...common, email: mail, displayName: mail, personalRoom: { name: `user${n}` } });
  }
  return { authority, tls, certificate, token, graph, webex };
};

const orderUsers = async ({ log }: System, users: number): Promise<void> => {
  const timestamp = systemScheduler().now();
  await log.append(
    Array.from({ length: users }, (_, nth) => {
      const key = userOrderKey(org, objectIdOf(nth + 1));
      const mailAddress = `user${nth + 1}@acme.example`;
      const person = { objectId: objectIdOf(nth + 1), tenantId, mailAddress, connector: null };
      const value = adminCommands.encode(
        adminCommandValue({ kind: "putUser", person, enabled: true }, timestamp),
      );
      return { topic: adminCommands.name, partition: partitionOf(key, partitions), key, value, timestamp };
    }),
  );
};

/** Every service of the product on the real clock, and all users Active. */
const openProduct = async ({ folder, say }: Stage, users: number): Promise<Product> => {
  const { authority, tls, certificate, token, graph, webex } = await openClouds(users);
  const port = await freePort();
  const config = readUpConfig(
    {
      INGEST_PORT: String(port),
      INGEST_TLS_KEY: tls.keyPem,
      INGEST_TLS_CERT: tls.certPem,
      PUBLIC_URL: `https://localhost:${port}`,
      LOG_PARTITIONS: String(partitions),
      CLIENT_STATE_KEYS: randomBytes(32).toString("base64url"),
      GRAPH_URL: graph.baseUrl,
      GRAPH_LOGIN_URL: graph.baseUrl,
      GRAPH_CLIENT_ID: clientId,
      GRAPH_CERTIFICATE: certificate.certPem,
      GRAPH_PRIVATE_KEY: certificate.keyPem,
      WEBEX_URL: webex.url,
      WEBEX_ACCESS_TOKEN: token,
      // Ten meetings a second need more than Webex grants one token; its rate is not what is measured.
      WEBEX_REQUESTS_PER_MINUTE: "100000",
      HEALTH_PORT: "0",
      API_PORT: "0",
    },
    { data: folder },
  );
  const { graph: graphConfig, webex: webexConfig } = config.clients;
  const ca = authority.caPem;
  const system = await startSystem({
    ...config,
    clients: {
      ...config.clients,
      ...(graphConfig ? { graph: { ...graphConfig, ca } } : {}),
      ...(webexConfig ? { webex: { ...webexConfig, ca } } : {}),
    },
    scheduler: systemScheduler(),
    random: systemRandom,
    logger: pino({ level: "warn" }, pino.destination(2)),
  });
  await system.ready();
  await activateTenant({ org, log: system.log, partitions, clock: systemScheduler() }, tenantId);
  await orderUsers(system, users);
  const isActive = async (): Promise<boolean> =>
    (await presentUsers({ log: system.log, partitions })).filter(({ to }) => to === "active").length ===
    users;
  while (!(await isActive())) await wait(100);
  say(`${users} users are Active`);
  const close = async (): Promise<void> => {
    await system.stop();
    await graph.stop();
    await webex.close();
  };
  return { graph, close };
};

/** Milliseconds from the meeting's creation to the details in its body. */
const latencyOf = async (graph: GraphSimulator, user: number, location: string): Promise<number> => {
  const startAt = Date.now() + hours(24);
  const owner = objectIdOf(user);
  const attendees = ["guest1@acme.example", "guest2@acme.example"];
  const event = { subject: "Planning", body: "<p>Agenda</p>", attendees, location };
  const began = performance.now();
  const { immutableId } = graph.createEvent(owner, { ...event, startAt, endAt: startAt + hours(1) });
  while (!graph.readEvent(owner, immutableId).body.content.includes("hybrid-join-details")) {
    if (performance.now() - began > patienceMs)
      throw new Error(`a meeting with ${location} has no join details after ${patienceMs} ms`);
    await wait(lookEveryMs);
  }
  return performance.now() - began;
};

const measure = async (stage: Stage): Promise<void> => {
  const users = stage.sized(100, 4);
  const { graph, close } = await openProduct(stage, users);
  let made = 0;
  const round = async (): Promise<readonly number[]> => {
    const count = Math.max(1, Math.round(meetingsPerSecond * stage.roundSeconds));
    const waiting: Promise<number>[] = [];
    for (let nth = 0; nth < count; nth++) {
      const keyword = keywords[made % keywords.length] ?? keywords[0];
      waiting.push(latencyOf(graph, (made % users) + 1, keyword));
      made += 1;
      await wait(1_000 / meetingsPerSecond);
    }
    return (await Promise.all(waiting)).toSorted((a, b) => a - b);
  };
  await round();
  for (let turn = 0; turn < stage.rounds; turn++) {
    const sorted = await round();
    stage.sample("join-details-p50", quantileSorted([...sorted], 0.5));
    stage.sample("join-details-p99", quantileSorted([...sorted], 0.99));
    stage.say(`${sorted.length} meetings, the slowest after ${Math.round(sorted.at(-1) ?? 0)} ms`);
  }
  await close();
};

/** How soon a meeting that asks for join details has them. */
export const joinDetailsBench: Bench = {
  name: "join-details",
  summary: "the whole product against both simulators on the real clock, from a new meeting to its details",
  processes: 1,
  measure,
  figures: [
    {
      name: "join-details-p50",
      unit: "ms",
      goal: null,
      meaning: "half of ten new meetings a second have their join details within this",
    },
    {
      name: "join-details-p99",
      unit: "ms",
      goal: { kind: "atMost", value: goalMs },
      meaning: "99 of 100 of them have; rooms, one-time meetings and spaces, 1 to 2 s of it by design",
    },
  ],
};
