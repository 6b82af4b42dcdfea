import { hours, minutes } from "@hybrid/kernel";
import { duration, port, secret, settingsOrThrow, text, url, type Variables } from "@hybrid/settings";

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
};

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
}

/** Reads the configuration. Throws ConfigError that names every fault. */
export const readHubConfig = (variables: Variables): HubConfig => {
  const read = settingsOrThrow(
    "control-hub cannot start with this configuration",
    hubSettings,
    variables,
    (values, faults) => {
      if (values.HUB_URL !== undefined && new URL(values.HUB_URL).pathname !== "/")
        faults.add("HUB_URL", "must have no path: the page takes a whole address");
    },
  );
  return Object.freeze({
    host: read.HUB_HOST,
    port: read.HUB_PORT,
    origin: read.HUB_URL === undefined ? null : new URL(read.HUB_URL).origin,
    signInKey: read.HUB_SIGN_IN_KEY ?? null,
    sessionMs: read.HUB_SESSION_MS,
  });
};
