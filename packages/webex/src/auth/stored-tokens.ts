import type { EpochMs } from "@hybrid/kernel";
import { z } from "zod";
import type { StoredTokens } from "./refreshing-token.ts";

const at = z
  .number()
  .int()
  .transform((value) => value as EpochMs);
const Stored = z.object({
  accessToken: z.string().min(1),
  accessIssuedAt: at,
  accessExpiresAt: at,
  refreshToken: z.string().min(1),
  refreshExpiresAt: at.nullable(),
  previousRefreshToken: z.string().nullable(),
});

/** The parser's own message would quote a token. */
const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** Tokens as every driver of the store writes them. */
export const writtenTokens = (tokens: StoredTokens): string => JSON.stringify(tokens);

/** What {@link writtenTokens} wrote. Throws an error that names fields and quotes nothing. */
export const readTokens = (text: string): StoredTokens => {
  const read = Stored.safeParse(jsonOf(text));
  if (read.success) return read.data;
  const faults = read.error.issues.map(({ path, code }) => `${path.join(".") || "the whole"} (${code})`);
  throw new Error(`what is stored are no tokens of Webex: ${faults.join(", ")}`);
};
