import { type Clock, ConfigError } from "@hybrid/kernel";
import type { Log } from "@hybrid/log";
import { fromRecord, type KeyRing, openTexts, openValue, sealValue, withKeys } from "@hybrid/sealing";
import type { LogPlace } from "../log-place.ts";
import type { KeyPlace } from "./key-settings.ts";
import { keyPlaceGiven, type OpenedKeys, openKeys } from "./open-keys.ts";

/** Opens and seals what is somebody's in records that a command reads and writes. */
export interface Opener {
  /** The value with its sealed texts in place; empty where one was erased, or cannot be opened here. */
  open<Value>(value: Value): Promise<Value>;
  /** The value with all that is sealed in it closed. Rejects with ConfigError where there are no keys. */
  seal<Value>(value: Value): Promise<Value>;
}

/** The texts that stand sealed in records. Whose they are is said there. */
const recordTexts = { mailAddress: () => undefined };

/** With the keys of a ring. */
export const openerOf = (ring: KeyRing): Opener => ({
  open: async <Value>(value: Value): Promise<Value> => {
    const session = ring.session();
    const closed = fromRecord(value, recordTexts);
    return openTexts(await withKeys(session, () => openValue(closed, session))) as Value;
  },
  seal: async <Value>(value: Value): Promise<Value> => {
    const session = ring.session();
    return (await withKeys(session, () => sealValue(value, session))) as Value;
  },
});

const emptied = (name: string, part: unknown): unknown => {
  // What is sealed together stands beside its fields, which say nothing.
  if (name === "sealedTexts") return undefined;
  return typeof part === "object" && part !== null && "sealedFor" in part && "box" in part ? "" : part;
};

/** Without keys: what is sealed is not shown, and nothing is sealed. */
export const closedOpener = (reason: ConfigError | null = null): Opener => ({
  open: async <Value>(value: Value): Promise<Value> =>
    JSON.parse(JSON.stringify(fromRecord(value, recordTexts)), emptied) as Value,
  seal: async () => {
    throw reason ?? new ConfigError("nothing can be sealed", ["there are no keys"]);
  },
});

/** What opens and seals for a command on this log; its vault is opened when it is first needed. */
export const openerFor = (
  log: Log,
  {
    partitions,
    clock,
    place,
  }: { readonly partitions: number; readonly clock: Clock; readonly place: LogPlace },
): Opener & { close(): Promise<void> } => {
  let keyPlace: KeyPlace;
  try {
    keyPlace = keyPlaceGiven(process.env, place);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { ...closedOpener(error), close: async () => undefined };
  }
  let keys: OpenedKeys | undefined;
  const opener = (): Opener => {
    keys ??= openKeys(log, { partitions, clock, place: keyPlace });
    return openerOf(keys.ring);
  };
  return {
    open: (value) => opener().open(value),
    seal: (value) => opener().seal(value),
    close: async () => keys?.close(),
  };
};
