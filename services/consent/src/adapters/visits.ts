import { type Clock, orgIdOf } from "@hybrid/kernel";
import type { ConsentCalls, MicrosoftGraph } from "@hybrid/microsoft-graph";
import {
  onConsentReturned,
  onGrantsKnown,
  onPersonKnown,
  onSignInReturned,
  type Returned,
} from "#domain/consent-flow";
import type { AppName, Permission } from "#domain/permissions";
import { type Refusal, refuse } from "#domain/refusals";
import { type Connected, type ConnectPorts, onConnecting } from "./connect-visits.ts";
import type { KnownTenants } from "./tenants-view.ts";
import { digestOf, type Ticket, type Tickets, unguessable } from "./tickets.ts";
import { type TrialStep, tryMailbox } from "./try-mailbox.ts";
import { isRefusal, refusalOf } from "./visit-refusals.ts";

/** What a visit needs. */
export interface VisitPorts extends ConnectPorts {
  /** As the registration of the calendars, for the trial of a mailbox. */
  readonly graph: Pick<MicrosoftGraph, "users" | "mailboxes" | "trials">;
  /** Each registration signs people in and asks for consent by itself; some may be one and the same. */
  readonly registrations: Readonly<Record<AppName, ConsentCalls>>;
  readonly tickets: Tickets;
  readonly tenants: KnownTenants;
  readonly clock: Clock;
  readonly redirectUri: string;
  activate(order: { readonly org: string; readonly tenantId: string }): Promise<void>;
}

/** Where the browser goes next, or what it is shown. */
export type VisitOutcome =
  | { readonly kind: "redirect"; readonly to: string }
  | {
      readonly kind: "accepted";
      readonly app: AppName;
      readonly isActive: boolean;
      readonly unproved: readonly Permission[];
      readonly withoutOptional: readonly Permission[];
      /** For the form in which a mailbox is named; null where there is none to try. */
      readonly mailboxTicket: string | null;
      readonly tenantId: string;
    }
  | {
      readonly kind: "tried";
      readonly steps: readonly TrialStep[];
      readonly isActive: boolean;
      readonly mailboxTicket: string;
      /** The page that sent the visitor, with how the visit ended; null: none did, or it is not over. */
      readonly backTo: string | null;
    }
  | Connected;

/** Real time that a page may take. */
const deadlineMs = 25_000;

const signInPermissions = ["User.Read", "RoleManagement.Read.Directory"];

/** The address of the page that sent the visitor, with how the visit ended: our words, never Entra's text. */
const backTo = (
  returnTo: string,
  { consent, ...rest }: { readonly consent: string; readonly tenant?: string; readonly details?: string },
): string => {
  const to = new URL(returnTo);
  to.searchParams.set("consent", consent);
  for (const [name, value] of Object.entries(rest)) if (value !== "") to.searchParams.set(name, value);
  return to.href;
};

/**
 * Who was sent by a page goes back to it as soon as the visit is over. One that a mailbox must prove goes on
 * here: only the ticket of its form may put the tenant into service.
 */
const goBack = (returnTo: string | null, outcome: VisitOutcome): VisitOutcome => {
  if (returnTo === null) return outcome;
  if (outcome.kind === "refused") {
    const told = { consent: outcome.code, details: outcome.details.join(" ") };
    return { kind: "redirect", to: backTo(returnTo, told) };
  }
  if (outcome.kind === "connected")
    return { kind: "redirect", to: backTo(returnTo, { consent: "connected" }) };
  if (outcome.kind !== "accepted" || (outcome.app === "calendar" && !outcome.isActive)) return outcome;
  return { kind: "redirect", to: backTo(returnTo, { consent: "accepted", tenant: outcome.tenantId }) };
};

/** Opens a ticket that belongs to this browser. */
const openVisit = async <Kind extends "signIn" | "connect" | "consent" | "mailbox">(
  { tickets }: VisitPorts,
  kind: Kind,
  text: string | undefined,
  cookie: string | undefined,
): Promise<Ticket<Kind> | Refusal> => {
  const opened = await tickets.open(kind, text ?? "");
  if (isRefusal(opened)) return opened;
  const isSame = cookie !== undefined && opened.browser === digestOf(cookie);
  return isSame ? opened : refuse("otherBrowser");
};

/** The beginning: the browser gets a cookie, and goes to the sign-in page. */
export const beginVisit = async (
  { registrations, tickets, redirectUri }: VisitPorts,
  ticket: string | undefined,
  cookie: string,
): Promise<VisitOutcome> => {
  const errand = await tickets.open("link", ticket ?? "");
  if (isRefusal(errand)) return errand;
  const [nonce, verifier] = [unguessable(), unguessable()];
  const { tenantId } = errand;
  const state = await tickets.issue("signIn", {
    ...errand,
    nonce,
    verifier,
    browser: digestOf(cookie),
  });
  const challenge = digestOf(verifier);
  const to = registrations[errand.app].signInUrl({
    tenantId,
    redirectUri,
    state,
    nonce,
    challenge,
    permissions: signInPermissions,
  });
  return { kind: "redirect", to };
};

const onSignedIn = async (
  ports: VisitPorts,
  visit: Ticket<"signIn">,
  returned: Returned,
): Promise<VisitOutcome> => {
  const { registrations, tickets, tenants, redirectUri } = ports;
  const answered = onSignInReturned(returned);
  if (isRefusal(answered)) return answered;
  const { nonce, verifier, browser, ...errand } = visit;
  const { code } = answered;
  const consent = registrations[visit.app];
  const redeemed = await consent
    .redeemCode({ code, redirectUri, verifier, nonce, permissions: signInPermissions })
    .catch((error: unknown) => refusalOf(error, "signIn"));
  if (isRefusal(redeemed)) return redeemed;
  const { tenantId, objectId, accessToken } = redeemed;
  const signal = AbortSignal.timeout(deadlineMs);
  const roles = await consent
    .listDirectoryRoles({ objectId, accessToken, signal })
    .catch((error: unknown) => refusalOf(error, "roles"));
  if (!Array.isArray(roles)) return roles as Refusal;
  const servedOrgs = tenants.servedOrgs(tenantId);
  const decided = onPersonKnown(errand, { tenantId, roles: roles as readonly string[], servedOrgs });
  if (isRefusal(decided)) return decided;
  const state = await tickets.issue("consent", { ...errand, tenantId, browser });
  const to = consent.adminConsentUrl({ tenantId, redirectUri, state });
  return { kind: "redirect", to };
};

const granted = async (consent: ConsentCalls, tenantId: string): Promise<readonly string[] | Refusal> => {
  try {
    return await consent.grantedPermissions({ tenantId, signal: AbortSignal.timeout(deadlineMs) });
  } catch (error) {
    return refusalOf(error, "grants");
  }
};

const onConsented = async (
  ports: VisitPorts,
  visit: Ticket<"consent">,
  returned: Returned,
): Promise<VisitOutcome> => {
  const { org, app, tenantId } = visit;
  const answered = onConsentReturned(returned, tenantId);
  if (isRefusal(answered)) return answered;
  const names = await granted(ports.registrations[app], tenantId);
  if ("kind" in names) return names;
  const verdict = onGrantsKnown(app, names);
  if (isRefusal(verdict)) return verdict;
  const isActive = verdict.kind === "activate";
  if (isActive) await ports.activate({ org, tenantId });
  const mailbox = { ...visit, activates: verdict.kind === "proveByMailbox" };
  return {
    kind: "accepted",
    app,
    tenantId,
    isActive,
    unproved: verdict.kind === "activate" ? [] : verdict.unproved,
    withoutOptional: verdict.kind === "proveByMailbox" ? [] : verdict.withoutOptional,
    mailboxTicket: app === "calendar" ? await ports.tickets.issue("mailbox", mailbox) : null,
  };
};

/** Somebody comes back from a page of Entra: from the sign-in with a code, or from the consent page. */
export const onReturn = async (
  ports: VisitPorts,
  returned: Returned,
  cookie: string | undefined,
): Promise<VisitOutcome> => {
  const { state } = returned;
  const signIn = await openVisit(ports, "signIn", state, cookie);
  if (!isRefusal(signIn)) return goBack(signIn.returnTo, await onSignedIn(ports, signIn, returned));
  if (signIn.code !== "linkInvalid") return signIn;
  const connect = await openVisit(ports, "connect", state, cookie);
  if (!isRefusal(connect)) return goBack(connect.returnTo, await onConnecting(ports, connect, returned));
  if (connect.code !== "linkInvalid") return connect;
  const consent = await openVisit(ports, "consent", state, cookie);
  return isRefusal(consent) ? consent : goBack(consent.returnTo, await onConsented(ports, consent, returned));
};

/** A mailbox was named in the form. */
export const onMailboxNamed = async (
  ports: VisitPorts,
  form: { readonly ticket?: string | undefined; readonly mailbox?: string | undefined },
  cookie: string | undefined,
): Promise<VisitOutcome> => {
  const visit = await openVisit(ports, "mailbox", form.ticket, cookie);
  if (isRefusal(visit)) return visit;
  const { org, tenantId, activates, returnTo } = visit;
  const signal = AbortSignal.timeout(deadlineMs);
  const trial = { tenantId, mailbox: (form.mailbox ?? "").trim(), trialId: unguessable(), signal };
  const steps: TrialStep[] = [];
  for await (const step of tryMailbox(ports, trial)) steps.push(step);
  const isGood = steps.every(({ isDone }) => isDone);
  const isActive = activates && isGood;
  if (isActive) await ports.activate({ org: orgIdOf(org), tenantId });
  const back =
    isGood && returnTo !== null ? backTo(returnTo, { consent: "accepted", tenant: tenantId }) : null;
  return { kind: "tried", steps, isActive, mailboxTicket: form.ticket ?? "", backTo: back };
};
