import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { createClientCertificate } from "@hybrid/graph-simulator";
import { clientsOf } from "@hybrid/service";
import { testedKafka } from "@hybrid/tools/kafka-local";
import { expect, onTestFinished, test } from "vitest";
import { parse } from "yaml";
import { registrationSettings } from "../src/clients/registrations.ts";
import { readUpConfig } from "../src/config.ts";
import { services } from "../src/service-list.ts";
import { knownVariables } from "../src/settings.ts";

const root = new URL("../../../", import.meta.url);
const textOf = (path: string): string => readFileSync(new URL(path, root), "utf8");

interface Container {
  readonly image: string;
  readonly command?: readonly string[];
  /** Null: passed on where it is given. */
  readonly environment?: Readonly<Record<string, string | null>>;
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly secrets?: readonly string[];
  readonly healthcheck?: { readonly test?: readonly string[]; readonly disable?: boolean };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
}

interface Compose {
  readonly services: Readonly<Record<string, Container>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
}

const compose = parse(textOf("docker-compose.yml"), { merge: true }) as Compose;
const ours = Object.entries(compose.services).filter(([, { image }]) => image.startsWith("hybrid-services:"));

/** Fills `${NAME:-default}` and `${NAME:?message}` in, as docker compose does. */
const filledIn = (text: string, given: Readonly<Record<string, string>>): string =>
  text.replaceAll(/\$\{(?<name>\w+):(?:-(?<byDefault>[^}]*)|\?[^}]*)\}/g, (...match) => {
    const groups = match.at(-1) as { readonly name: string; readonly byDefault?: string };
    const value = given[groups.name] ?? groups.byDefault;
    if (value === undefined) throw new Error(`${groups.name} must be given`);
    return value;
  });

/** What a container sees, with its secrets as files of this machine. */
const environmentOf = async (
  { environment = {}, secrets = [] }: Container,
  more: Readonly<Record<string, string>> = {},
) => {
  const folder = await mkdtemp(join(tmpdir(), "hybrid-compose-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const { certPem, keyPem } = await createClientCertificate();
  const contents: Readonly<Record<string, string>> = {
    "graph-certificate": certPem,
    "graph-private-key": keyPem,
    "webex-access-token": "token",
    "key-encryption-keys": Buffer.alloc(32, 8).toString("base64"),
  };
  for (const name of secrets) await writeFile(join(folder, name), contents[name] ?? "");
  const given = {
    PUBLIC_URL: "https://hybrid.example",
    GRAPH_CLIENT_ID: "5d1a0b2c-0000-4000-a000-0000000000aa",
    CLIENT_STATE_KEYS: Buffer.alloc(32, 7).toString("base64url"),
    HUB_SIGN_IN_KEY: Buffer.alloc(32, 9).toString("base64url"),
    ...more,
  };
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) => {
      const text = value === null ? more[name] : filledIn(value, given);
      return text === undefined ? [] : [[name, text.replace("/run/secrets", folder)]];
    }),
  );
};

test("every service of the system has a container, and is given all that it needs and no more secrets", async () => {
  for (const { name } of services) {
    const container = compose.services[name];
    expect(container?.command).toEqual(["up", "--service", name]);
    if (!container) continue;
    const config = readUpConfig(await environmentOf(container), { data: "data", service: name });
    expect(config.log.place).toMatchObject({ kind: "kafka", brokers: ["kafka:9092"], clientId: name });
    expect(config.clients.graph?.sharedLimits !== undefined).toBe(config.clients.graph !== undefined);
    const unread = container.secrets?.filter(
      (secret) => !JSON.stringify(container.environment).includes(secret),
    );
    expect(unread ?? []).toEqual([]);
  }
  expect(compose.services["notification-ingest"]?.secrets).toBeUndefined();
});

/** The registrations of their own that a process may have, with all their settings. */
const registrations = { groupsGraph: "groups", archiveGraph: "archive" } as const;

test("registrations of their own reach the services that work as them, and no other", async () => {
  const id = "5d1a0b2c-0000-4000-a000-0000000000bb";
  for (const service of services)
    for (const [client, app] of Object.entries(registrations)) {
      const container = compose.services[service.name];
      const isUsed = clientsOf(service).some((each) => each === client);
      const prefix = `${app.toUpperCase()}_GRAPH_`;
      const passed = Object.keys(container?.environment ?? {}).filter((name) => name.startsWith(prefix));
      // What is secret, or in PEM, is given by a file.
      const bare = passed.map((name) => name.replace(/(?<!TOKEN)_FILE$/, ""));
      expect(bare.toSorted()).toEqual(isUsed ? Object.keys(registrationSettings(app)).toSorted() : []);
      const folder = `./secrets/${app}:/run/secrets/${app}:ro`;
      expect(container?.volumes?.includes(folder) ?? false).toBe(isUsed);
      if (!container || !isUsed) continue;
      const given = await environmentOf(container, { [`${prefix}CLIENT_ID`]: id });
      const { clients } = readUpConfig(given, { data: "data", service: service.name });
      expect(clients[client as keyof typeof registrations]?.clientId).toBe(id);
    }
});

test("where users consent each for the own calendar, and for how long, can be said", async () => {
  const consent = compose.services["consent"];
  const given = { CONSENT_URL: "https://consent.example", CONSENT_USER_DAYS: "7" };
  for (const name of ["consent", "control-hub"])
    expect(compose.services[name]?.environment).toHaveProperty("CONSENT_URL", null);
  const environment = await environmentOf(consent ?? { image: "" }, given);
  expect(environment).toMatchObject(given);
  expect(environment["KEY_ENCRYPTION_KEYS_FILE"]).toBeDefined();
});

test("every variable of our containers is one that somebody reads", () => {
  const isRead = (name: string): boolean => knownVariables().includes(name);
  expect(isRead("INGEST_PORTS")).toBe(false);
  for (const [, { environment = {} }] of ours)
    expect(Object.keys(environment).filter((name) => !isRead(name))).toEqual([]);
});

test("images have versions, and containers wait for what they need until it is healthy", () => {
  for (const { image, healthcheck, depends_on: needs = {} } of Object.values(compose.services)) {
    expect(image).toMatch(/^[a-z/-]+:\d+\.\d+\.\d+(-[a-z]+)?$/);
    expect(healthcheck?.test !== undefined || healthcheck?.disable === true).toBe(true);
    for (const [needed, { condition }] of Object.entries(needs)) {
      expect(Object.keys(compose.services)).toContain(needed);
      expect(condition).toBe(needed === "topics" ? "service_completed_successfully" : "service_healthy");
    }
  }
  expect(compose.services["kafka"]?.image).toBe(`apache/kafka:${testedKafka.newest}`);
  const nodes = [...textOf("deploy/images/Dockerfile").matchAll(/^FROM node:(?<version>\S+?)-/gm)];
  const locked = /^ {2}node@(?<version>[\d.]+):$/m.exec(textOf("pnpm-lock.yaml"))?.groups?.["version"];
  expect(nodes.map(({ groups }) => groups?.["version"])).toEqual([locked, locked]);
});

test("nothing is published but on this machine, and every secret is one that is declared", () => {
  for (const { ports = [], secrets = [] } of Object.values(compose.services)) {
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
    for (const secret of secrets) expect(Object.keys(compose.secrets)).toContain(secret);
  }
  for (const { file } of Object.values(compose.secrets)) expect(basename(file)).not.toBe("");
});
