import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import { ConfigError, DecodeError } from "@hybrid/kernel";
import type { KeyPort } from "./key-port.ts";

const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;

/** A key by what it is: nobody has to name keys. 64 bits of HKDF tell nothing about the key (RFC 5869). */
const idOf = (key: Uint8Array): string =>
  Buffer.from(hkdfSync("sha256", key, "", "hybrid key-encryption key's id", 8)).toString("hex");

/**
 * The keys that a text holds, newest first: 32 bytes each in base64 or base64url, between commas, blanks or
 * line ends. A fault never repeats the text.
 */
export const readKeyEncryptionKeys = (
  text: string,
): { readonly keys: readonly Uint8Array[] } | { readonly fault: string } => {
  const keys = text
    .split(/[\s,]+/)
    .filter((part) => part !== "")
    .map((part) => Buffer.from(part, "base64url"));
  if (keys.length === 0) return { fault: "must hold at least one key" };
  if (keys.some(({ length }) => length !== keyBytes))
    return { fault: `must hold keys of ${keyBytes} bytes each in base64` };
  return { keys };
};

/** A new key, as {@link readKeyEncryptionKeys} reads it. */
export const newKeyEncryptionKey = (): string => randomBytes(keyBytes).toString("base64url");

const wrapped = (key: Uint8Array, bytes: Uint8Array, purpose: string): string => {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(Buffer.from(purpose));
  const body = Buffer.concat([cipher.update(bytes), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString("base64url");
};

const unwrapped = (key: Uint8Array, text: string, purpose: string): Uint8Array => {
  const bytes = Buffer.from(text, "base64url");
  const tagAt = nonceBytes + tagBytes;
  if (bytes.length !== tagAt + keyBytes) throw new DecodeError(`${purpose}: the wrapped key is damaged`);
  const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, nonceBytes), {
    authTagLength: tagBytes,
  });
  decipher.setAAD(Buffer.from(purpose)).setAuthTag(bytes.subarray(nonceBytes, tagAt));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(tagAt)), decipher.final()]);
  } catch (cause) {
    throw new DecodeError(`${purpose}: the wrapped key is damaged, or was wrapped for another purpose`, {
      cause,
    });
  }
};

/**
 * Key-encryption keys that this process holds itself: AES-256-GCM. `read` gives their text and is asked
 * before every use, so that keys are rotated without a restart; `where` names its place in messages.
 */
export const localKeyPort = (read: () => Promise<string>, where: string): KeyPort => {
  const keys = async (): Promise<readonly Uint8Array[]> => {
    const found = readKeyEncryptionKeys(await read());
    if ("fault" in found) throw new ConfigError(where, [found.fault]);
    return found.keys;
  };
  const newestKey = async (): Promise<Uint8Array> => (await keys())[0] as Uint8Array;
  return {
    newest: async () => idOf(await newestKey()),
    wrap: async (bytes, purpose) => {
      const key = await newestKey();
      return { wrappedBy: idOf(key), wrapped: wrapped(key, bytes, purpose) };
    },
    unwrap: async ({ wrappedBy, wrapped: text }, purpose) => {
      const key = (await keys()).find((each) => idOf(each) === wrappedBy);
      if (key) return unwrapped(key, text, purpose);
      throw new ConfigError(where, [
        `${purpose} is wrapped by key ${wrappedBy}, which is not among these: put it back, behind the newest`,
      ]);
    },
  };
};
