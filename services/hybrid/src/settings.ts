import { decoratorSettings } from "@hybrid/decorator/settings";
import { ingestSettings } from "@hybrid/notification-ingest/settings";
import {
  choice,
  logPartitions,
  namesOf,
  pem,
  port,
  readUrl,
  renewedSecret,
  secret,
  text,
  url,
  type Vocabulary,
  whole,
} from "@hybrid/settings";
import { userStateSettings } from "@hybrid/user-state/settings";
import { kafkaSettings } from "./kafka-settings.ts";

/** What every process has, whatever it runs. */
export const processSettings = {
  LOG_PARTITIONS: logPartitions.optional(),
  LOG_BYTES_MAX: whole({
    min: 10_000_000,
    max: 1_000_000_000_000,
    unit: "bytes",
    meaning: "Largest size of the embedded log's file; as large as the disk when left out.",
  }).optional(),
  LOG_LEVEL: choice(["debug", "info", "warn", "error", "silent"], { meaning: "What is logged." }).orElse(
    "info",
  ),
  HEALTH_HOST: text({ meaning: "Address of /healthz, /readyz and /metrics." }).orElse("127.0.0.1"),
  HEALTH_PORT: port({ meaning: "Their port; 0 takes a free one." }).orElse(9_400),
};

/** What user-state must know of the way in. */
export const publicSettings = {
  PUBLIC_URL: url({
    meaning: "Where Graph reaches notification-ingest from the internet, without path.",
    protocols: ["https"],
  }),
};

/** The way to Microsoft Graph; for services that call it. */
export const graphSettings = {
  GRAPH_CLOUD: choice(["worldwide", "gccHigh", "dod", "china"], { meaning: "National cloud." }).orElse(
    "worldwide",
  ),
  GRAPH_URL: url({
    meaning: "Another Graph, for example the simulator; goes with GRAPH_LOGIN_URL.",
    protocols: ["https"],
  }).optional(),
  GRAPH_LOGIN_URL: url({
    meaning: "Another Microsoft Entra; goes with GRAPH_URL.",
    protocols: ["https"],
  }).optional(),
  GRAPH_CLIENT_ID: text({
    meaning: "The application's client id in Microsoft Entra.",
    pattern: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
    must: "a GUID such as 5d1a0b2c-1111-4222-a333-000000000000",
  }),
  GRAPH_CERTIFICATE: pem({ meaning: "The application's certificate." }),
  GRAPH_PRIVATE_KEY: pem({ meaning: "RSA private key of that certificate." }),
  REDIS_URL: secret({
    meaning: "Redis that keeps Graph's limits for all workers; each worker its own when left out.",
    form: "address",
    read: readUrl({
      meaning: "",
      protocols: ["redis", "rediss"],
      must: "redis://[user:password@]host[:port], or rediss:// for TLS",
    }),
  }).optional(),
  WORKERS_MAX: whole({
    min: 1,
    max: 1_024,
    meaning:
      "Most workers on one Redis; while it is away each keeps to its part of the limits, 1 / WORKERS_MAX.",
  }).orElse(8),
};

/** The way to Webex; for services that call it. */
export const webexSettings = {
  WEBEX_URL: url({ meaning: "The Webex API.", protocols: ["https"] }).orElse("https://webexapis.com"),
  WEBEX_ACCESS_TOKEN: renewedSecret({
    meaning:
      "A valid access token of Webex; its file is read before every request, so that it can be renewed.",
  }),
};

/** The way out to Microsoft Graph, Microsoft Entra and Webex; read in small letters as well. */
export const proxySettings = {
  HTTPS_PROXY: secret({
    meaning: "Proxy for Microsoft Graph, Microsoft Entra and Webex; straight when left out.",
    form: "address",
    read: readUrl({
      meaning: "",
      protocols: ["http", "https"],
      must: "http://[user:password@]host:port, or https:// for TLS to the proxy",
    }),
  }).optional(),
  NO_PROXY: text({
    meaning:
      "Hosts that are reached without the proxy, between commas; .example.com is all below it, * is all.",
  }).optional(),
};

/** One chapter of all settings: who reads them, and which. */
export interface SettingsChapter {
  readonly title: string;
  readonly settings: Vocabulary;
}

/** Every setting of every service and of the process, by who reads it; none stands twice. */
export const settingsChapters: readonly SettingsChapter[] = [
  { title: "every process", settings: processSettings },
  { title: "every command that opens the log", settings: kafkaSettings },
  { title: "notification-ingest", settings: ingestSettings },
  { title: "user-state", settings: { ...publicSettings, ...userStateSettings } },
  { title: "user-state and decorator: Microsoft Graph", settings: graphSettings },
  { title: "decorator: Webex", settings: webexSettings },
  { title: "decorator", settings: decoratorSettings },
  { title: "user-state and decorator: proxy", settings: proxySettings },
].map(({ title, settings }, at, all) => {
  const before = new Set(all.slice(0, at).flatMap((chapter) => Object.keys(chapter.settings)));
  return {
    title,
    settings: Object.fromEntries(Object.entries(settings).filter(([name]) => !before.has(name))),
  };
});

/**
 * Every variable that some part of the product reads. Those of proxies belong to many programs: what looks
 * like them is none of our business.
 */
export const knownVariables: readonly string[] = settingsChapters
  .filter(({ settings }) => !("HTTPS_PROXY" in settings))
  .flatMap(({ settings }) => namesOf(settings));

const width = 32;

const lines = ({ title, settings }: SettingsChapter): string =>
  [
    `${title}:`,
    ...Object.entries(settings).map(([name, setting]) => {
      const key = setting.isSecret ? `${name}[_FILE]` : name;
      const { meaning, bounds } = setting.parts;
      const more = [
        bounds,
        setting.required ? "must be set" : setting.defaultText && `default ${setting.defaultText}`,
      ];
      const told = more.filter((part) => typeof part === "string" && part !== "").join("; ");
      const gap = key.length < width ? " ".repeat(width - key.length) : `\n${" ".repeat(width + 2)}`;
      return `  ${key}${gap}${meaning}${told === "" ? "" : ` (${told})`}`;
    }),
  ].join("\n");

/** Every setting with its meaning, for the command line's help. */
export const settingsHelp = (): string => settingsChapters.map(lines).join("\n\n");

/** The settings of commands that only open the log. */
export const logSettingsHelp = (): string =>
  lines({
    title: "Every command that opens the log finds it by these variables, else in --data",
    settings: kafkaSettings,
  });
