import { randomBytes } from "node:crypto";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { appNames, callbackUrl } from "@hybrid/consent";
import { generate } from "selfsigned";
import { checkCertificate } from "../doctor/certificates.ts";
import { checkPublicAddress } from "../doctor/public-address.ts";
import { checkReadiness } from "../doctor/readiness.ts";
import { type Finding, failed, ok, waits } from "../finding.ts";
import type { ConnectState } from "./connect-state.ts";
import { manifestOf } from "./manifest.ts";

/** What the steps work with. */
export interface Connecting {
  readonly folder: string;
  readonly state: ConnectState;
  /** Settings that were given from outside go before those that are written here. */
  readonly given: Readonly<Record<string, string | undefined>>;
  readonly health: URL;
  readonly now: () => number;
}

/** Files of the folder. */
export const connectFiles = (folder: string) => {
  const file = (name: string): string => join(resolve(folder), name);
  return {
    cert: file("app.cert.pem"),
    key: file("app.key.pem"),
    clientStateKeys: file("client-state-keys"),
    environment: file("hybrid.env"),
    manifest: (app: string) => file(`manifest-${app}.json`),
  };
};

const textOf = async (path: string): Promise<string | null> => {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
};

const writeSecret = async (path: string, text: string): Promise<void> => {
  await writeFile(path, text, { mode: 0o600 });
  await chmod(path, 0o600);
};

/** Days for which a certificate is made: Entra keeps several, and a year is short enough to practise. */
const certificateDays = 365;

const makeCertificate = async (now: number): Promise<{ readonly cert: string; readonly key: string }> => {
  const made = await generate([{ name: "commonName", value: "hybrid-services" }], {
    keyType: "rsa",
    keySize: 2_048,
    algorithm: "sha256",
    notBeforeDate: new Date(now - 3_600_000),
    notAfterDate: new Date(now + certificateDays * 86_400_000),
  });
  return { cert: made.cert, key: made.private };
};

/** Certificate, private key and the key of clientState: made once, kept for ever. */
export const keysStep = async ({ folder, now }: Connecting): Promise<Finding> => {
  const files = connectFiles(folder);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if ((await textOf(files.clientStateKeys)) === null)
    await writeSecret(files.clientStateKeys, randomBytes(32).toString("base64url"));
  const [cert, key] = await Promise.all([textOf(files.cert), textOf(files.key)]);
  if (cert === null && key === null) {
    const made = await makeCertificate(now());
    await writeSecret(files.key, made.key);
    await writeSecret(files.cert, made.cert);
    return ok(
      "keys",
      `certificate and keys made in ${resolve(folder)}; back the folder up, nobody else may read it`,
    );
  }
  if (cert === null || key === null)
    return failed(
      "keys",
      `only one of ${files.cert} and ${files.key} is there`,
      "Put the other one back, or remove both.",
    );
  return checkCertificate("keys", { cert, key }, now());
};

/** The registrations, ready to be made. */
export const manifestsStep = async ({ folder, state }: Connecting): Promise<Finding> => {
  const files = connectFiles(folder);
  if (state.publicUrl === null)
    return waits(
      "manifests",
      "where Microsoft and Webex reach the services is not known",
      "Run the command again with --public-url https://<name>: a name with a public certificate that leads to notification-ingest.",
    );
  const redirectUri = callbackUrl(state.consentUrl ?? state.publicUrl);
  const certPem = (await textOf(files.cert)) ?? "";
  for (const app of appNames)
    await writeFile(
      files.manifest(app),
      `${JSON.stringify(manifestOf({ app, redirectUri, certPem }), null, 2)}\n`,
    );
  return ok("manifests", `written: ${appNames.map((app) => files.manifest(app)).join(", ")}`);
};

/** The registration in Microsoft Entra, which a person makes. */
export const registrationStep = ({ folder, state }: Connecting): Finding => {
  if (state.clientId !== null) return ok("registration", `client id ${state.clientId}`);
  const manifest = connectFiles(folder).manifest("calendar");
  return waits(
    "registration",
    "the application is not registered in Microsoft Entra yet, or its client id is not known here",
    `Register it: az rest --method POST --url https://graph.microsoft.com/v1.0/applications --body @${manifest} ` +
      "(or by hand in the Microsoft Entra admin center, with what the file says). " +
      "Then run the command again with --client-id and the appId of the answer.",
  );
};

/** The settings of the services, as far as they follow from what is known. */
export const settingsStep = async ({ folder, state, given }: Connecting): Promise<Finding> => {
  const files = connectFiles(folder);
  const known: Readonly<Record<string, string>> = {
    GRAPH_CLIENT_ID: state.clientId ?? "",
    GRAPH_CERTIFICATE_FILE: files.cert,
    GRAPH_PRIVATE_KEY_FILE: files.key,
    // The certificate stands in all three manifests: it proves these registrations too.
    ...(state.groupsClientId === null ? {} : { GROUPS_GRAPH_CLIENT_ID: state.groupsClientId }),
    ...(state.archiveClientId === null ? {} : { ARCHIVE_GRAPH_CLIENT_ID: state.archiveClientId }),
    CLIENT_STATE_KEYS_FILE: files.clientStateKeys,
    PUBLIC_URL: state.publicUrl ?? "",
    CONSENT_URL: state.consentUrl ?? state.publicUrl ?? "",
  };
  const differing = Object.keys(known).filter((name) => {
    const other = given[name];
    return other !== undefined && other !== known[name];
  });
  if (differing.length > 0)
    return failed(
      "settings",
      `the environment says something else: ${differing.join(", ")}`,
      "Take these out of the environment, or of your --env-file: it goes before what is written here.",
    );
  const lines = Object.entries(known).map(([name, value]) => `${name}=${value}\n`);
  await writeSecret(files.environment, lines.join(""));
  return ok("settings", `written: ${files.environment}`);
};

/** The services, started by a person with these settings. */
export const servicesStep = async ({ folder, health }: Connecting): Promise<Finding> => {
  const finding = await checkReadiness(health);
  if (finding.state === "ok") return finding;
  const { environment } = connectFiles(folder);
  return waits(
    "services",
    finding.found,
    `In another terminal: hybrid --env-file ${environment} up. Then run the command again.`,
  );
};

/** The public address, from here. */
export const addressStep = ({ state, given }: Connecting): Promise<Finding> =>
  checkPublicAddress(state.publicUrl ?? "", given["INGEST_NOTIFICATION_PATH"] ?? "/graph/notifications");
