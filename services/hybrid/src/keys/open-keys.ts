import { readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Clock, ConfigError } from "@hybrid/kernel";
import type { Log } from "@hybrid/log";
import { KeyRing } from "@hybrid/sealing";
import { Faults, type Variables } from "@hybrid/settings";
import { type KeyPort, localKeyPort, newKeyEncryptionKey, Vault } from "@hybrid/vault";
import type { LogPlace } from "../log-place.ts";
import { type KeyPlace, readKeyPlace } from "./key-settings.ts";

/** The vault of a log, and keys at hand. */
export interface OpenedKeys {
  readonly vault: Vault;
  readonly ring: KeyRing;
  close(): Promise<void>;
}

/** The name of the file of key-encryption keys beside an embedded log. */
const fileName = "key-encryption-keys";

/** Where keys are when no setting says it: beside an embedded log. Throws ConfigError on Kafka. */
export const keyPlaceBeside = (place: LogPlace): KeyPlace => {
  if (place.kind === "embedded")
    return place.path === ":memory:"
      ? { kind: "memory" }
      : { kind: "file", path: join(dirname(place.path), fileName) };
  throw new ConfigError("what is sealed cannot be opened", [
    "KEY_ENCRYPTION_KEYS: must be set with KAFKA_BROKERS, or KEY_ENCRYPTION_KEYS_FILE: all workers and " +
      "commands need the same keys. Make one with `openssl rand -base64 32`, and keep a copy: without it " +
      "nothing that is sealed can be read again",
  ]);
};

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? "";

/** Where keys are: as the setting says, else beside the log. Throws ConfigError. */
export const keyPlaceGiven = (variables: Variables, place: LogPlace): KeyPlace => {
  const faults = new Faults();
  const given = readKeyPlace(variables, faults);
  faults.raise("the keys cannot be used");
  return given ?? keyPlaceBeside(place);
};

/** The text of the file. One that is missing is made, for nobody else to read, unless somebody is quicker. */
const readOrMake = async (path: string): Promise<string> => {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
  }
  try {
    await writeFile(path, `${newKeyEncryptionKey()}\n`, { flag: "wx", mode: 0o600 });
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
  }
  return readFile(path, "utf8");
};

/** What wraps and unwraps the keys of organisations. */
export const keyPortOf = (place: KeyPlace): KeyPort => {
  if (place.kind === "setting") return localKeyPort(place.read, place.name);
  if (place.kind === "file") return localKeyPort(() => readOrMake(place.path), place.path);
  const text = newKeyEncryptionKey();
  return localKeyPort(() => Promise.resolve(text), "the keys of this process");
};

/** Puts a new key before those in a file; whole or not at all. */
export const addKey = async (path: string): Promise<void> => {
  const text = await readOrMake(path);
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, `${newKeyEncryptionKey()}\n${text}`, { mode: 0o600 });
  await rename(draft, path);
};

/** Opens the vault of a log. It asks for nothing before somebody seals or opens. */
export const openKeys = (
  log: Log,
  {
    partitions,
    clock,
    place,
  }: { readonly partitions: number; readonly clock: Clock; readonly place: KeyPlace },
): OpenedKeys => {
  const vault = new Vault({ log, partitions, clock, keyPort: keyPortOf(place) });
  return { vault, ring: new KeyRing({ vault, clock }), close: async () => vault.close() };
};
