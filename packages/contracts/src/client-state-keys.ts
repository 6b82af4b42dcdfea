import { readList, type Setting, secret } from "@hybrid/settings";
import { keyBytesMin } from "./signed-address.ts";

const readKey = (text: string) => {
  if (!/^[A-Za-z0-9_+/-]+={0,2}$/.test(text)) return { fault: "must hold keys in base64url" };
  const value = new Uint8Array(Buffer.from(text, "base64url"));
  return value.length >= keyBytesMin
    ? { value }
    : { fault: `must hold keys of at least ${keyBytesMin} bytes each` };
};

/**
 * The setting CLIENT_STATE_KEYS of every service that signs or opens clientState: one or more keys of 32
 * bytes or more in base64url (or base64), separated by commas, newest first. What else stands there is not
 * repeated in any message. Not part of the package's index: who reads no configuration need not load it.
 */
export const clientStateKeys: Setting<readonly Uint8Array[]> = secret({
  meaning:
    "Keys that sign the clientState of subscriptions and the addresses of webhooks, newest first: the " +
    "first one signs, all are accepted. Make one with `openssl rand -base64 32`.",
  form: `keys of ${keyBytesMin} bytes or more in base64, between commas`,
  read: readList(readKey),
});
