import { ConfigError } from "@hybrid/kernel";
import { cloudHosts } from "@hybrid/microsoft-graph";
import { readNoticesConfig } from "@hybrid/notices";
import type { Clients } from "@hybrid/service";
import { Faults, pem, readSettings } from "@hybrid/settings";
import { withCloudClients } from "../cloud-clients.ts";
import { readUpConfig, type UpConfig } from "../config.ts";
import { checkCertificate } from "../doctor/certificates.ts";
import { checkClock, checkRedis, checkWebex } from "../doctor/cloud-checks.ts";
import { checkCredential } from "../doctor/credentials.ts";
import { checkDisk, checkLog, look } from "../doctor/log-checks.ts";
import { checkMail } from "../doctor/mail-check.ts";
import { checkPublicAddress } from "../doctor/public-address.ts";
import { checkReadiness } from "../doctor/readiness.ts";
import { type Finding, failed, findingsTable, ok } from "../finding.ts";
import { healthGiven } from "../given.ts";
import { type Registrations, withRegistrations } from "../registration-looks.ts";
import { logPathIn, placeOf } from "../with-log.ts";

/** The flags of `hybrid doctor`. */
export interface DoctorFlags {
  readonly data: string;
  readonly health: string;
  readonly mailbox?: string;
  readonly json: boolean;
}

/** All settings at once, as `hybrid up` reads them; null with the faults found. */
const readAll = (data: string): { readonly config: UpConfig | null; readonly finding: Finding } => {
  try {
    const config = readUpConfig(process.env, { data });
    return { config, finding: ok("settings", "are complete") };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const told = error.faults.join("; ");
    return {
      config: null,
      finding: failed("settings", told, "docs/SETTINGS.md explains each; --env-file names a file."),
    };
  }
};

const certificateSettings = {
  GRAPH_CERTIFICATE: pem({ meaning: "The application's certificate." }).optional(),
  GRAPH_PRIVATE_KEY: pem({ meaning: "RSA private key of that certificate." }).optional(),
  GROUPS_GRAPH_CERTIFICATE: pem({ meaning: "The certificate of groups' application." }).optional(),
  GROUPS_GRAPH_PRIVATE_KEY: pem({ meaning: "RSA private key of that certificate." }).optional(),
  ARCHIVE_GRAPH_CERTIFICATE: pem({ meaning: "The certificate of the archive's application." }).optional(),
  ARCHIVE_GRAPH_PRIVATE_KEY: pem({ meaning: "RSA private key of that certificate." }).optional(),
  INGEST_TLS_CERT: pem({ meaning: "Certificate for TLS." }).optional(),
  INGEST_TLS_KEY: pem({ meaning: "Private key for TLS." }).optional(),
};

/** Every certificate that the settings name. */
const checkCertificates = (): readonly Finding[] => {
  const faults = new Faults();
  const read = readSettings(certificateSettings, process.env, faults);
  if (!read) return faults.found.map((fault) => failed("certificates", fault, "Correct the setting."));
  const pairs = [
    ["Entra certificate", read.GRAPH_CERTIFICATE, read.GRAPH_PRIVATE_KEY],
    ["Entra certificate of groups", read.GROUPS_GRAPH_CERTIFICATE, read.GROUPS_GRAPH_PRIVATE_KEY],
    ["Entra certificate of the archive", read.ARCHIVE_GRAPH_CERTIFICATE, read.ARCHIVE_GRAPH_PRIVATE_KEY],
    ["TLS certificate", read.INGEST_TLS_CERT, read.INGEST_TLS_KEY],
  ] as const;
  return pairs.flatMap(([what, cert, key]) =>
    cert === undefined || key === undefined ? [] : [checkCertificate(what, { cert, key }, Date.now())],
  );
};

/** The secrets and tokens of all registrations; certificates are looked at with their keys already. */
const checkCredentials = async ({ clients }: UpConfig): Promise<readonly Finding[]> => {
  const registrations = [
    ["calendars", clients.graph],
    ["groups", clients.groupsGraph],
    ["the archive", clients.archiveGraph],
  ] as const;
  const findings: Finding[] = [];
  for (const [registration, client] of registrations) {
    // Those that share the calendars' settings share its credential.
    const isShared = registration !== "calendars" && client?.registration === "calendar";
    if (!client || isShared) continue;
    const { credential } = client;
    if (credential.kind === "certificate") continue;
    findings.push(await checkCredential(registration, credential, Date.now()));
  }
  return findings;
};

/** Opens ways out for one look; a configuration that lacks is told once, by the settings. */
const unlessUnset = async <Opened>(
  opening: (use: (opened: Opened) => Promise<readonly Finding[]>) => Promise<readonly Finding[]>,
  run: (opened: Opened | null) => Promise<readonly Finding[]>,
): Promise<readonly Finding[]> => {
  try {
    return await opening(run);
  } catch (error) {
    if (error instanceof ConfigError) return run(null);
    throw error;
  }
};

const publicAddress = async (): Promise<readonly Finding[]> => {
  const { PUBLIC_URL: url, INGEST_NOTIFICATION_PATH: path = "/graph/notifications" } = process.env;
  if (url === undefined) return [];
  return look("public address", "Look at PUBLIC_URL.", () => checkPublicAddress(url, path));
};

/** Settings that cannot be read are told once, by the settings. */
const mailCheck = async (): Promise<readonly Finding[]> => {
  try {
    return [await checkMail(readNoticesConfig(process.env).mail)];
  } catch (error) {
    if (error instanceof ConfigError) return [];
    throw error;
  }
};

/** What a person would look at first, in the order in which each stands on those before. */
const checks = (flags: DoctorFlags): readonly (() => Promise<readonly Finding[]>)[] => {
  const { config, finding } = readAll(flags.data);
  const place = placeOf(flags.data);
  const graph = config?.clients.graph;
  return [
    () => Promise.resolve([finding]),
    () => Promise.resolve(checkCertificates()),
    () =>
      config
        ? look("credentials", "Look at what the settings name.", () => checkCredentials(config))
        : Promise.resolve([]),
    () => look("disk", "Look at the --data folder.", () => checkDisk(logPathIn(flags.data))),
    () =>
      graph
        ? look("clock", "Set the clock.", () => checkClock(cloudHosts(graph.cloud).loginUrl))
        : Promise.resolve([]),
    () => look("redis", "Correct REDIS_URL.", () => checkRedis(process.env["REDIS_URL"])),
    mailCheck,
    () =>
      unlessUnset<Registrations>(withRegistrations, (registrations) =>
        look("log", "Look at the brokers, or at the --data folder.", () =>
          checkLog(place, { registrations, mailbox: flags.mailbox ?? null }),
        ),
      ),
    () => look("services", "Start the services.", () => checkReadiness(healthGiven(flags.health))),
    publicAddress,
    () =>
      unlessUnset<Pick<Clients, "webex">>(
        (use) => withCloudClients(["webex"], use),
        async (clients) => (clients ? checkWebex(clients.webex, process.env["PUBLIC_URL"]) : []),
      ),
  ];
};

/** `hybrid doctor`: exit code 1 when something does not work; a warning alone is 0. */
export const doctorCommand = async (flags: DoctorFlags): Promise<void> => {
  const findings: Finding[] = [];
  for (const check of checks(flags)) findings.push(...(await check()));
  if (flags.json) process.stdout.write(`${JSON.stringify(findings)}\n`);
  else process.stdout.write(`${findingsTable(findings)}\n`);
  if (findings.some(({ state }) => state === "failed" || state === "waits")) process.exitCode = 1;
};
