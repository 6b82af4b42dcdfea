import { z } from "zod";
import { keyBytesMin } from "./client-state.ts";

const key = z
  .string()
  .regex(/^[A-Za-z0-9_+/-]+={0,2}$/, "must hold keys in base64url, separated by commas")
  .transform((text) => new Uint8Array(Buffer.from(text, "base64url")))
  .refine((bytes) => bytes.length >= keyBytesMin, `must hold keys of at least ${keyBytesMin} bytes each`);

/**
 * The variable CLIENT_STATE_KEYS of every service that signs or opens clientState: one or more keys of 32
 * bytes or more in base64url (or base64), separated by commas, newest first. What else stands there is not
 * repeated in any message. Not part of the package's index, so that who reads no configuration loads no zod.
 */
export const clientStateKeys = z
  .string()
  .transform((list) => list.split(","))
  .pipe(z.array(key).min(1));
