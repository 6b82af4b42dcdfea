import { createHash, hkdfSync, randomBytes } from "node:crypto";
import type { Clock } from "@hybrid/kernel";
import { EncryptJWT, errors, jwtDecrypt } from "jose";
import { z } from "zod";
import { appNames } from "#domain/permissions";
import { type Refusal, refuse } from "#domain/refusals";

const errandFields = {
  org: z.string().min(1),
  app: z.enum(appNames),
  tenantId: z.guid().nullable(),
  /** The page that sent the visitor and is told how the visit ended; null: our own pages tell it. */
  returnTo: z
    .url({ protocol: /^https?$/ })
    .nullable()
    .default(null),
};

const returnTo = errandFields.returnTo;
const visitFields = { ...errandFields, browser: z.string().min(1) };

/** What a ticket is for: each kind opens one door, and no other. */
const shapes = {
  /** The link that an administrator of a tenant is given. */
  link: z.object(errandFields),
  /** `state` of the sign-in page. */
  signIn: z.object({ ...visitFields, nonce: z.string(), verifier: z.string() }),
  /** The way back of a user whom a page sent to connect the own calendar. */
  connectLink: z.object({ returnTo }),
  /** `state` of the sign-in page for a user who connects the own calendar. */
  connect: z.object({ browser: z.string().min(1), nonce: z.string(), verifier: z.string(), returnTo }),
  /** `state` of the consent page. */
  consent: z.object({ ...visitFields, tenantId: z.guid() }),
  /** The form for a mailbox to try; `activates`: the tenant is put into service when it succeeds. */
  mailbox: z.object({ ...visitFields, tenantId: z.guid(), activates: z.boolean() }),
};

/** The name of a kind of tickets. */
export type TicketKind = keyof typeof shapes;

/** What a ticket holds. */
export type Ticket<Kind extends TicketKind> = z.infer<(typeof shapes)[Kind]>;

const minutes = (count: number): number => count * 60_000;

/** How long a ticket is good: a link may wait for a person, a visit goes on at once. */
const lifetimeMs: Readonly<Record<TicketKind, number>> = {
  link: minutes(24 * 60),
  connectLink: minutes(30),
  signIn: minutes(30),
  connect: minutes(30),
  consent: minutes(60),
  mailbox: minutes(60),
};

/** What a process can read and write without keeping anything: any of several workers takes up a visit. */
export interface Tickets {
  issue<Kind extends TicketKind>(kind: Kind, content: z.input<(typeof shapes)[Kind]>): Promise<string>;
  /** The content; a refusal when it is forged, of another kind, or too old. */
  open<Kind extends TicketKind>(kind: Kind, text: string): Promise<Ticket<Kind> | Refusal>;
}

/** A key of its own for tickets, so that nothing else that the same secret signs is ever one. */
const ticketKey = (secret: Uint8Array): Uint8Array =>
  new Uint8Array(hkdfSync("sha256", secret, "", "hybrid consent tickets", 32));

/** Tickets encrypted (A256GCM) with keys made of CLIENT_STATE_KEYS: the first one writes, all read. */
export const createTickets = (secrets: readonly Uint8Array[], clock: Clock): Tickets => {
  const keys = secrets.map(ticketKey);
  const [first] = keys;
  if (first === undefined) throw new TypeError("tickets need a key of CLIENT_STATE_KEYS");

  const claimsOf = async (text: string): Promise<unknown> => {
    for (const key of keys)
      try {
        const currentDate = new Date(clock.now());
        return (await jwtDecrypt(text, key, { currentDate, requiredClaims: ["exp"] })).payload;
      } catch (error) {
        if (error instanceof errors.JWTExpired) return refuse("linkExpired");
        if (!(error instanceof errors.JOSEError || error instanceof TypeError)) throw error;
      }
    return refuse("linkInvalid");
  };

  return {
    issue: (kind, content) =>
      new EncryptJWT({ kind, content })
        .setProtectedHeader({ alg: "dir", enc: "A256GCM" })
        .setExpirationTime(new Date(clock.now() + lifetimeMs[kind]))
        .encrypt(first),
    open: async <Kind extends TicketKind>(kind: Kind, text: string) => {
      const claims = await claimsOf(text);
      const refusal = z.object({ kind: z.literal("refused") }).safeParse(claims);
      if (refusal.success) return claims as Refusal;
      const outer = z.object({ kind: z.literal(kind), content: z.unknown() }).safeParse(claims);
      const read = shapes[kind].safeParse(outer.data?.content);
      return read.success ? (read.data as Ticket<Kind>) : refuse("linkInvalid");
    },
  };
};

/** A text that nobody can guess. */
export const unguessable = (): string => randomBytes(32).toString("base64url");

/** SHA-256 in base64url: the challenge of a code verifier, and what a ticket holds of a cookie. */
export const digestOf = (text: string): string => createHash("sha256").update(text).digest("base64url");
