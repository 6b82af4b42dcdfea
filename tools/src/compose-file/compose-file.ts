import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type AnyService, clientsOf, httpOf, sealsOf } from "@hybrid/service";
import type { Setting, Vocabulary } from "@hybrid/settings";

const textOf = (name: string): string => readFileSync(join(import.meta.dirname, name), "utf8");

type Lines = readonly string[];

// oxlint-disable-next-line typescript/no-explicit-any -- of any value: only whether it must be given counts.
const entries = (vocabulary: Vocabulary): readonly (readonly [string, Setting<any>])[] =>
  Object.entries(vocabulary);

/** Given by the person who starts the containers, who is told its meaning when it is missing. */
const given = (name: string, { parts }: Setting<unknown>): string => {
  const meaning = (parts.meaning.split(/[:;,.}]/, 1)[0] ?? "").replaceAll("`", "");
  return `      ${name}: \${${name}:?${meaning}}`;
};

/** What every process says for itself, or the log's part of the file says for all. */
const saidElsewhere: ReadonlySet<string> = new Set(["LOG_PARTITIONS"]);

/** What all processes of a service must share as soon as they have a Redis, which goes with Graph here. */
const sharedBesideRedis: ReadonlySet<string> = new Set(["HUB_SIGN_IN_KEY"]);

const ownSettings = (service: AnyService): Lines =>
  entries(service.settings.vocabulary).flatMap(([name, setting]) => {
    const isNeeded =
      setting.required || (sharedBesideRedis.has(name) && clientsOf(service).includes("graph"));
    return isNeeded && !saidElsewhere.has(name) ? [given(name, setting)] : [];
  });

interface Address {
  readonly host: string;
  readonly port: string;
  readonly usual: number;
}

/** Passed on where the environment has them: settings that most leave as they are. */
const passedOn: ReadonlySet<string> = new Set(["CONSENT_USER_DAYS"]);

const optional = (service: AnyService): Lines =>
  entries(service.settings.vocabulary).flatMap(([name]) => (passedOn.has(name) ? [`      ${name}:`] : []));

/** Registrations of their own, by the name of their client: what settings begin with, and the folder. */
const ownRegistrations = { groupsGraph: "groups", archiveGraph: "archive" } as const;

const registrationsOf = (service: AnyService): Lines =>
  Object.entries(ownRegistrations).flatMap(([client, name]) =>
    clientsOf(service).some((used) => used === client) ? [name] : [],
  );

/** The settings of a registration, passed on. What is secret is given by its file. */
const registrationLines = (name: string): string =>
  [
    "CLIENT_ID",
    "CERTIFICATE_FILE",
    "PRIVATE_KEY_FILE",
    "CLIENT_SECRET_FILE",
    "CLIENT_SECRET_EXPIRES",
    "FEDERATED_TOKEN_FILE",
  ]
    .map((setting) => `  ${name.toUpperCase()}_GRAPH_${setting}:\n`)
    .join("");

/** Where a service is reached over HTTP, by the settings that name it. */
const addressesOf = (service: AnyService): readonly Address[] => [
  ...new Map(
    httpOf(service).map((part): [string, Address] => {
      if (part.listener === "shared")
        return ["API_PORT", { host: "API_HOST", port: "API_PORT", usual: 8080 }];
      const usual = service.settings.vocabulary[part.address.port]?.fallback as unknown;
      return [part.address.port, { ...part.address, usual: Number(usual) }];
    }),
  ).values(),
];

/** Whether it calls Microsoft Graph, as whichever registration. */
const callsGraph = (service: AnyService): boolean => clientsOf(service).some((name) => name !== "webex");

const anchorsOf = (service: AnyService): Lines => [
  "*log",
  "*graph",
  ...registrationsOf(service).map((name) => `*${name}-graph`),
];

const environment = (service: AnyService): Lines => [
  "    environment:",
  callsGraph(service) ? `      <<: [${anchorsOf(service).join(", ")}]` : "      <<: *log",
  `      KAFKA_CLIENT_ID: ${service.name}`,
  ...(clientsOf(service).includes("webex")
    ? ["      WEBEX_ACCESS_TOKEN_FILE: /run/secrets/webex-access-token"]
    : []),
  ...(sealsOf(service) ? ["      KEY_ENCRYPTION_KEYS_FILE: /run/secrets/key-encryption-keys"] : []),
  ...ownSettings(service),
  ...optional(service),
  ...addressesOf(service).flatMap(({ host, port, usual }) => [
    `      ${host}: 0.0.0.0`,
    `      ${port}: "${usual}"`,
  ]),
];

const secretsOf = (service: AnyService): Lines => [
  ...(callsGraph(service) ? ["graph-certificate", "graph-private-key"] : []),
  ...(clientsOf(service).includes("webex") ? ["webex-access-token"] : []),
  ...(sealsOf(service) ? ["key-encryption-keys"] : []),
];

/** Published ports of this machine, one for each address of each service. */
const portsOf = (services: readonly AnyService[]): ReadonlyMap<string, Lines> => {
  const taken = new Set<number>();
  const free = (wanted: number): number => {
    let port = wanted;
    while (taken.has(port)) port++;
    taken.add(port);
    return port;
  };
  return new Map(
    services.map((service) => [
      service.name,
      addressesOf(service).map(({ usual }) => `      - "127.0.0.1:${free(usual)}:${usual}"`),
    ]),
  );
};

/** Folders of registrations: what is in them is named by who gives the settings. */
const volumesOf = (service: AnyService): Lines =>
  registrationsOf(service).map((name) => `      - ./secrets/${name}:/run/secrets/${name}:ro`);

const container = (service: AnyService, ports: Lines): Lines => {
  const secrets = secretsOf(service);
  const volumes = volumesOf(service);
  return [
    `  # ${service.purpose}`,
    `  ${service.name}:`,
    "    <<: *service",
    `    command: [up, --service, ${service.name}]`,
    ...(callsGraph(service)
      ? ["    depends_on:", "      <<: *after-topics", "      redis: { condition: service_healthy }"]
      : []),
    ...environment(service),
    ...(secrets.length > 0 ? [`    secrets: [${secrets.join(", ")}]`] : []),
    ...(volumes.length > 0 ? ["    volumes:", ...volumes] : []),
    ...(ports.length > 0 ? ["    ports:", ...ports] : []),
    "",
  ];
};

/** docker-compose.yml with a container for each service. */
export const composeFile = (services: readonly AnyService[]): string => {
  const ports = portsOf(services);
  const containers = services.flatMap((service) => container(service, ports.get(service.name) ?? []));
  const head = textOf("head.yml").replaceAll(/@(?<name>\w+)@\n/g, (_, name: string) =>
    registrationLines(name),
  );
  return `${head}${containers.join("\n")}\n${textOf("tail.yml")}`;
};
