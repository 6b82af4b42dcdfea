import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from "node:crypto";
import { type ActorId, actorIdOf } from "@hybrid/kernel";

/** Microsoft Graph keeps no longer clientState (subscription resource type, property clientState). */
const lengthMax = 128;
/**
 * 128 bits: nobody finds a valid one by trying, and a UUID organisation with a UUID user fits with room to
 * spare.
 */
const macBytes = 16;
/** The shortest key that signs clientState, in bytes. */
export const keyBytesMin = 32;

const entityPart = "o|[uwrtc]-[A-Za-z0-9_.-]{1,64}";
const form = new RegExp(
  `^(?<signed>v1\\.(?<org>[a-z0-9_-]{1,64})\\.(?<entity>${entityPart}))\\.(?<mac>[A-Za-z0-9_-]{22})$`,
);

/** Making a key object costs more than the HMAC itself, and there are few keys. */
const keyObjects = new WeakMap<Uint8Array, KeyObject>();

const keyObjectOf = (key: Uint8Array): KeyObject => {
  const known = keyObjects.get(key) ?? createSecretKey(key);
  keyObjects.set(key, known);
  return known;
};

const macOf = (signed: string, key: Uint8Array): string =>
  createHmac("sha256", keyObjectOf(key))
    .update(signed, "utf8")
    .digest()
    .subarray(0, macBytes)
    .toString("base64url");

/**
 * The clientState of a Graph subscription: `v1.<org>.<entity>.<HMAC>`, at most 128 characters, where the HMAC
 * is the first 16 bytes of HMAC-SHA256 over everything before it, in base64url (docs/DESIGN.md, "Identity").
 * It authenticates and routes every notification without a look-up. Throws TypeError when the key is shorter
 * than 32 bytes, and when the address has an item or a partition, or does not fit.
 */
export const signClientState = (address: ActorId, key: Uint8Array): string => {
  if (key.length < keyBytesMin)
    throw new TypeError(
      `the key that signs clientState has ${key.length} bytes; it needs at least ${keyBytesMin}`,
    );
  const signed = `v1.${address.replace("/", ".")}`;
  const text = `${signed}.${macOf(signed, key)}`;
  if (text.length > lengthMax || !form.test(text))
    throw new TypeError(
      `"${address}" cannot be put into a clientState: it must be <org>/<entity> without item or partition, ` +
        `and the whole at most ${lengthMax} characters long (it has ${text.length})`,
    );
  return text;
};

/**
 * The address in a clientState that one of `keys` signed, or undefined. Compares in constant time and always
 * tries every key, so that the time tells neither how much of a forgery is right nor which key signed;
 * several keys let a key be replaced while subscriptions still carry the old one.
 */
export const openClientState = (text: string, keys: readonly Uint8Array[]): ActorId | undefined => {
  if (text.length > lengthMax) return undefined;
  const { signed = "", org = "", entity = "", mac = "" } = form.exec(text)?.groups ?? {};
  if (signed === "") return undefined;
  const given = Buffer.from(mac, "ascii");
  let genuine = false;
  for (const key of keys)
    if (timingSafeEqual(given, Buffer.from(macOf(signed, key), "ascii"))) genuine = true;
  return genuine ? actorIdOf(`${org}/${entity}`) : undefined;
};
