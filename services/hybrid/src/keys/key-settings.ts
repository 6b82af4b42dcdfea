import { type Faults, givenName, readSettings, Setting, type Variables } from "@hybrid/settings";
import { readKeyEncryptionKeys } from "@hybrid/vault";

/** Where the key-encryption keys are. */
export type KeyPlace =
  /** A setting; `read` gives its text, from its file as it is now. */
  | { readonly kind: "setting"; readonly name: string; readonly read: () => Promise<string> }
  /** A file that is made when it is missing. */
  | { readonly kind: "file"; readonly path: string }
  /** Nowhere but in this process, as a log in memory. */
  | { readonly kind: "memory" };

/** The keys that protect what is sealed; read by processes and commands that seal or open. */
export const keySettings = {
  KEY_ENCRYPTION_KEYS: new Setting({
    form: "keys of 32 bytes in base64, between commas or lines, read again before each use",
    meaning:
      "Key-encryption keys, newest first: the first one wraps the keys of organisations, all unwrap them. " +
      "Needed with KAFKA_BROKERS; else they are in a file of --data that is made by itself. Make one with " +
      "`openssl rand -base64 32`.",
    source: "renewed",
    read: (text) => {
      const found = readKeyEncryptionKeys(text);
      return "fault" in found ? found : { value: () => Promise.resolve(text) };
    },
  }).optional(),
};

/** Where the setting says that they are; undefined when it is not given, or with faults. */
export const readKeyPlace = (variables: Variables, faults: Faults): KeyPlace | undefined => {
  const read = readSettings(keySettings, variables, faults);
  return read?.KEY_ENCRYPTION_KEYS === undefined
    ? undefined
    : {
        kind: "setting",
        name: givenName(variables, "KEY_ENCRYPTION_KEYS"),
        read: read.KEY_ENCRYPTION_KEYS,
      };
};
