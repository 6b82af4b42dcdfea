import { type ActorId, murmur2 } from "@hybrid/kernel";

const utf8 = new TextEncoder();

/** A number in [0, 1) that is always the same for an actor and a purpose. */
export const spread = (self: ActorId, purpose: string): number =>
  murmur2(utf8.encode(`${purpose} ${self}`)) / 2 ** 32;
