import { createHash, timingSafeEqual } from "node:crypto";
import type { SimulatorClock } from "../clock.ts";
import type { Dice } from "../dice.ts";
import type { Person } from "./browser.ts";
import { entraFault } from "./entra-fault.ts";

/** How a request for a code is answered with the code verifier (PKCE, RFC 7636). */
export interface Challenge {
  readonly method: "S256" | "plain";
  readonly value: string;
}

/** What a code or a refresh token stands for. */
export interface Grant {
  readonly clientId: string;
  readonly person: Person;
  /** As they were asked for, those of OpenID Connect among them. */
  readonly scopes: readonly string[];
  readonly nonce: string | null;
  /** Of the tenant's consents when it was given. */
  readonly epoch: number;
}

interface Code extends Grant {
  readonly redirectUri: string;
  readonly challenge: Challenge | null;
  readonly expiresAt: number;
  isRedeemed: boolean;
}

/** What is shown at the token endpoint along with a code. */
export interface Redemption {
  readonly code: string;
  readonly clientId: string;
  readonly redirectUri: string;
  readonly verifier: string | null;
}

const codeLifetimeMs = 10 * 60_000;
const refreshLifetimeMs = 90 * 24 * 3_600_000;

const matches = ({ method, value }: Challenge, verifier: string): boolean => {
  const answered = method === "plain" ? verifier : createHash("sha256").update(verifier).digest("base64url");
  const [left, right] = [Buffer.from(answered), Buffer.from(value)];
  return left.length === right.length && timingSafeEqual(left, right);
};

/** Codes and refresh tokens that were given out. */
export class SignIns {
  readonly #clock: SimulatorClock;
  readonly #dice: Dice;
  readonly #codes = new Map<string, Code>();
  readonly #refreshTokens = new Map<string, Grant & { readonly expiresAt: number }>();
  #count = 0;

  constructor({ clock, dice }: { readonly clock: SimulatorClock; readonly dice: Dice }) {
    this.#clock = clock;
    this.#dice = dice;
  }

  /** A code that can be redeemed once, within ten minutes. */
  code(grant: Omit<Code, "expiresAt" | "isRedeemed">): string {
    const code = `1.${this.#dice.guid("code", ++this.#count)}`;
    this.#codes.set(code, { ...grant, expiresAt: this.#clock.now() + codeLifetimeMs, isRedeemed: false });
    return code;
  }

  /** Throws AADSTS9002313, 70000, 54005, 70008, 500112, 50148 or 501481. */
  redeem({ code: text, clientId, redirectUri, verifier }: Redemption): Grant {
    const code = this.#codes.get(text);
    if (!code) throw entraFault("grantMalformed", "Invalid request. The code is malformed or invalid.");
    if (code.clientId !== clientId)
      throw entraFault("grantOfAnotherClient", "The code was issued to another client.");
    if (code.isRedeemed)
      throw entraFault("codeRedeemed", "OAuth2 Authorization code was already redeemed, please retry.");
    if (code.expiresAt <= this.#clock.now())
      throw entraFault("codeExpired", "The provided authorization code has expired. Send a new request.");
    if (code.redirectUri !== redirectUri)
      throw entraFault(
        "replyMismatch",
        "The reply address does not match that of the authorization request.",
      );
    if (code.challenge && verifier === null)
      throw entraFault("verifierMissing", "The code_verifier is missing.");
    if (code.challenge && verifier !== null && !matches(code.challenge, verifier))
      throw entraFault("verifierWrong", "The Code_Verifier does not match the code_challenge.");
    code.isRedeemed = true;
    return code;
  }

  /** A refresh token; each use of one gives another. */
  refreshToken(grant: Grant): string {
    const token = `1.R${this.#dice.guid("refresh token", ++this.#count)}`;
    this.#refreshTokens.set(token, { ...grant, expiresAt: this.#clock.now() + refreshLifetimeMs });
    return token;
  }

  /** Throws AADSTS9002313, 70000, 700082 or 50173. */
  refresh(text: string, clientId: string, epochOf: (tenantId: string) => number): Grant {
    const grant = this.#refreshTokens.get(text);
    if (!grant) throw entraFault("grantMalformed", "Invalid request. The refresh token is malformed.");
    if (grant.clientId !== clientId)
      throw entraFault("grantOfAnotherClient", "The refresh token was issued to another client.");
    if (grant.expiresAt <= this.#clock.now())
      throw entraFault("refreshTokenExpired", "The refresh token has expired due to inactivity.");
    if (epochOf(grant.person.tenantId) !== grant.epoch)
      throw entraFault("refreshTokenRevoked", "The provided grant has expired due to it being revoked.");
    return grant;
  }

  /** Ends every refresh token of a person, as a change of the password does. */
  revoke(userId: string): void {
    for (const [token, grant] of this.#refreshTokens)
      if (grant.person.userId.toLowerCase() === userId.toLowerCase())
        this.#refreshTokens.set(token, { ...grant, epoch: -1 });
  }
}
