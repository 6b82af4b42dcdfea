import { type AppName, grantsOf, type Permission } from "./permissions.ts";
import { type Refusal, refuse } from "./refusals.ts";

/** What a link is for; who sent the visitor decides nothing. */
export interface Errand {
  readonly org: string;
  readonly app: AppName;
  /** The tenant that is to be authorised; null: that of the person who signs in. */
  readonly tenantId: string | null;
}

/** The parameters with which Microsoft Entra sends a browser back. */
export type Returned = Readonly<Record<string, string | undefined>>;

/** Built-in roles that may consent for a whole tenant, by the id of their definition. */
const consenters: ReadonlySet<string> = new Set([
  "62e90394-69f5-4237-9190-012177145e10",
  "e8611ab8-c189-46e8-94e1-60213ab1f814",
]);

/** AADSTS numbers of "an administrator must do this". */
const administratorNeeded = /AADSTS9009[0-9]\b/;

/** What of an error may be shown: its code and Entra's number, never its free text. */
const shownError = ({ error, error_description: text = "" }: Returned): readonly string[] => {
  const named = /^[a-z_]{1,40}$/.test(error ?? "") ? [error ?? ""] : [];
  return [...named, ...(text.match(/AADSTS\d{1,9}/g) ?? []).slice(0, 3)];
};

/** What the sign-in page gave. */
export const onSignInReturned = (
  returned: Returned,
): { readonly kind: "redeem"; readonly code: string } | Refusal => {
  const { error, error_description: text = "", code } = returned;
  if (error !== undefined && administratorNeeded.test(text))
    return refuse("needsAdministrator", ...shownError(returned));
  if (error === "access_denied") return refuse("signInDeclined", ...shownError(returned));
  if (error !== undefined) return refuse("signInFailed", ...shownError(returned));
  return code === undefined || code === "" ? refuse("signInFailed") : { kind: "redeem", code };
};

/** What the sign-in page gave a user who connects the own calendar. */
export const onConnectReturned = (returned: Returned): ReturnType<typeof onSignInReturned> => {
  const answered = onSignInReturned(returned);
  if (answered.kind === "redeem") return answered;
  if (answered.code === "signInDeclined") return refuse("connectDeclined", ...answered.details);
  return answered.code === "needsAdministrator"
    ? refuse("usersMayNotConsent", ...answered.details)
    : answered;
};

/** Who signed in, and what is known about that tenant here. */
export interface Visitor {
  readonly tenantId: string;
  readonly roles: readonly string[];
  /** Organisations for which the tenant is in service or suspended. */
  readonly servedOrgs: readonly string[];
}

/** Whether the person may go on to the consent page. */
export const onPersonKnown = (
  { org, app, tenantId: wanted }: Errand,
  { tenantId, roles, servedOrgs }: Visitor,
): { readonly kind: "askConsent"; readonly tenantId: string } | Refusal => {
  if (wanted !== null && wanted !== tenantId) return refuse("wrongTenant");
  if (!roles.some((role) => consenters.has(role.toLowerCase()))) return refuse("needsAdministrator");
  const isTaken = app === "calendar" && servedOrgs.some((other) => other !== org);
  return isTaken ? refuse("tenantOfAnother") : { kind: "askConsent", tenantId };
};

/**
 * What the consent page gave. One of Entra's pages says `admin_consent=True` and the tenant beside an error,
 * so the error goes before. The tenant is only compared: the proof is a token for it.
 */
export const onConsentReturned = (
  returned: Returned,
  askedFor: string,
): { readonly kind: "verify" } | Refusal => {
  const { error, error_description: text = "", admin_consent: consent, tenant } = returned;
  if (error !== undefined && administratorNeeded.test(text))
    return refuse("needsAdministrator", ...shownError(returned));
  if (error !== undefined) return refuse("consentDeclined", ...shownError(returned));
  if (consent?.toLowerCase() !== "true") return refuse("consentDeclined");
  return tenant?.toLowerCase() === askedFor ? { kind: "verify" } : refuse("wrongTenant");
};

/** What is known here of the person who wants to connect the own calendar. */
export interface Connecting {
  /** The user with this account; null: nobody. */
  readonly user: string | null;
  /** Whether users of the tenant consent each for the own calendar, and the tenant is not out of service. */
  readonly isByUser: boolean;
  readonly refreshToken: string | null;
}

/** Whether what a person has consented to is kept. */
export const onPersonConnects = ({
  user,
  isByUser,
  refreshToken,
}: Connecting): { readonly kind: "keep"; readonly user: string; readonly refreshToken: string } | Refusal => {
  if (user === null) return refuse("notAUser");
  if (!isByUser) return refuse("connectedAsAWhole");
  return refreshToken === null ? refuse("signInFailed") : { kind: "keep", user, refreshToken };
};

/** What happens after a token for the tenant was looked at. */
export type Verdict =
  /** The tenant's users are tried from now on; what does without is only told. */
  | { readonly kind: "activate"; readonly withoutOptional: readonly Permission[] }
  /** A registration beside the calendars: its own services find out by themselves. */
  | {
      readonly kind: "accepted";
      readonly withoutOptional: readonly Permission[];
      readonly unproved: readonly Permission[];
    }
  /** Exchange may grant what the consent lacks: a mailbox shows it. */
  | { readonly kind: "proveByMailbox"; readonly unproved: readonly Permission[] };

/** What a consent that Entra knows of is good for. */
export const onGrantsKnown = (app: AppName, granted: readonly string[]): Verdict | Refusal => {
  const { missing, unproved, withoutOptional } = grantsOf(app, granted);
  if (missing.length > 0) return refuse("halfGiven", ...missing.map(({ name }) => name));
  if (app !== "calendar") return { kind: "accepted", withoutOptional, unproved };
  return unproved.length > 0 ? { kind: "proveByMailbox", unproved } : { kind: "activate", withoutOptional };
};
