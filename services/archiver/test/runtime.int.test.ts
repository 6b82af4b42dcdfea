import { join } from "node:path";
import { type ArchiveLog, archiveCommands, archiveLog, catalogOf, topicSettings } from "@hybrid/contracts";
import {
  createCertificateAuthority,
  createClientCertificate,
  startGraphSimulator,
  systemClock,
} from "@hybrid/graph-simulator";
import { actorIdOf, hours, minutes, partitionOf } from "@hybrid/kernel";
import { type Log, openEmbeddedLog, openKafkaLog, pagesOf } from "@hybrid/log";
import { createMicrosoftGraph } from "@hybrid/microsoft-graph";
import { runService, runtimeMetrics, systemRandom, systemScheduler } from "@hybrid/runtime";
import { KeyRing, sealHandlers } from "@hybrid/sealing";
import { TestVault } from "@hybrid/sealing/testing";
import { topicsOf } from "@hybrid/service";
import { canRunKafka, startKafka } from "@hybrid/tools/kafka-local";
import { createWebexClient } from "@hybrid/webex";
import { startWebexSimulator } from "@hybrid/webex-simulator";
import { Registry } from "prom-client";
import { describe, expect, onTestFinished, test } from "vitest";
import { fileBlobs } from "../src/adapters/file-blobs.ts";
import { archiverHandlers } from "../src/adapters/handlers.ts";
import { sealedBlobs } from "../src/adapters/sealed-blobs.ts";
import { service } from "../src/service.ts";
import { archiverTopology } from "../src/topology.ts";
import { archiverTexts } from "../src/whose-texts.ts";
import { uuidOf } from "./seeded.ts";
import { archivist, temporaryFolder, tenantId, terms } from "./world.ts";

const partitions = 4;
const users = 20;
const rooms = 10;
const membersOfRoom = 5;
/** With HYBRID_SCALE=1 a measurement rather than a test. */
const messages = process.env["HYBRID_SCALE"] === "1" ? 1_000 : 100;
const clientId = "33333333-3333-4333-8333-333333333333";
const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: console.error };
const scopes = ["events", "messages", "rooms", "memberships"].map((name) => `spark-compliance:${name}_read`);

const openClouds = async () => {
  const authority = await createCertificateAuthority();
  const [tls, certificate] = await Promise.all([authority.issue(), createClientCertificate()]);
  const graph = await startGraphSimulator({ clock: systemClock, tls, caPem: authority.caPem });
  graph.registerApp({ clientId, credentials: [{ kind: "certificate", certPem: certificate.certPem }] });
  graph.addTenant({ tenantId, displayName: "Acme", consentedApps: [clientId] });
  // What was said lies an hour back, so that the first round finds all of it.
  const clock = { now: () => Date.now() - hours(1) + told };
  let told = 0;
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
  webex.addPerson({ orgId: "acme", email: "officer@acme.example", displayName: "officer", sites: [] });
  const people = Array.from({ length: users }, (_, user) => {
    const email = `user${user}@acme.example`;
    graph.addMailbox({
      tenantId,
      userId: uuidOf("b", user),
      userPrincipalName: email,
      mail: email,
      displayName: email,
    });
    return webex.addPerson({ orgId: "acme", email, displayName: `User ${user}`, sites: [] });
  });
  for (let room = 0; room < rooms; room++) {
    const [creator, ...others] = Array.from(
      { length: membersOfRoom },
      (_, at) => people[(room * 2 + at) % users],
    );
    if (!creator) throw new Error("nobody is there");
    const space = webex.spaces.createRoom(creator, `Space ${room}`);
    for (const other of others) if (other) webex.spaces.addMember(creator.uuid, space, other);
    told += 1_000;
    for (let number = 0; number < messages / rooms; number++)
      webex.spaces.post(creator, space, { text: `Message ${number}` });
  }
  told = hours(1);
  const scheduler = systemScheduler();
  const common = { scheduler, random: systemRandom, ca: authority.caPem };
  const clients = {
    webex: createWebexClient({ ...common, baseUrl: webex.url, accessToken: async () => "officer" }),
    graph: createMicrosoftGraph({
      ...common,
      cloud: { loginUrl: graph.baseUrl, graphUrl: graph.baseUrl },
      clientId,
      certificate: { thumbprintSha256: certificate.thumbprintSha256, privateKeyPem: certificate.keyPem },
    }),
  };
  return {
    graph,
    clients,
    close: async () => {
      await clients.webex.close();
      await clients.graph.close();
      await webex.close();
      await graph.stop();
    },
  };
};

/** Everything is archived on this log; what was measured is said when it was asked for. */
const archivesOn = async (openLog: (folder: string) => Promise<Log>): Promise<void> => {
  const folder = await temporaryFolder();
  const clouds = await openClouds();
  const log = await openLog(folder.path);
  const { allTopics } = catalogOf([topicsOf(service)]);
  await log.createTopics(allTopics.map((topic) => topicSettings(topic, partitions)));
  const running = await runService({
    topology: archiverTopology([archivist]),
    handlers: sealHandlers(
      archiverHandlers({
        ...clouds.clients,
        blobs: sealedBlobs(fileBlobs(join(folder.path, "blobs")), new Uint8Array(32).fill(7)),
        clock: systemScheduler(),
        logger: quiet,
      }),
      archiverTexts,
    ),
    keys: new KeyRing({ vault: new TestVault(), clock: systemScheduler() }),
    log,
    topics: allTopics,
    partitions,
    scheduler: systemScheduler(),
    random: systemRandom,
    logger: quiet,
    metrics: runtimeMetrics(new Registry()),
  });
  const totals = async (): Promise<{ readonly available: number; readonly success: number }> => {
    let found: ArchiveLog["days"] = [];
    for (let partition = 0; partition < partitions; partition++)
      for await (const page of pagesOf(log, { topic: archiveLog.name, partition }))
        for (const { value } of page) if (value !== null) found = archiveLog.decode(value).days;
    return found.reduce(
      (sum, day) => ({ available: sum.available + day.available, success: sum.success + day.success }),
      { available: 0, success: 0 },
    );
  };
  try {
    await running.ready();
    const key = actorIdOf("acme/c-main");
    const order = {
      kind: "create",
      by: archivist,
      terms,
      pollEveryMs: minutes(15),
      to: null,
      requestedAt: 0,
    } as const;
    const value = archiveCommands.encode({ ...order, from: Date.now() - hours(2) });
    const timestamp = systemScheduler().now();
    const startedAt = performance.now();
    await log.append([
      { topic: archiveCommands.name, partition: partitionOf(key, partitions), key, value, timestamp },
    ]);
    const wanted = messages * membersOfRoom;
    const copies = (): number =>
      Array.from({ length: users }, (_, user) => clouds.graph.listMail(uuidOf("b", user)).length).reduce(
        (a, b) => a + b,
        0,
      );
    await expect.poll(copies, { timeout: 240_000, interval: 500 }).toBe(wanted);
    const seconds = (performance.now() - startedAt) / 1_000;
    await expect
      .poll(totals, { timeout: 30_000, interval: 100 })
      .toEqual({ available: wanted, success: wanted });
    expect(copies()).toBe(wanted);
    if (messages > 100)
      process.stderr.write(`${wanted} copies in ${seconds} s: ${wanted / seconds} per second\n`);
  } finally {
    await running.stop();
    await log.close();
    await clouds.close();
    await folder.remove();
  }
};

test("the archiver runs on the embedded log: actors in several partitions put every copy into its mailbox once", async () => {
  await archivesOn((folder) =>
    openEmbeddedLog({ path: join(folder, "log.sqlite"), clock: systemScheduler() }),
  );
}, 300_000);

const ability = await canRunKafka();

describe.skipIf(!ability.ok)("on a broker", () => {
  test("the archiver runs on Kafka: every copy is in its mailbox once, and the status log adds up", async () => {
    const kafka = await startKafka();
    onTestFinished(() => kafka.stop());
    await archivesOn(() =>
      openKafkaLog({ brokers: kafka.brokers, clientId: "archiver", clock: systemScheduler() }),
    );
  }, 300_000);
});
