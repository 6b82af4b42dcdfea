import { randomBytes } from "node:crypto";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Clouds } from "./clouds.ts";
import { ownApp, type Scenario } from "./scenario.ts";

/** Where everything listens. */
export interface Addresses {
  readonly graph: string;
  readonly webex: string;
  readonly control: string;
  readonly proxy: string;
}

/** What is written for the programs that use the simulators. */
export interface WrittenFiles {
  readonly folder: string;
  readonly caFile: string;
  /** Variables for any program. */
  readonly environmentFile: string;
  /** Variables for `hybrid up`. */
  readonly hybridEnvironmentFile: string;
}

const lines = (variables: Readonly<Record<string, string>>): string =>
  Object.entries(variables)
    .map(([name, value]) => `${name}=${value}\n`)
    .join("");

const programVariables = (at: string, scenario: Scenario, addresses: Addresses): Record<string, string> => ({
  SIMULATOR_CA_FILE: join(at, "ca.pem"),
  NODE_EXTRA_CA_CERTS: join(at, "ca.pem"),
  SSL_CERT_FILE: join(at, "ca.pem"),
  REQUESTS_CA_BUNDLE: join(at, "ca.pem"),
  AZURE_AUTHORITY_HOST: addresses.graph,
  AZURE_TENANT_ID: scenario.tenants[0]?.tenantId ?? "",
  AZURE_CLIENT_ID: ownApp.clientId,
  AZURE_CLIENT_SECRET: ownApp.secret,
  GRAPH_BASE_URL: `${addresses.graph}/v1.0`,
  WEBEX_BASE_URL: `${addresses.webex}/v1`,
  WEBEX_ACCESS_TOKEN: scenario.webex.tokens[0]?.token ?? "",
  SIMULATOR_CONTROL_URL: addresses.control,
  SIMULATOR_PROXY_URL: addresses.proxy,
});

/** The application that is always there; an installation that begins afresh registers its own. */
const applicationVariables = (at: string): Record<string, string> => ({
  GRAPH_CLIENT_ID: ownApp.clientId,
  GRAPH_CERTIFICATE_FILE: join(at, "app.cert.pem"),
  GRAPH_PRIVATE_KEY_FILE: join(at, "app.key.pem"),
  PUBLIC_URL: "https://localhost:8443",
  CLIENT_STATE_KEYS: randomBytes(32).toString("base64url"),
});

const hybridVariables = (at: string, addresses: Addresses, isFresh: boolean): Record<string, string> => ({
  NODE_EXTRA_CA_CERTS: join(at, "ca.pem"),
  GRAPH_URL: addresses.graph,
  GRAPH_LOGIN_URL: addresses.graph,
  ...(isFresh ? {} : applicationVariables(at)),
  WEBEX_URL: addresses.webex,
  WEBEX_ACCESS_TOKEN_FILE: join(at, "webex-token"),
  INGEST_PORT: "8443",
  INGEST_TLS_KEY_FILE: join(at, "endpoint.key.pem"),
  INGEST_TLS_CERT_FILE: join(at, "endpoint.cert.pem"),
});

/** Everybody of the scenario as `hybrid users import` takes them. */
const peopleOf = ({ tenants }: Scenario): string =>
  [
    "objectId,tenantId,mailAddress,userId",
    ...tenants.flatMap(({ tenantId, users }) =>
      users.map(({ userId, mail }) => `${userId},${tenantId},${mail},${userId}`),
    ),
    "",
  ].join("\n");

/** What the files are about. */
interface WhatIsWritten {
  readonly clouds: Clouds;
  readonly scenario: Scenario;
  readonly addresses: Addresses;
  /** Nothing is known of a tenant, nor of people. */
  readonly isFresh: boolean;
}

/**
 * Writes the certificate authority, the application's certificate, a certificate for an endpoint on
 * localhost, the list of people, and variables in `.env` form. Keys can be read by their owner alone.
 */
export const writeFiles = async (
  folder: string,
  { clouds, scenario, addresses, isFresh }: WhatIsWritten,
): Promise<WrittenFiles> => {
  const at = resolve(folder);
  await mkdir(at, { recursive: true });
  const endpoint = await clouds.authority.issue();
  const { keyPem, certPem, thumbprintSha256 } = clouds.appCertificate;
  const file = (name: string): string => join(at, name);
  const texts: Readonly<Record<string, string>> = {
    "ca.pem": clouds.authority.caPem,
    "app.cert.pem": certPem,
    "app.key.pem": keyPem,
    // Azure's libraries for Python and Go want both in one file.
    "app.pem": `${keyPem}\n${certPem}`,
    "app.thumbprint-sha256": thumbprintSha256,
    "endpoint.cert.pem": endpoint.certPem,
    "endpoint.key.pem": endpoint.keyPem,
    "webex-token": `${scenario.webex.tokens[0]?.token ?? ""}\n`,
    "people.csv": peopleOf(scenario),
    "simulators.env": lines(programVariables(at, scenario, addresses)),
    "hybrid.env": lines(hybridVariables(at, addresses, isFresh)),
  };
  for (const [name, text] of Object.entries(texts)) {
    await writeFile(file(name), text, { mode: 0o600 });
    // A file that was there before keeps its mode when it is written again.
    await chmod(file(name), name === "ca.pem" ? 0o644 : 0o600);
  }
  return {
    folder: at,
    caFile: file("ca.pem"),
    environmentFile: file("simulators.env"),
    hybridEnvironmentFile: file("hybrid.env"),
  };
};
