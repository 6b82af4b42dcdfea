import { type AnyService, clientsOf, httpOf } from "@hybrid/service";
import { choice, logPartitions, namesOf, port, text, type Vocabulary, whole } from "@hybrid/settings";
import { clientKinds, clientNames } from "./clients/clients.ts";
import { proxySettings } from "./clients/proxy.ts";
import { kafkaSettings } from "./kafka-settings.ts";
import { keySettings } from "./keys/key-settings.ts";
import { services } from "./service-list.ts";

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

/** The listener that routes of several services share; for processes that run such a service. */
export const apiSettings = {
  API_HOST: text({ meaning: "Address of what services serve over HTTP together." }).orElse("127.0.0.1"),
  API_PORT: port({ meaning: "Its port; 0 takes a free one." }).orElse(8_080),
};

/** One chapter of all settings: who reads them, and which. */
export interface SettingsChapter {
  readonly title: string;
  readonly settings: Vocabulary;
}

const namesOfServices = (all: readonly AnyService[]): string => all.map(({ name }) => name).join(" and ");

/** Whether some routes of the service stand on the listener that services share. */
export const sharesListener = (service: AnyService): boolean =>
  httpOf(service).some(({ listener }) => listener === "shared");

const chapterOf = (
  users: readonly AnyService[],
  settings: Vocabulary,
  what: string,
): readonly SettingsChapter[] =>
  users.length === 0 ? [] : [{ title: `${namesOfServices(users)}: ${what}`, settings }];

/** Every setting of the services and of the process, by who reads it; none stands twice. */
export const settingsChapters = (all: readonly AnyService[] = services): readonly SettingsChapter[] =>
  [
    { title: "every process", settings: processSettings },
    { title: "every command that opens the log", settings: kafkaSettings },
    { title: "every process and command that seals or opens", settings: keySettings },
    ...all.map(({ name, settings: { vocabulary } }) => ({ title: name, settings: vocabulary })),
    ...chapterOf(all.filter(sharesListener), apiSettings, "HTTP"),
    ...clientNames.flatMap((name) => {
      const users = all.filter((service) => clientsOf(service).includes(name));
      return chapterOf(users, clientKinds[name].settings, clientKinds[name].title);
    }),
    ...chapterOf(
      all.filter((service) => clientsOf(service).length > 0),
      proxySettings,
      "proxy",
    ),
  ]
    .map(({ title, settings }, at, chapters) => {
      const before = new Set(chapters.slice(0, at).flatMap((chapter) => Object.keys(chapter.settings)));
      return {
        title,
        settings: Object.fromEntries(Object.entries(settings).filter(([name]) => !before.has(name))),
      };
    })
    .filter(({ settings }) => Object.keys(settings).length > 0);

/**
 * Every variable that some part of the product reads. Those of proxies belong to many programs: what looks
 * like them is none of our business.
 */
export const knownVariables = (all: readonly AnyService[] = services): readonly string[] =>
  settingsChapters(all)
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
export const settingsHelp = (all: readonly AnyService[] = services): string =>
  settingsChapters(all).map(lines).join("\n\n");

/** The settings of commands that only open the log. */
export const logSettingsHelp = (): string =>
  lines({
    title: "Every command that opens the log finds it by these variables, else in --data",
    settings: kafkaSettings,
  });
