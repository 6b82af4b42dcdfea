import type { ActorId } from "@hybrid/kernel";
import { openAddress, signAddress } from "./signed-address.ts";

const clientState = { version: "v1", what: "a clientState" } as const;

/**
 * The clientState of a Graph subscription: `v1.<org>.<entity>.<HMAC>`, at most 128 characters
 * (docs/DESIGN.md, "Identity"). It authenticates and routes every notification without a look-up. Throws
 * TypeError as {@link signAddress} does.
 */
export const signClientState = (address: ActorId, key: Uint8Array): string =>
  signAddress(clientState, address, key);

/** The address in a clientState that one of `keys` signed, or undefined; see {@link openAddress}. */
export const openClientState = (text: string, keys: readonly Uint8Array[]): ActorId | undefined =>
  openAddress(clientState.version, text, keys);
