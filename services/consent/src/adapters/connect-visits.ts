import { type Clock, plus } from "@hybrid/kernel";
import { type ConsentCalls, delegatedPermissions } from "@hybrid/microsoft-graph";
import { onConnectReturned, onPersonConnects, type Returned } from "#domain/consent-flow";
import type { Refusal } from "#domain/refusals";
import type { GivenConsent } from "./keep-consent.ts";
import type { KnownPeople } from "./people-view.ts";
import type { KnownTenants } from "./tenants-view.ts";
import { digestOf, type Ticket, type Tickets, unguessable } from "./tickets.ts";
import { isRefusal, refusalOf } from "./visit-refusals.ts";

/** What the visit of a user who connects the own calendar needs. */
export interface ConnectPorts {
  /** The registration of the calendars signs users in. */
  readonly registrations: { readonly calendar: ConsentCalls };
  readonly tickets: Tickets;
  readonly tenants: KnownTenants;
  readonly people: KnownPeople;
  readonly clock: Clock;
  readonly redirectUri: string;
  /** How long a consent is used before the user gives a new one. */
  readonly consentMs: number;
  readonly keep: (consent: GivenConsent) => Promise<void>;
}

/** The end of such a visit. */
export type Connected = { readonly kind: "connected"; readonly expiresAt: number } | Refusal;

const permissions = ["User.Read", ...delegatedPermissions];

/**
 * The address of the sign-in page; the browser is the one with this cookie from now on. Whom a page sent has
 * a ticket, and goes back there.
 */
export const beginConnecting = async (
  { registrations, tickets, redirectUri }: ConnectPorts,
  ticket: string | undefined,
  cookie: string,
): Promise<{ readonly kind: "redirect"; readonly to: string } | Refusal> => {
  const sent = ticket === undefined ? { returnTo: null } : await tickets.open("connectLink", ticket);
  if (isRefusal(sent)) return sent;
  const { returnTo } = sent;
  const [nonce, verifier] = [unguessable(), unguessable()];
  const state = await tickets.issue("connect", { nonce, verifier, browser: digestOf(cookie), returnTo });
  const to = registrations.calendar.signInUrl({
    tenantId: null,
    redirectUri,
    state,
    nonce,
    challenge: digestOf(verifier),
    permissions,
    offline: true,
  });
  return { kind: "redirect", to };
};

/** A user comes back from the sign-in page. */
export const onConnecting = async (
  { registrations, tenants, people, clock, redirectUri, consentMs, keep }: ConnectPorts,
  { nonce, verifier }: Ticket<"connect">,
  returned: Returned,
): Promise<Connected> => {
  const answered = onConnectReturned(returned);
  if (isRefusal(answered)) return answered;
  const redeemed = await registrations.calendar
    .redeemCode({ code: answered.code, redirectUri, verifier, nonce, permissions })
    .catch((error: unknown) => refusalOf(error, "signIn"));
  if (isRefusal(redeemed)) return redeemed;
  const { tenantId, objectId, refreshToken } = redeemed;
  const decided = onPersonConnects({
    user: people.find(tenantId, objectId),
    isByUser: tenants.isByUser(tenantId),
    refreshToken,
  });
  if (isRefusal(decided)) return decided;
  const givenAt = clock.now();
  const expiresAt = plus(givenAt, consentMs);
  const { user, refreshToken: token } = decided;
  await keep({ user, tenantId, objectId, givenAt, expiresAt, refreshToken: token });
  return { kind: "connected", expiresAt };
};
