import { hash } from "node:crypto";

/**
 * Names a text where the text itself must not stand, as in ids, which are logged: 32 hexadecimal digits of
 * its SHA-256. Who knows the text can find it; nobody meets another text with the same.
 */
export const textDigest = (text: string): string => hash("sha256", text, "hex").slice(0, 32);
