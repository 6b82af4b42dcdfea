import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { Role } from "@hybrid/control-hub-page/api";
import { minutes } from "@hybrid/kernel";
import { z } from "zod";

/** How long a link is good. */
const linkMs = minutes(15);

/** What a link says of whom it lets in. */
const Ticket = z.object({
  /** Null: every organisation of this installation. */
  org: z.string().nullable(),
  role: z.enum(["full", "readOnly"]),
  name: z.string(),
  endsAt: z.int(),
  nonce: z.string(),
});

/** Whom a link lets in. */
export interface Guest {
  readonly org: string | null;
  readonly role: Role;
  readonly name: string;
}

const signatureOf = (key: Uint8Array, text: string): Buffer =>
  createHmac("sha256", key).update(`hub-sign-in ${text}`).digest();

/** The secret part of a one-time link. `now`: milliseconds since 1970. */
export const signInToken = (key: Uint8Array, guest: Guest, now: number): string => {
  const ticket = { ...guest, endsAt: now + linkMs, nonce: randomBytes(16).toString("base64url") };
  const text = Buffer.from(JSON.stringify(ticket)).toString("base64url");
  return `${text}.${signatureOf(key, text).toString("base64url")}`;
};

const ticketIn = (key: Uint8Array, token: string): z.output<typeof Ticket> | null => {
  const [text = "", signature = ""] = token.split(".");
  const given = Buffer.from(signature, "base64url");
  const wanted = signatureOf(key, text);
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return null;
  const read = Ticket.safeParse(JSON.parse(Buffer.from(text, "base64url").toString("utf8")));
  return read.success ? read.data : null;
};

/** Lets each link in once. What was used is remembered until it would have ended anyway. */
export class SignInLinks {
  readonly #key: Uint8Array;
  readonly #used = new Map<string, number>();

  constructor(key: Uint8Array) {
    this.#key = key;
  }

  /** Whom the link lets in; null for one that is forged, too old, or used. */
  redeem(token: string, now: number): Guest | null {
    for (const [nonce, endsAt] of this.#used) if (endsAt < now) this.#used.delete(nonce);
    const ticket = ticketIn(this.#key, token);
    if (ticket === null || ticket.endsAt < now || this.#used.has(ticket.nonce)) return null;
    this.#used.set(ticket.nonce, ticket.endsAt);
    const { org, role, name } = ticket;
    return { org, role, name };
  }
}
