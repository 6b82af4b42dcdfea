import { ConfigError, minutes, seconds } from "@hybrid/kernel";
import { z } from "zod";

/** Digits only: an empty variable would otherwise be taken for 0. */
const bounded = (min: number, max: number, byDefault: number) =>
  z
    .string()
    .regex(/^\d{1,15}$/, `must be a whole number from ${min} to ${max}`)
    .transform(Number)
    .pipe(z.number().min(min).max(max))
    .default(byDefault);

const Config = z.object({
  DECORATOR_CACHE_KEEP_MS: bounded(seconds(1), minutes(60), minutes(10)).describe(
    "How long a personal room and a mailbox language are taken as still right, milliseconds",
  ),
  DECORATOR_CACHE_ENTRIES_MAX: bounded(1, 1_000_000, 20_000).describe(
    "How many personal rooms, and as many mailbox languages, are kept at most",
  ),
});

/** Settings of the decorator. */
export interface DecoratorConfig {
  readonly cache: { readonly keepMs: number; readonly entriesMax: number };
}

/** Reads the settings. Throws ConfigError that names every fault at once. */
export const readDecoratorConfig = (
  environment: Readonly<Record<string, string | undefined>>,
): DecoratorConfig => {
  const result = Config.safeParse(environment);
  if (!result.success)
    throw new ConfigError(
      "configuration of the decorator cannot be used",
      result.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`),
    );
  const { DECORATOR_CACHE_KEEP_MS: keepMs, DECORATOR_CACHE_ENTRIES_MAX: entriesMax } = result.data;
  return { cache: { keepMs, entriesMax } };
};
