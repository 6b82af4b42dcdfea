import { minutes, seconds } from "@hybrid/kernel";
import { duration, settingsOrThrow, type Variables, whole } from "@hybrid/settings";

/** The settings of the service. */
export const decoratorSettings = {
  DECORATOR_CACHE_KEEP_MS: duration({
    min: seconds(1),
    max: minutes(60),
    meaning: "How long a personal room and a mailbox language are taken as still right.",
  }).orElse(minutes(10)),
  DECORATOR_CACHE_ENTRIES_MAX: whole({
    min: 1,
    max: 1_000_000,
    meaning: "How many personal rooms, and how many mailbox languages, are kept at most.",
  }).orElse(20_000),
};

/** What the service is configured with. */
export interface DecoratorConfig {
  readonly cache: { readonly keepMs: number; readonly entriesMax: number };
}

/** Reads the settings. Throws ConfigError that names every fault at once. */
export const readDecoratorConfig = (environment: Variables): DecoratorConfig => {
  const { DECORATOR_CACHE_KEEP_MS: keepMs, DECORATOR_CACHE_ENTRIES_MAX: entriesMax } = settingsOrThrow(
    "decorator cannot start with this configuration",
    decoratorSettings,
    environment,
  );
  return { cache: { keepMs, entriesMax } };
};
