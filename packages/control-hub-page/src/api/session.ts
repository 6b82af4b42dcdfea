import { z } from "zod";
import { roles } from "./roles.ts";
import { count, moment, orgName } from "./shapes.ts";

/** What a person is here: everything, users alone, only looking, only what is about oneself. */
export const Role = z.enum(roles);

/** Who is signed in. */
export const SessionAnswer = z.object({
  name: z.string(),
  role: Role,
  organisations: z.array(orgName),
  /** Goes with every request that changes something, as `x-csrf-token`. */
  csrfToken: z.string(),
  endsAt: moment,
});

/** How people sign in here. */
export const SignInWays = z.object({
  /** Whether a provider of OpenID Connect is asked; with false there are one-time links alone. */
  hasProvider: z.boolean(),
});

/** A session somewhere. */
export const SessionRow = z.object({
  id: z.string(),
  name: z.string(),
  role: Role,
  way: z.enum(["link", "provider"]),
  startedAt: moment,
  endsAt: moment,
  /** The one that asks. */
  isOwn: z.boolean(),
});

/** Sessions, the newest first. */
export const SessionList = z.object({ sessions: z.array(SessionRow) });

/** What is to end: one session, or all that its person has. */
export const SessionEnding = z.object({
  session: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
  all: z.boolean(),
});

/** How many sessions ended. */
export const SessionsEnded = z.object({ ended: count });

/** A role. */
export type Role = z.output<typeof Role>;
/** A session as its person sees it. */
export type SessionAnswer = z.output<typeof SessionAnswer>;
/** Ways to sign in. */
export type SignInWays = z.output<typeof SignInWays>;
/** A session in a list. */
export type SessionRow = z.output<typeof SessionRow>;
/** A list of sessions. */
export type SessionList = z.output<typeof SessionList>;
