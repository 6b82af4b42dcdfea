import { createHash } from "node:crypto";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { WebexFault } from "./answers.ts";
import type { People, SimulatedPerson } from "./organization.ts";

/** An integration by which people sign in ("Login with Webex"). */
export interface SimulatedIntegration {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly redirectUris: readonly string[];
}

/** What an ID token is made of when a code is redeemed. */
export interface SignInGrant {
  readonly scopes: readonly string[];
  readonly nonce: string | null;
  /** PKCE's challenge (RFC 7636), S256; null without one. */
  readonly challenge: string | null;
}

const tokenSeconds = 3_600;
const keyId = "simulated";

/** What the sign-in stands on. */
export interface SignInPorts {
  readonly clock: { now(): number };
  readonly people: People;
  readonly origin: () => string;
}

const keys = () => generateKeyPair("RS256");

const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (sign) => `&#${sign.codePointAt(0)};`);

/** Throws 400 when the code belongs to another verifier than the one that is shown. */
export const checkVerifier = ({ challenge }: SignInGrant, verifier: string | undefined): void => {
  if (challenge === null) return;
  const answered = createHash("sha256")
    .update(verifier ?? "")
    .digest("base64url");
  if (answered !== challenge)
    throw new WebexFault(400, "The code_verifier does not match the code_challenge.");
};

/** Signs people in: the ID tokens, the keys that prove them, and who is told of. */
export class SignIn {
  readonly #ports: SignInPorts;
  readonly #integrations = new Map<string, SimulatedIntegration>();
  #keys: ReturnType<typeof keys> | undefined;

  constructor(ports: SignInPorts) {
    this.#ports = ports;
  }

  /** Made when they are asked for: most tests sign nobody in. */
  #pair(): ReturnType<typeof keys> {
    return (this.#keys ??= keys());
  }

  add(integration: SimulatedIntegration): void {
    this.#integrations.set(integration.clientId, integration);
  }

  /** Throws 400 for an integration that is not known, or an address that it has not registered. */
  integration(clientId: string, redirectUri: string): SimulatedIntegration {
    const found = this.#integrations.get(clientId);
    if (!found?.redirectUris.includes(redirectUri))
      throw new WebexFault(400, "The client or its redirect URI is not registered.");
    return found;
  }

  /** Tokens name the cluster of the person as their issuer, not the address that describes the provider. */
  issuer(): string {
    return `${this.#ports.origin()}/idb`;
  }

  async publicKeys(): Promise<object> {
    const key = await exportJWK((await this.#pair()).publicKey);
    return { keys: [{ ...key, kid: keyId, alg: "RS256", use: "sig" }] };
  }

  claims(person: SimulatedPerson, scopes: readonly string[]): Record<string, unknown> {
    const { uuid, email, displayName, firstName, lastName } = person;
    return {
      sub: uuid,
      ...(scopes.includes("email") ? { email, email_verified: true } : {}),
      ...(scopes.includes("profile")
        ? {
            name: displayName,
            ...(firstName === undefined ? {} : { given_name: firstName }),
            ...(lastName === undefined ? {} : { family_name: lastName }),
          }
        : {}),
    };
  }

  /** An ID token, where `openid` was asked for. */
  async idToken(
    clientId: string,
    address: string,
    { scopes, nonce }: SignInGrant,
  ): Promise<string | undefined> {
    const person = this.#ports.people.byAnyEmail(address);
    if (person === undefined || !scopes.includes("openid")) return undefined;
    const now = Math.floor(this.#ports.clock.now() / 1_000);
    return new SignJWT({
      ...this.claims(person, scopes),
      ...(nonce === null ? {} : { nonce }),
      auth_time: now,
    })
      .setProtectedHeader({ alg: "RS256", kid: keyId })
      .setIssuer(this.issuer())
      .setAudience(clientId)
      .setIssuedAt(now)
      .setExpirationTime(now + tokenSeconds)
      .sign((await this.#pair()).privateKey);
  }

  /** The page that a person sees: in place of a password it asks whom to be. */
  choicePage(address: URL, scopes: readonly string[]): string {
    const rows = this.#ports.people.all().map(({ email, displayName }) => {
      const who = `${escaped(displayName)} (${escaped(email)})`;
      const choice = (answer: string): string => {
        const target = new URL(address);
        target.searchParams.set("simulated_user", email);
        target.searchParams.set("simulated_answer", answer);
        return `<a href="${escaped(`${target.pathname}${target.search}`)}">${answer}</a>`;
      };
      return `<li>${who}: ${choice("accept")} or ${choice("decline")}</li>`;
    });
    return [
      '<!doctype html><html lang="en"><meta charset="utf-8"><title>Simulated Webex</title>',
      `<h1>Sign in (simulated)</h1><p>Asked for: ${escaped(scopes.join(" "))}</p>`,
      `<ul>${rows.join("")}</ul></html>`,
    ].join("\n");
  }
}
