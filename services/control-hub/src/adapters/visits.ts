import { hkdfSync } from "node:crypto";
import { type Clock, minutes } from "@hybrid/kernel";
import { EncryptJWT, errors, jwtDecrypt } from "jose";
import { z } from "zod";

/** How long somebody may take to sign in. */
export const visitMs = minutes(10);

const Kept = z.object({
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  /** Where the page goes on afterwards: a path of ours. */
  to: z.string(),
});

/** What the browser that went to the provider keeps meanwhile. */
export type KeptVisit = z.output<typeof Kept>;

/**
 * Visits of a provider, sealed for the browser that makes them, so that any process that serves the page
 * takes them up again, and no other browser can.
 */
export class Visits {
  readonly #key: Uint8Array;
  readonly #clock: Clock;

  /** `secret`: of HUB_SIGN_IN_KEY; a key of its own is made of it. */
  constructor(secret: Uint8Array, clock: Clock) {
    this.#key = new Uint8Array(hkdfSync("sha256", secret, "", "hybrid hub visits", 32));
    this.#clock = clock;
  }

  seal(visit: KeptVisit): Promise<string> {
    return new EncryptJWT({ visit })
      .setProtectedHeader({ alg: "dir", enc: "A256GCM" })
      .setExpirationTime(new Date(this.#clock.now() + visitMs))
      .encrypt(this.#key);
  }

  /** What was sealed; null when it is forged or too old. */
  async open(text: string): Promise<KeptVisit | null> {
    try {
      const currentDate = new Date(this.#clock.now());
      const { payload } = await jwtDecrypt(text, this.#key, { currentDate, requiredClaims: ["exp"] });
      return Kept.safeParse(payload["visit"]).data ?? null;
    } catch (error) {
      if (error instanceof errors.JOSEError || error instanceof TypeError) return null;
      throw error;
    }
  }
}
