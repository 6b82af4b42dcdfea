import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from "node:crypto";
import { type ActorId, actorIdOf } from "@hybrid/kernel";

/**
 * 128 bits: nobody finds a valid one by trying, and a UUID organisation with a UUID user fits with room to
 * spare.
 */
const macBytes = 16;
/** The shortest key that signs addresses, in bytes. */
export const keyBytesMin = 32;

/** Microsoft Graph keeps no longer clientState (subscription resource type, property clientState). */
const lengthMax = 128;

const entityPart = "o|[uwrtc]-[A-Za-z0-9_.-]{1,64}";
const form = new RegExp(
  `^(?<signed>(?<version>[a-z]\\d)\\.(?<org>[a-z0-9_-]{1,64})\\.(?<entity>${entityPart}))` +
    "\\.(?<mac>[A-Za-z0-9_-]{22})$",
);

/** Making a key object costs more than the HMAC itself, and there are few keys. */
const keyObjects = new WeakMap<Uint8Array, KeyObject>();

/** HMAC-SHA256 of a text. Throws TypeError when the key is shorter than 32 bytes. */
export const hmacOf = (text: string, key: Uint8Array): Buffer => {
  if (key.length < keyBytesMin)
    throw new TypeError(
      `the key that signs addresses has ${key.length} bytes; it needs at least ${keyBytesMin}`,
    );
  const keyObject = keyObjects.get(key) ?? createSecretKey(key);
  keyObjects.set(key, keyObject);
  return createHmac("sha256", keyObject).update(text, "utf8").digest();
};

const macOf = (signed: string, key: Uint8Array): string =>
  hmacOf(signed, key).subarray(0, macBytes).toString("base64url");

/**
 * `<version>.<org>.<entity>.<HMAC>`, at most 128 characters; the HMAC is the first 16 bytes of HMAC-SHA256
 * over everything before it, in base64url. A version is what the address is for: one letter and one digit.
 * Throws TypeError when the key is shorter than 32 bytes, and when the address has an item or a partition, or
 * does not fit; `what` names the thing in that message.
 */
export const signAddress = (
  { version, what }: { readonly version: string; readonly what: string },
  address: ActorId,
  key: Uint8Array,
): string => {
  const signed = `${version}.${address.replace("/", ".")}`;
  const text = `${signed}.${macOf(signed, key)}`;
  if (text.length > lengthMax || !form.test(text))
    throw new TypeError(
      `"${address}" cannot be put into ${what}: it must be <org>/<entity> without item or partition, ` +
        `and the whole at most ${lengthMax} characters long (it has ${text.length})`,
    );
  return text;
};

/**
 * The address in a text of this version that one of `keys` signed, or undefined. Compares in constant time
 * and always tries every key, so that the time tells neither how much of a forgery is right nor which key
 * signed; several keys let a key be replaced while the old one is still in use.
 */
export const openAddress = (
  version: string,
  text: string,
  keys: readonly Uint8Array[],
): ActorId | undefined => {
  if (text.length > lengthMax) return undefined;
  const { signed = "", org = "", entity = "", mac = "", version: found } = form.exec(text)?.groups ?? {};
  if (signed === "" || found !== version) return undefined;
  const given = Buffer.from(mac, "ascii");
  let genuine = false;
  for (const key of keys)
    if (timingSafeEqual(given, Buffer.from(macOf(signed, key), "ascii"))) genuine = true;
  return genuine ? actorIdOf(`${org}/${entity}`) : undefined;
};
