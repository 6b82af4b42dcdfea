import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { ProviderError } from "@hybrid/kernel";
import type { BlobStore } from "./ports.ts";

// Version, nonce and tag stand before the sealed bytes; the place is sealed in, so that nobody can move them.
const version = 1;
const nonceBytes = 12;
const tagBytes = 16;
const headBytes = 1 + nonceBytes + tagBytes;

const seal = (key: Uint8Array, place: string, bytes: Buffer): Buffer => {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(Buffer.from(place));
  const sealed = Buffer.concat([cipher.update(bytes), cipher.final()]);
  return Buffer.concat([Buffer.of(version), nonce, cipher.getAuthTag(), sealed]);
};

const open = (key: Uint8Array, place: string, sealed: Buffer): Buffer => {
  const broken = (cause?: unknown): ProviderError =>
    new ProviderError(
      `what is stored at ${place} was not sealed with this key, or was changed`,
      { code: "unexpected", retryable: false },
      { cause },
    );
  if (sealed.length < headBytes || sealed[0] !== version) throw broken();
  const nonce = sealed.subarray(1, 1 + nonceBytes);
  const tag = sealed.subarray(1 + nonceBytes, headBytes);
  const decipher = createDecipheriv("aes-256-gcm", key, nonce).setAAD(Buffer.from(place)).setAuthTag(tag);
  try {
    return Buffer.concat([decipher.update(sealed.subarray(headBytes)), decipher.final()]);
  } catch (error) {
    throw broken(error);
  }
};

/** A store that sees ciphertext alone: AES-256-GCM with a key of 32 bytes. */
export const sealedBlobs = (store: BlobStore, key: Uint8Array): BlobStore => ({
  put: (place, bytes, signal) => store.put(place, seal(key, place, bytes), signal),
  get: async (place, signal) => {
    const sealed = await store.get(place, signal);
    return sealed === null ? null : open(key, place, sealed);
  },
  delete: (place, signal) => store.delete(place, signal),
});
