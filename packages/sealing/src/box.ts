import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  type KeyObject,
} from "node:crypto";
import { DecodeError } from "@hybrid/kernel";
import type { SealingKey } from "./vault.ts";

/** Version 1: this byte, the nonce, the tag, then the ciphertext of AES-256-GCM. */
const version = 1;
const nonceBytes = 12;
const tagBytes = 16;
const headBytes = 1 + nonceBytes + tagBytes;

interface Parts {
  readonly cipher: KeyObject;
  readonly nonce: KeyObject;
  /** What was sealed or opened last, by owner and text, and by owner and box. */
  readonly boxes: Map<string, string>;
  readonly texts: Map<string, string>;
}

/**
 * A person's address stands in the states of many actors, which are written again and again: the same few
 * texts under the same key are encrypted once while the key is at hand.
 */
const keptMax = 8;
/** An address is shorter. With longer texts, which seldom come again, ten thousand keys would hold 100 MB. */
const keptCharsMax = 256;

const keep = (kept: Map<string, string>, of: string, value: string): string => {
  if (of.length + value.length > 2 * keptCharsMax) return value;
  if (kept.size >= keptMax) kept.delete(kept.keys().next().value as string);
  kept.set(of, value);
  return value;
};

const partsOfKeys = new WeakMap<SealingKey, Parts>();

/** One key for the cipher and one for nonces (RFC 5869). */
const partsOf = (key: SealingKey): Parts => {
  const known = partsOfKeys.get(key);
  if (known) return known;
  // Made once: from bytes Node makes a key object for every text, which costs more than to encrypt it.
  const derived = (use: string) =>
    createSecretKey(Buffer.from(hkdfSync("sha256", key.bytes, "", `hybrid ${use}`, 32)));
  const parts: Parts = {
    cipher: derived("sealed value"),
    nonce: derived("sealed value's nonce"),
    boxes: new Map(),
    texts: new Map(),
  };
  partsOfKeys.set(key, parts);
  return parts;
};

/** A box opens only under the owner and the key that it was made for. */
const boundTo = (owner: string, { id }: SealingKey): Buffer => Buffer.from(`${owner} ${id}`);

/**
 * Encrypts a text (AES-256-GCM, NIST SP 800-38D) as base64url. The nonce is the text's own HMAC, so that the
 * same text under the same key gives the same box: a state that has not changed is written as before, and a
 * nonce comes again with the same text alone.
 */
export const sealText = (owner: string, key: SealingKey, text: string): string => {
  const { cipher: cipherKey, nonce: nonceKey, boxes } = partsOf(key);
  const known = boxes.get(`${owner} ${text}`);
  if (known !== undefined) return known;
  const bound = boundTo(owner, key);
  const nonce = createHmac("sha256", nonceKey)
    .update(`${bound.length} `)
    .update(bound)
    .update(text)
    .digest()
    .subarray(0, nonceBytes);
  const cipher = createCipheriv("aes-256-gcm", cipherKey, nonce).setAAD(bound);
  const body = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  const box = Buffer.concat([Buffer.of(version), nonce, cipher.getAuthTag(), body]).toString("base64url");
  return keep(boxes, `${owner} ${text}`, box);
};

/**
 * Decrypts a box. Throws {@link DecodeError} for one that was damaged, or made under another key or owner.
 */
export const openText = (owner: string, key: SealingKey, box: string): string => {
  const { texts } = partsOf(key);
  const known = texts.get(`${owner} ${box}`);
  if (known !== undefined) return known;
  const bytes = Buffer.from(box, "base64url");
  if (bytes.length < headBytes || bytes[0] !== version)
    throw new DecodeError(`a sealed value of ${owner} is no box of this version`);
  const tagAt = 1 + nonceBytes;
  const decipher = createDecipheriv("aes-256-gcm", partsOf(key).cipher, bytes.subarray(1, tagAt), {
    authTagLength: tagBytes,
  });
  decipher.setAAD(boundTo(owner, key)).setAuthTag(bytes.subarray(tagAt, headBytes));
  try {
    const text = Buffer.concat([decipher.update(bytes.subarray(headBytes)), decipher.final()]).toString(
      "utf8",
    );
    return keep(texts, `${owner} ${box}`, text);
  } catch (cause) {
    throw new DecodeError(`a sealed value of ${owner} was damaged, or sealed with another key`, { cause });
  }
};
