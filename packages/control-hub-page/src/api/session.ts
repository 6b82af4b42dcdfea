import { z } from "zod";
import { moment, orgName } from "./shapes.ts";

/** What a person may do: everything, or look. */
export const Role = z.enum(["full", "readOnly"]);

/** Who is signed in. */
export const SessionAnswer = z.object({
  name: z.string(),
  role: Role,
  organisations: z.array(orgName),
  /** Goes with every request that changes something, as `x-csrf-token`. */
  csrfToken: z.string(),
  endsAt: moment,
});

/** A role. */
export type Role = z.output<typeof Role>;
/** A session as its person sees it. */
export type SessionAnswer = z.output<typeof SessionAnswer>;
