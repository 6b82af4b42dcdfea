import type { ActorId } from "@hybrid/kernel";
import { hmacOf, openAddress, signAddress } from "./signed-address.ts";

const webhook = { version: "w1", what: "the address of a webhook" } as const;

/**
 * The last part of the path that a webhook of Webex delivers to: `w1.<org>.<entity>.<HMAC>`. It routes every
 * delivery without a look-up, and tells strangers apart before anything is read. It is no secret, and nothing
 * else can be signed with it. Throws TypeError as {@link signAddress} does.
 */
export const signWebhookAddress = (address: ActorId, key: Uint8Array): string =>
  signAddress(webhook, address, key);

/** The address in the path of a webhook that one of `keys` signed, or undefined; see {@link openAddress}. */
export const openWebhookAddress = (text: string, keys: readonly Uint8Array[]): ActorId | undefined =>
  openAddress(webhook.version, text, keys);

/**
 * The secret of the webhooks that deliver to an address, with which Webex signs what it sends: 43 characters
 * of base64url, made of the key, so that nobody has to store it. Throws TypeError when the key is shorter
 * than 32 bytes.
 */
export const webhookSecretOf = (address: ActorId, key: Uint8Array): string =>
  hmacOf(`secret of webhooks to ${address}`, key).toString("base64url");
