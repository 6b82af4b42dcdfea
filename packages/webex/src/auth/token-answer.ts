import { seconds } from "@hybrid/kernel";
import { z } from "zod";

/** An access token and what renews it. Secret. Durations in milliseconds from the request on. */
export interface Issued {
  readonly accessToken: string;
  readonly expiresInMs: number;
  readonly refreshToken: string;
  /** Null when Webex does not say. */
  readonly refreshExpiresInMs: number | null;
}

const secret = z.string().regex(/^[\x21-\x7e]{1,4096}$/);
const lifetime = z.number().int().positive().max(3_200_000_000);

/** The body in which Webex gives tokens. */
export const TokenAnswer = z.object({
  access_token: secret,
  expires_in: lifetime,
  refresh_token: secret,
  refresh_token_expires_in: lifetime.optional(),
});

/** What the body says. */
export const issuedOf = (answer: z.infer<typeof TokenAnswer>): Issued => {
  const refreshExpiresIn = answer.refresh_token_expires_in;
  return {
    accessToken: answer.access_token,
    expiresInMs: seconds(answer.expires_in),
    refreshToken: answer.refresh_token,
    refreshExpiresInMs: refreshExpiresIn === undefined ? null : seconds(refreshExpiresIn),
  };
};
