import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { Role } from "@hybrid/control-hub-page/api";
import { minutes } from "@hybrid/kernel";
import { z } from "zod";
import type { Guest } from "./guest.ts";

/** How long a link is good. */
const linkMs = minutes(15);

/** What a link says of whom it lets in. */
const Ticket = z.object({
  /** Null: every organisation of this installation. */
  org: z.string().nullable(),
  role: Role,
  name: z.string(),
  user: z.string().nullable(),
  endsAt: z.int(),
  nonce: z.string(),
});

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

/** Whether a name is given for the first time, to any process that serves the page. */
export type Once = (name: string, lifeMs: number) => Promise<boolean>;

/** Lets each link in once. */
export class SignInLinks {
  readonly #key: Uint8Array;
  readonly #once: Once;

  constructor(key: Uint8Array, once: Once) {
    this.#key = key;
    this.#once = once;
  }

  /** Whom the link lets in; null for one that is forged, too old, or used. */
  async redeem(token: string, now: number): Promise<Guest | null> {
    const ticket = ticketIn(this.#key, token);
    if (ticket === null || ticket.endsAt < now) return null;
    if (!(await this.#once(`link:${ticket.nonce}`, linkMs))) return null;
    const { org, role, name, user } = ticket;
    return { org, role, name, user };
  }
}
