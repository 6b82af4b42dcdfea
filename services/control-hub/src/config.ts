import { Role } from "@hybrid/control-hub-page/api";
import { hours, minutes } from "@hybrid/kernel";
import {
  commaList,
  duration,
  type Faults,
  flag,
  port,
  redisUrl,
  Setting,
  secret,
  settingsOrThrow,
  text,
  url,
  type ValuesOf,
  type Variables,
} from "@hybrid/settings";
import type { SignInRules } from "./domain/guest-of-claims.ts";

/** Fewer bytes could be guessed. */
const keyBytesMin = 32;

const signInKey = secret({
  meaning:
    "Key that signs one-time links to sign in; one made at the start when left out. " +
    "Make one with `openssl rand -base64 32`.",
  form: `key of ${keyBytesMin} bytes or more in base64`,
  read: (given) => {
    const value = /^[A-Za-z0-9_+/-]+={0,2}$/.test(given)
      ? new Uint8Array(Buffer.from(given, "base64url"))
      : undefined;
    return value && value.length >= keyBytesMin
      ? { value }
      : { fault: `must be base64 of at least ${keyBytesMin} bytes` };
  },
});

const roleRule = new Setting({
  form: "role for a value",
  meaning: "Role for a value of that claim: full=<value>, support=<value>, readOnly=<value> or user=<value>.",
  bounds: "full, support, readOnly, user, each with = and a value",
  show: ({ role, value }: { readonly role: Role; readonly value: string }) => `${role}=${value}`,
  read: (given) => {
    const { word, value } = /^(?<word>\w+)=(?<value>.+)$/.exec(given)?.groups ?? {};
    const role = Role.safeParse(word).data;
    return role === undefined || value === undefined
      ? { fault: `must be ${Role.options.join(", ")}, each with = and a value of the claim` }
      : { value: { role, value } };
  },
});

const organisationRule = new Setting({
  form: "organisation for a value",
  meaning:
    "Organisation for a value of HUB_OIDC_ORGANISATION_CLAIM, as <organisation>=<value>: several " +
    "organisations sign in by one issuer, also before any tenant is known here.",
  bounds: "1 to 64 of a-z 0-9 _ -, with = and a value",
  show: ({ org, value }: { readonly org: string; readonly value: string }) => `${org}=${value}`,
  read: (given) => {
    const { org, value } = /^(?<org>[a-z0-9_-]{1,64})=(?<value>.+)$/.exec(given)?.groups ?? {};
    return org === undefined || value === undefined
      ? { fault: "must be an organisation, = and a value of the claim" }
      : { value: { org, value } };
  },
});

/** The settings of the service. */
export const hubSettings = {
  HUB_HOST: text({ meaning: "Address on which the administrator's page is served." }).orElse("127.0.0.1"),
  HUB_PORT: port({ meaning: "TCP port of the page; 0 takes a free one." }).orElse(8_400),
  HUB_URL: url({
    protocols: ["http", "https"],
    meaning: "Address by which browsers reach the page; host and port when left out. Needed behind a proxy.",
  }).optional(),
  HUB_SIGN_IN_KEY: signInKey.optional(),
  HUB_SESSION_MS: duration({
    min: minutes(5),
    max: hours(24 * 30),
    meaning: "How long somebody stays signed in.",
  }).orElse(hours(12)),
  HUB_OIDC_ISSUER: url({
    protocols: ["https", "http"],
    meaning:
      "Issuer by which people sign in (OpenID Connect), as https://login.microsoftonline.com/<tenant>/v2.0; " +
      "one-time links alone when left out. http for localhost alone.",
  }).optional(),
  HUB_OIDC_DISCOVERY_URL: url({
    meaning:
      "Where the provider describes itself, when that is not below its issuer: for Webex " +
      "https://webexapis.com/v1/.well-known/openid-configuration. HUB_OIDC_ISSUER is then what its ID tokens " +
      "name.",
    protocols: ["https", "http"],
  }).optional(),
  HUB_OIDC_CLIENT_ID: text({
    meaning: "Client id of the registration there; its redirect URI is HUB_URL with /sign-in/callback.",
  }).optional(),
  HUB_OIDC_CLIENT_SECRET: secret({
    meaning: "Its client secret.",
    form: "text",
    read: (given) => ({ value: given }),
  }).optional(),
  HUB_OIDC_SCOPES: commaList(
    text({ meaning: "Scopes that are asked for.", pattern: /^\S+$/, must: "a word" }),
  ).orElse(["openid", "profile", "email"]),
  HUB_OIDC_ROLE_CLAIM: text({
    meaning: "Claim of the ID token that HUB_OIDC_ROLES speaks of: roles, or groups.",
  }).orElse("roles"),
  HUB_OIDC_ROLES: commaList(roleRule).optional(),
  HUB_OIDC_SELF_SERVICE: flag({
    meaning: "Whether everybody else who signs in may see what is stored about themselves.",
  }).orElse(false),
  HUB_OIDC_ORGANISATION: text({
    meaning:
      "Organisation of everybody who signs in; when left out, that of the tenant of Entra that " +
      "the ID token names.",
    pattern: /^[a-z0-9_-]{1,64}$/,
    must: "1 to 64 of a-z 0-9 _ -",
  }).optional(),
  HUB_OIDC_ORGANISATIONS: commaList(organisationRule).optional(),
  HUB_OIDC_ORGANISATION_CLAIM: text({
    meaning: "Claim of the ID token that HUB_OIDC_ORGANISATIONS speaks of; tid is the tenant of Entra.",
  }).orElse("tid"),
  HUB_MEETINGS_URL: url({
    protocols: ["https", "http"],
    meaning: "Where people see their meetings of today, for a link on the page about oneself.",
  }).optional(),
  REDIS_URL: redisUrl.optional(),
};

/** The settings by which a link is made elsewhere than in the process that serves the page. */
export const linkSettings = {
  HUB_SIGN_IN_KEY: signInKey,
  HUB_URL: hubSettings.HUB_URL,
  HUB_PORT: hubSettings.HUB_PORT,
};

/** By which browsers reach the page: scheme, host and port. */
export const hubOrigin = ({ HUB_URL, HUB_PORT }: ValuesOf<typeof linkSettings>): string =>
  HUB_URL === undefined ? `http://localhost:${HUB_PORT}` : new URL(HUB_URL).origin;

/** The settings that name its address. */
export const addressSettings = { host: "HUB_HOST", port: "HUB_PORT" } as const;

/** The service's configuration; {@link hubSettings} says what each value means. */
export interface HubConfig {
  readonly host: string;
  readonly port: number;
  /** Scheme, host and port, without a path; null: as it listens. */
  readonly origin: string | null;
  readonly signInKey: Uint8Array | null;
  readonly sessionMs: number;
  /** Null: one-time links alone. */
  readonly provider: ProviderConfig | null;
  readonly meetingsUrl: string | null;
  /** Where sessions are kept for all processes; null: in memory. */
  readonly redisUrl: string | null;
}

/** A provider of OpenID Connect. */
export interface ProviderConfig {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scopes: readonly string[];
  readonly roleClaim: string;
  readonly organisationClaim: string;
  /** Where it describes itself; null: below its issuer. */
  readonly discoveryUrl: string | null;
  readonly rules: SignInRules;
}

const isLoopback = (address: string): boolean =>
  ["localhost", "127.0.0.1", "[::1]"].includes(new URL(address).hostname);

type Given = ValuesOf<typeof hubSettings>;

const together = ["HUB_OIDC_ISSUER", "HUB_OIDC_CLIENT_ID", "HUB_OIDC_CLIENT_SECRET"] as const;

const checkProvider = (values: Partial<Given>, faults: Faults): void => {
  const missing = together.filter((name) => values[name] === undefined);
  if (missing.length > 0 && missing.length < together.length)
    for (const name of missing)
      faults.add(name, `must be set along with the others of ${together.join(", ")}`);
  const issuer = values.HUB_OIDC_ISSUER;
  for (const name of ["HUB_OIDC_ISSUER", "HUB_OIDC_DISCOVERY_URL"] as const) {
    const address = values[name];
    if (address?.startsWith("http:") && !isLoopback(address))
      faults.add(name, "must be https, but for this machine itself");
  }
  const described = values.HUB_OIDC_DISCOVERY_URL;
  if (described !== undefined && !described.includes("/.well-known/"))
    faults.add("HUB_OIDC_DISCOVERY_URL", "must be the whole address of the description, with /.well-known/");
  if (values.HUB_OIDC_ORGANISATION !== undefined && values.HUB_OIDC_ORGANISATIONS !== undefined)
    faults.add("HUB_OIDC_ORGANISATIONS", "goes without HUB_OIDC_ORGANISATION, which is everybody's");
  const isFleet = values.REDIS_URL !== undefined && issuer !== undefined;
  if (isFleet && values.HUB_SIGN_IN_KEY === undefined)
    faults.add("HUB_SIGN_IN_KEY", "must be set along with REDIS_URL and HUB_OIDC_ISSUER: processes share it");
};

const providerOf = (values: Given): ProviderConfig | null => {
  const {
    HUB_OIDC_ISSUER: issuer,
    HUB_OIDC_CLIENT_ID: clientId,
    HUB_OIDC_CLIENT_SECRET: clientSecret,
  } = values;
  if (issuer === undefined || clientId === undefined || clientSecret === undefined) return null;
  return {
    issuer,
    clientId,
    clientSecret,
    scopes: values.HUB_OIDC_SCOPES,
    roleClaim: values.HUB_OIDC_ROLE_CLAIM,
    organisationClaim: values.HUB_OIDC_ORGANISATION_CLAIM,
    discoveryUrl: values.HUB_OIDC_DISCOVERY_URL ?? null,
    rules: {
      roles: values.HUB_OIDC_ROLES ?? [],
      isSelfService: values.HUB_OIDC_SELF_SERVICE,
      organisation: values.HUB_OIDC_ORGANISATION ?? null,
      organisations: values.HUB_OIDC_ORGANISATIONS ?? [],
    },
  };
};

/** Reads the configuration. Throws ConfigError that names every fault. */
export const readHubConfig = (variables: Variables): HubConfig => {
  const read = settingsOrThrow(
    "control-hub cannot start with this configuration",
    hubSettings,
    variables,
    (values, faults) => {
      if (values.HUB_URL !== undefined && new URL(values.HUB_URL).pathname !== "/")
        faults.add("HUB_URL", "must have no path: the page takes a whole address");
      checkProvider(values, faults);
    },
  );
  return Object.freeze({
    host: read.HUB_HOST,
    port: read.HUB_PORT,
    origin: read.HUB_URL === undefined ? null : new URL(read.HUB_URL).origin,
    signInKey: read.HUB_SIGN_IN_KEY ?? null,
    sessionMs: read.HUB_SESSION_MS,
    provider: providerOf(read),
    meetingsUrl: read.HUB_MEETINGS_URL ?? null,
    redisUrl: read.REDIS_URL ?? null,
  });
};
