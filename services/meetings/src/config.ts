import { clientStateKeys } from "@hybrid/contracts/client-state-keys";
import { notificationPathSettings } from "@hybrid/contracts/notification-paths";
import { minutes } from "@hybrid/kernel";
import {
  choice,
  duration,
  Faults,
  flag,
  type Read,
  redisUrl,
  type Setting,
  secret,
  settingsOrThrow,
  url,
  type Variables,
  whole,
} from "@hybrid/settings";
import type { JoinPolicy } from "./domain/join.ts";

const keyBytes = 32;

const readKey = (text: string): Read<Uint8Array> => {
  const value = new Uint8Array(Buffer.from(text, "base64"));
  return /^[A-Za-z0-9+/_-]+={0,2}$/.test(text) && value.length >= keyBytes
    ? { value }
    : { fault: `must be a key of at least ${keyBytes} bytes in base64` };
};

/** The operator's key, with which access tokens are made and checked. */
export const tokenKey: Setting<Uint8Array> = secret({
  meaning:
    "Key that signs the access tokens of users for their meetings; without it nobody gets in. Make one " +
    "with `openssl rand -base64 32`.",
  form: `key of ${keyBytes} bytes or more in base64`,
  read: readKey,
});

/** The settings that say what can be joined when. */
const joinSettings = {
  MEETINGS_JOIN_BEFORE_MS: duration({
    min: 0,
    max: minutes(60),
    meaning: "How long before a meeting's start it can be joined, in the app and on devices.",
  }).orElse(minutes(5)),
  MEETINGS_JOIN_TENTATIVE: flag({
    meaning: "Whether meetings can be joined that were accepted tentatively, or not answered.",
  }).orElse(true),
  MEETINGS_JOIN_FREE: flag({ meaning: "Whether meetings can be joined that show as free time." }).orElse(
    false,
  ),
};

/** The settings of the service. */
export const meetingsSettings = {
  MEETINGS_TOKEN_KEY: tokenKey.optional(),
  ...joinSettings,
  MEETINGS_ROOM_READ_EVERY_MS: duration({
    min: minutes(1),
    max: minutes(24 * 60),
    meaning: "How often a meeting room's calendar is read although nothing was told of a change.",
  }).orElse(minutes(15)),
  PUBLIC_URL: url({
    meaning: "Where Graph reaches notification-ingest from the internet, without path.",
    protocols: ["https"],
  }),
  ...notificationPathSettings,
  CLIENT_STATE_KEYS: clientStateKeys,
  MEETINGS_VIEW: choice(["auto", "redis", "sqlite"], {
    meaning:
      "Where the lists are that the API gives: in the Redis of REDIS_URL for all processes, or in a " +
      "SQLite file of each; auto is Redis where there is one and the log is on Kafka.",
  }).orElse("auto"),
  REDIS_URL: redisUrl.optional(),
  MEETINGS_STREAMS_MAX: whole({
    min: 1,
    max: 1_000_000,
    meaning: "How many clients may wait for changes at a time, in one process.",
  }).orElse(20_000),
};

/** What the service is configured with. */
export interface MeetingsConfig {
  readonly tokenKey: Uint8Array | null;
  readonly join: JoinPolicy;
  readonly streamsMax: number;
  /** Where lists are. */
  readonly view: "auto" | "redis" | "sqlite";
  readonly redisUrl: string | null;
  readonly roomReadEveryMs: number;
  /** Where Graph tells of changes of rooms, and with which key the subscriptions' addresses are signed. */
  readonly watching: {
    readonly notificationUrl: string;
    readonly lifecycleNotificationUrl: string;
    readonly clientStateKey: Uint8Array;
  };
}

const policyOf = (read: {
  readonly MEETINGS_JOIN_BEFORE_MS: number;
  readonly MEETINGS_JOIN_TENTATIVE: boolean;
  readonly MEETINGS_JOIN_FREE: boolean;
}): JoinPolicy => ({
  beforeMs: read.MEETINGS_JOIN_BEFORE_MS,
  tentative: read.MEETINGS_JOIN_TENTATIVE,
  free: read.MEETINGS_JOIN_FREE,
});

/** What can be joined when, by the settings alone. Throws ConfigError that names every fault at once. */
export const readJoinPolicy = (environment: Variables): JoinPolicy =>
  policyOf(settingsOrThrow("it cannot be told what can be joined", joinSettings, environment));

/** Reads the settings. Throws ConfigError that names every fault at once. */
export const readMeetingsConfig = (environment: Variables): MeetingsConfig => {
  const read = settingsOrThrow(
    "meetings cannot start with this configuration",
    meetingsSettings,
    environment,
  );
  const faults = new Faults();
  if (read.MEETINGS_VIEW === "redis" && read.REDIS_URL === undefined)
    faults.add("REDIS_URL", "must be set where MEETINGS_VIEW is redis");
  faults.raise("meetings cannot start with this configuration");
  const base = read.PUBLIC_URL.replace(/\/$/, "");
  const [clientStateKey = new Uint8Array()] = read.CLIENT_STATE_KEYS;
  return {
    tokenKey: read.MEETINGS_TOKEN_KEY ?? null,
    join: policyOf(read),
    streamsMax: read.MEETINGS_STREAMS_MAX,
    view: read.MEETINGS_VIEW,
    redisUrl: read.REDIS_URL ?? null,
    roomReadEveryMs: read.MEETINGS_ROOM_READ_EVERY_MS,
    watching: {
      notificationUrl: `${base}${read.INGEST_NOTIFICATION_PATH}`,
      lifecycleNotificationUrl: `${base}${read.INGEST_LIFECYCLE_PATH}`,
      clientStateKey,
    },
  };
};
