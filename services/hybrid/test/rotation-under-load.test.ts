import { readFile, writeFile } from "node:fs/promises";
import { createClientCertificate } from "@hybrid/graph-simulator";
import { type ActorId, minutes } from "@hybrid/kernel";
import { VirtualClock } from "@hybrid/kernel/testing";
import { openEmbeddedLog } from "@hybrid/log";
import { seededRandom } from "@hybrid/runtime";
import { KeyRing, openValue, sealValue, withKeys } from "@hybrid/sealing";
import { localKeyPort, newKeyEncryptionKey, Vault } from "@hybrid/vault";
import { pino } from "pino";
import { Registry } from "prom-client";
import { expect, onTestFinished, test } from "vitest";
import { ClientOpener } from "../src/clients/clients.ts";
import { readUpConfig } from "../src/config.ts";
import { Opened } from "../src/opened.ts";
import { clouds, folder, objectIdOf, tenantId, webexOrg } from "./clouds.ts";

const user = "acme/u-ada" as ActorId;

/** The ways to both clouds by the files of the settings, on a clock that the test moves. */
const openClients = async (clock: VirtualClock) => {
  const at = await folder();
  const { graph, webex, environment } = await clouds(at);
  const ca = await readFile(environment.NODE_EXTRA_CA_CERTS, "utf8");
  const config = readUpConfig(environment, { data: at, service: "user-state,decorator" }).clients;
  if (!config.graph || !config.webex) throw new Error("the services need both clouds");
  const opened = new Opened();
  onTestFinished(() => opened.close());
  const opener = new ClientOpener(
    {
      ...config,
      graph: { ...config.graph, ca },
      webex: { ...config.webex, ca, requestsPerMinuteMax: 5_000 },
    },
    { scheduler: clock, random: seededRandom(1), logger: pino({ level: "silent" }) },
    { opened, registry: new Registry() },
    new Map(),
  );
  return { graph, webex, environment, clients: await opener.all(["graph", "webex"]) };
};

/** A vault in memory whose key-encryption keys can be replaced. */
const openVault = async (clock: VirtualClock) => {
  const log = await openEmbeddedLog({ path: ":memory:", clock });
  const keys = { text: newKeyEncryptionKey() };
  const keyPort = localKeyPort(() => Promise.resolve(keys.text), "the test's keys");
  const vault = new Vault({ log, partitions: 2, clock, keyPort });
  onTestFinished(async () => {
    vault.close();
    await log.close();
  });
  return { vault, keys, ring: new KeyRing({ vault, clock }) };
};

test("certificate, Webex token and all keys of the vault are rotated under load, and no call fails", async () => {
  const clock = new VirtualClock();
  const { graph, webex, environment, clients } = await openClients(clock);
  const { vault, keys, ring } = await openVault(clock);
  const clientId = environment.GRAPH_CLIENT_ID;
  const failures: unknown[] = [];
  let calls = 0;
  const tried = async (call: () => Promise<unknown>): Promise<void> => {
    calls++;
    await call().catch((error: unknown) => void failures.push(error));
  };
  const sealed: unknown[] = [];
  const load = (round: number): readonly Promise<void>[] =>
    Array.from({ length: 12 }, (_, n) => [
      tried(() => {
        const signal = AbortSignal.timeout(30_000);
        return clients.graph.mailboxes.probe({
          tenantId,
          userObjectId: objectIdOf((n % 2) + 1),
          signal,
        });
      }),
      tried(() => clients.webex.findPerson("user1@acme.example", AbortSignal.timeout(30_000))),
      tried(async () => {
        const session = ring.session();
        const value = { sealedFor: user, keyId: "", value: `secret ${round} ${n}` };
        sealed.push(await withKeys(session, () => sealValue(value, session)));
      }),
    ]).flat();

  let certPem = await readFile(environment.GRAPH_CERTIFICATE_FILE, "utf8");
  const rotations = [
    async () => {
      const next = await createClientCertificate();
      // Both are registered for a while, as Microsoft asks; the two files are replaced one after the other.
      const register = (...pems: readonly string[]) =>
        graph.registerApp({
          clientId,
          credentials: pems.map((pem) => ({ kind: "certificate", certPem: pem }) as const),
        });
      register(certPem, next.certPem);
      await writeFile(environment.GRAPH_CERTIFICATE_FILE, next.certPem);
      await Promise.all(load(-1));
      await writeFile(environment.GRAPH_PRIVATE_KEY_FILE, next.keyPem);
      await Promise.all(load(-1));
      register(next.certPem);
      certPem = next.certPem;
    },
    async () => {
      webex.addToken({ token: "token-2", orgId: webexOrg, defaultSite: "acme.webex.com" });
      await writeFile(environment.WEBEX_ACCESS_TOKEN_FILE, "token-2\n");
      await Promise.all(load(-1));
      webex.revokeToken("token-1");
    },
    () => vault.rotateOwner(user),
    () => vault.rotateOrganisation("acme"),
    async () => {
      keys.text = `${newKeyEncryptionKey()},${keys.text}`;
      await vault.rewrap();
      keys.text = keys.text.split(",")[0] ?? "";
    },
  ];
  for (const [round, rotate] of rotations.entries()) {
    // Within five minutes of its end each round's token is due for its next one, which the credential gets.
    await Promise.all([...load(round), rotate(), ...load(round)]);
    clock.advanceBy(minutes(56));
    await Promise.all(load(round));
  }
  expect(failures).toEqual([]);
  expect(calls).toBeGreaterThan(500);
  const issued = { method: "POST", route: "/:tenant/oauth2/v2.0/token", status: 200 };
  expect(graph.metrics.countRequests(issued)).toBeGreaterThanOrEqual(rotations.length);
  expect(graph.metrics.countRequests({ status: 401 })).toBe(0);
  const session = new KeyRing({ vault, clock }).session();
  const opened = await withKeys(session, () => sealed.map((value) => openValue(value, session)));
  expect(
    opened.every((value) => String((value as { readonly value?: unknown }).value).startsWith("secret")),
  ).toBe(true);
});
