import { z } from "zod";

/** A point in time: milliseconds since 1970. */
export const moment = z.int();

/** How many. */
export const count = z.int().min(0);

/** A part of a key: nothing that could mean another organisation's. */
export const word = z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/);

/** Where the next page begins, as the page before said it. */
export const cursor = z.string().regex(/^[A-Za-z0-9_-]{1,1024}$/);

/** An organisation's id. */
export const orgName = z.string().regex(/^[a-z0-9_-]{1,64}$/);

/** What is wrong, as RFC 9457 has it. */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  /** The end of `type`. */
  code: z.string(),
  detail: z.string().optional(),
  /** Finds the line in the service's log. */
  instance: z.string().optional(),
  /** Which fields of the request cannot be used, and why. */
  faults: z.array(z.object({ at: z.string(), fault: z.string() })).optional(),
});

/** A fault. */
export type Problem = z.output<typeof Problem>;
