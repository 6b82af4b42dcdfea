import { z } from "zod";
import {
  checkRedirect,
  isAnyTenant,
  type PageAnswer,
  type PagePorts,
  type PageRequest,
  readPageQuery,
  redirectTo,
} from "./authorize-page.ts";
import { choiceIn, choicePage, type Person } from "./browser.ts";
import { entraFault } from "./entra-fault.ts";
import { defaultRoles } from "./tenants.ts";

const querySchema = z.object({
  client_id: z.string().min(1),
  redirect_uri: z.string().min(1),
  state: z.string().optional(),
  scope: z.string().optional(),
});

/** Why the consent is not given; null when it is. */
const refusalOf = (person: Person | null, tenantId: string | undefined) => {
  if (person !== null && person.tenantId === tenantId && !person.mayConsent)
    return entraFault("adminConsentNeeded", "Admin consent is required: the account is no administrator's.");
  const isRefused = tenantId === undefined || (person !== null && person.tenantId !== tenantId);
  return isRefused || person?.accepts === false
    ? entraFault("consentDeclined", "The administrator declined to consent.")
    : null;
};

/**
 * The admin consent pages: `/adminconsent`, whose refusal is `access_denied`, and `/v2.0/adminconsent`, whose
 * refusal is `consent_required` and says `admin_consent=True` and the tenant all the same. Without anybody
 * signed in, and no browser to ask, a named tenant consents.
 */
export const adminConsentPage = (
  ports: PagePorts,
  { tenant, query, ...request }: PageRequest,
  version: "v1" | "v2.0",
): PageAnswer => {
  const asked = readPageQuery(querySchema, query);
  const { client_id: clientId, redirect_uri: redirectUri, state, scope } = asked;
  const app = checkRedirect(ports.tenants, clientId, redirectUri);
  const named = isAnyTenant(tenant) ? undefined : ports.tenants.resolve(tenant);
  const person = ports.signedIn() ?? choiceIn(ports, query);
  if (!person && request.isBrowser) {
    const forWhat = ports.tenants.app(clientId)?.registration.roles ?? defaultRoles;
    return { html: choicePage(ports, request.address, { app, forWhat, tenantId: named ?? null }) };
  }
  const tenantId = named ?? person?.tenantId;
  const refusal = refusalOf(person, tenantId);
  const back = (parameters: Readonly<Record<string, string | undefined>>): PageAnswer => ({
    redirect: redirectTo(redirectUri, { state, ...parameters }),
  });
  if (refusal || tenantId === undefined) {
    const error = version === "v1" ? "access_denied" : "consent_required";
    const told = { error, error_description: refusal?.message ?? "" };
    return back(version === "v1" ? told : { ...told, admin_consent: "True", tenant: tenantId });
  }
  ports.tenants.grant(tenantId, clientId);
  return back({
    tenant: tenantId,
    admin_consent: "True",
    ...(version === "v1" ? {} : { scope: scope ?? "" }),
  });
};
