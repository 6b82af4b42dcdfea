import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { ConfigError, type EpochMs } from "@hybrid/kernel";
import type { GraphCredential } from "@hybrid/microsoft-graph";
import {
  type Faults,
  isGiven,
  readSettings,
  renewedSecret,
  Setting,
  text,
  type ValuesOf,
  type Variables,
  type Vocabulary,
} from "@hybrid/settings";

/** A setting in PEM whose file is read again before each use, checked when the process starts. */
const renewedPem = (meaning: string, check: (pem: string) => void, fault: string) =>
  new Setting({
    form: "PEM, read again before each use",
    meaning,
    source: "renewed",
    read: (pem) => {
      try {
        check(pem);
      } catch {
        // What the library says of a key may quote it.
        return { fault };
      }
      return { value: () => Promise.resolve(pem.trim()) };
    },
  });

/** With what the settings of a registration begin: nothing for the calendars'. */
export type SettingsPrefix = "" | "GROUPS_" | "ARCHIVE_";

/** What an application proves itself with; one kind of them. */
const settingsOf = (prefix: SettingsPrefix) => ({
  GRAPH_CERTIFICATE: renewedPem(
    `The application's certificate, with ${prefix}GRAPH_PRIVATE_KEY. Replace both files to rotate it.`,
    (pem) => void new X509Certificate(pem),
    "is no certificate in PEM",
  ).optional(),
  GRAPH_PRIVATE_KEY: renewedPem(
    "RSA private key of that certificate.",
    (pem) => void createPrivateKey(pem),
    "is no private key in PEM without a passphrase",
  ).optional(),
  GRAPH_CLIENT_SECRET: renewedSecret({
    meaning: "A client secret of the application instead of a certificate; its file is read before each use.",
  }).optional(),
  GRAPH_CLIENT_SECRET_EXPIRES: text({
    meaning: "The day on which that secret expires, which nothing tells but Entra's list of secrets.",
    pattern: /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/,
    must: "a day such as 2027-01-31",
  }).optional(),
  GRAPH_FEDERATED_TOKEN_FILE: text({
    meaning:
      "File in which the platform renews a token that Entra trusts for the application (workload identity " +
      "federation), instead of certificate and secret.",
  }).optional(),
});

/** The settings of a registration's credential, by names that begin with its prefix. */
export const credentialSettings = (prefix: SettingsPrefix): Vocabulary =>
  Object.fromEntries(
    Object.entries(settingsOf(prefix)).map(([name, setting]) => [`${prefix}${name}`, setting]),
  );

/** A credential that others replace while the process runs. */
export interface ReplacedCredential {
  /** What it is, for messages and metrics. */
  readonly kind: "certificate" | "secret" | "federatedToken";
  /** As it is now. Rejects when it cannot be read, or does not fit together. */
  readonly now: () => Promise<GraphCredential>;
  /** When it expires; null: nobody knows, or it is renewed by the platform. */
  readonly expiresAt: () => Promise<EpochMs | null>;
}

/** A certificate and its key as they stand in their files. Rejects with ConfigError when they are no pair. */
const certificateOf = (
  prefix: SettingsPrefix,
  certificate: () => Promise<string>,
  key: () => Promise<string>,
): ReplacedCredential => {
  const parsed = async (): Promise<X509Certificate> => new X509Certificate(await certificate());
  return {
    kind: "certificate",
    now: async () => {
      const [x509, privateKeyPem] = [await parsed(), await key()];
      if (!x509.checkPrivateKey(createPrivateKey(privateKeyPem)))
        throw new ConfigError("the application's certificate cannot be used", [
          `${prefix}GRAPH_PRIVATE_KEY: is not the key of ${prefix}GRAPH_CERTIFICATE; replace both files`,
        ]);
      const thumbprintSha256 = x509.fingerprint256.replaceAll(":", "");
      return { kind: "certificate", thumbprintSha256, privateKeyPem };
    },
    expiresAt: async () => (await parsed()).validToDate.getTime() as EpochMs,
  };
};

const secretOf = (secret: () => Promise<string>, day: string | undefined): ReplacedCredential => ({
  kind: "secret",
  now: async () => ({ kind: "secret", secret: await secret() }),
  expiresAt: async () => (day === undefined ? null : (Date.parse(`${day}T00:00:00Z`) as EpochMs)),
});

const federatedTokenOf = (prefix: SettingsPrefix, path: string): ReplacedCredential => ({
  kind: "federatedToken",
  now: async () => {
    try {
      return { kind: "assertion", assertion: (await readFile(path, "utf8")).trim() };
    } catch (error) {
      const { code = "" } = error as NodeJS.ErrnoException;
      throw new ConfigError("the application's token cannot be read", [
        `${prefix}GRAPH_FEDERATED_TOKEN_FILE: ${path} cannot be read (${code})`,
      ]);
    }
  },
  expiresAt: async () => null,
});

const ways = ["GRAPH_CERTIFICATE", "GRAPH_CLIENT_SECRET", "GRAPH_FEDERATED_TOKEN_FILE"] as const;

/** Whether one of the settings of the registration's credential is given. */
export const isCredentialGiven = (prefix: SettingsPrefix, variables: Variables): boolean =>
  Object.keys(credentialSettings(prefix)).some((name) => isGiven(variables, name));

type Values = ValuesOf<ReturnType<typeof settingsOf>>;

/** The values by names without prefix; undefined with faults. */
const valuesOf = (prefix: SettingsPrefix, variables: Variables, faults: Faults): Values | undefined => {
  const read = readSettings(credentialSettings(prefix), variables, faults);
  const bare = Object.entries(read ?? {}).map(([name, value]) => [name.slice(prefix.length), value]);
  return read && (Object.fromEntries(bare) as Values);
};

/** The one credential that is given of a registration; undefined with faults. */
export const readCredential = (
  prefix: SettingsPrefix,
  variables: Variables,
  faults: Faults,
): ReplacedCredential | undefined => {
  const values = valuesOf(prefix, variables, faults);
  if (values === undefined) return undefined;
  const named = (name: string): string => `${prefix}${name}`;
  const given = ways.map(named).filter((name) => isGiven(variables, name));
  if (given.length > 1) faults.add(given.join(" and "), "give one of them, for one proves the application");
  const {
    GRAPH_CERTIFICATE: certificate,
    GRAPH_PRIVATE_KEY: key,
    GRAPH_CLIENT_SECRET: secret,
    GRAPH_CLIENT_SECRET_EXPIRES: expires,
    GRAPH_FEDERATED_TOKEN_FILE: path,
  } = values;
  if (given.length === 0)
    faults.add(
      named("GRAPH_CERTIFICATE"),
      `must be set with ${named("GRAPH_PRIVATE_KEY")}, or their _FILE; or else ` +
        `${named("GRAPH_CLIENT_SECRET")} or ${named("GRAPH_FEDERATED_TOKEN_FILE")}`,
    );
  if ((certificate === undefined) !== (key === undefined))
    faults.add(`${named("GRAPH_CERTIFICATE")} and ${named("GRAPH_PRIVATE_KEY")}`, "give both or neither");
  if (expires !== undefined && secret === undefined)
    faults.add(
      named("GRAPH_CLIENT_SECRET_EXPIRES"),
      `goes with ${named("GRAPH_CLIENT_SECRET")}, which is not set`,
    );
  if (certificate !== undefined && key !== undefined) return certificateOf(prefix, certificate, key);
  if (secret !== undefined) return secretOf(secret, expires);
  return path === undefined ? undefined : federatedTokenOf(prefix, path);
};
