import { randomBytes } from "node:crypto";
import { DecodeError } from "@hybrid/kernel";
import { openText, sealText } from "@hybrid/sealing";
import type { KeyPort, WrappedKey } from "./key-port.ts";

/** Seals texts that are kept outside the log and live for hours: tokens, for example. */
export interface TextSeal {
  /** `purpose`: what it is and whose; it opens for the same purpose alone. */
  seal(text: string, purpose: string): Promise<string>;
  /** Throws DecodeError for what was damaged, ConfigError when its key-encryption key is not there. */
  open(sealed: string, purpose: string): Promise<string>;
}

interface SealedText extends WrappedKey {
  readonly box: string;
}

const read = (sealed: string, purpose: string): SealedText => {
  const fields = ["wrappedBy", "wrapped", "box"] as const;
  try {
    const found = JSON.parse(sealed) as SealedText;
    if (fields.every((name) => typeof found[name] === "string")) return found;
  } catch {
    // What the parser says may quote it.
  }
  throw new DecodeError(`a sealed ${purpose} is none`);
};

/**
 * Each text under a key of its own that a key-encryption key wraps: no record of the log is needed, and a
 * rotation of the key-encryption keys leaves readable what the older ones wrap for as long as they are there.
 */
export const textSeal = (keyPort: KeyPort): TextSeal => ({
  seal: async (text, purpose) => {
    const bytes = randomBytes(32);
    const wrapped = await keyPort.wrap(bytes, purpose);
    return JSON.stringify({ ...wrapped, box: sealText(purpose, { id: wrapped.wrappedBy, bytes }, text) });
  },
  open: async (sealed, purpose) => {
    const { wrappedBy, wrapped, box } = read(sealed, purpose);
    const bytes = await keyPort.unwrap({ wrappedBy, wrapped }, purpose);
    return openText(purpose, { id: wrappedBy, bytes }, box);
  },
});
