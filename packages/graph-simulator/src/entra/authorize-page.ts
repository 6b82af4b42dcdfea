import { z } from "zod";
import { type BrowserPorts, choiceIn, choicePage, type Person } from "./browser.ts";
import { entraFault } from "./entra-fault.ts";
import type { SignIns } from "./sign-ins.ts";
import type { Tenants } from "./tenants.ts";

/** What the pages of Entra need. */
export interface PagePorts extends BrowserPorts {
  readonly tenants: Tenants;
  readonly signIns: SignIns;
  /** Microsoft Graph of the cloud that is simulated. */
  readonly graphUrl: string;
  readonly baseUrl: () => string;
  /** Who is signed in; null: a person in a browser is asked. */
  readonly signedIn: () => Person | null;
}

/** One request for a page. */
export interface PageRequest {
  readonly tenant: string;
  readonly query: Readonly<Record<string, unknown>>;
  readonly address: URL;
  /** Whether a browser asks, which can show a page. */
  readonly isBrowser: boolean;
}

/** What a page does: it sends the browser elsewhere, or shows itself. */
export type PageAnswer = { readonly redirect: string } | { readonly html: string };

/** Whether a tenant of a path stands for that of the person. */
export const isAnyTenant = (tenant: string): boolean =>
  ["common", "organizations"].includes(tenant.toLowerCase());

const querySchema = z.object({
  client_id: z.string().min(1),
  response_type: z.string().min(1),
  redirect_uri: z.string().min(1),
  scope: z.string().min(1),
  state: z.string().optional(),
  nonce: z.string().optional(),
  response_mode: z.enum(["query"]).optional(),
  code_challenge: z.string().optional(),
  code_challenge_method: z.enum(["S256", "plain"]).optional(),
});

type Asked = z.infer<typeof querySchema>;

/** Permissions that only an administrator may delegate. */
const adminOnly = new Set(["RoleManagement.Read.Directory", "Directory.Read.All", "User.Read.All"]);

/** Reads a query. Throws AADSTS900144 that names the parameter. */
export const readPageQuery = <Shape extends z.ZodType>(shape: Shape, query: unknown): z.infer<Shape> => {
  const read = shape.safeParse(query);
  if (read.success) return read.data;
  const name = read.error.issues[0]?.path.join(".");
  throw entraFault("parameterMissing", `The request must contain a valid parameter: '${name}'.`);
};

/** https, or http for localhost alone. */
const mayBeRegistered = (address: string): boolean => {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname } = new URL(address);
  return protocol === "https:" || (protocol === "http:" && hostname === "localhost");
};

/** Throws AADSTS700016 or 50011: a page of Entra shows it, and nobody is sent on. */
export const checkRedirect = (tenants: Tenants, clientId: string, redirectUri: string): string => {
  const registration = tenants.app(clientId)?.registration;
  if (!registration) throw entraFault("appNotInTenant", `Application '${clientId}' was not found.`);
  const isKnown = registration.redirectUris?.includes(redirectUri) ?? mayBeRegistered(redirectUri);
  if (!isKnown) throw entraFault("redirectMismatch", `The redirect URI '${redirectUri}' is not registered.`);
  return registration.displayName ?? clientId;
};

/** Throws AADSTS50020 when the person is of another tenant than the one in the path. */
export const checkTenant = (tenants: Tenants, tenant: string, person: Person): void => {
  if (isAnyTenant(tenant) || tenants.resolve(tenant) === person.tenantId) return;
  throw entraFault(
    "userNotInTenant",
    `User account '${person.userName}' does not exist in tenant '${tenant}'.`,
  );
};

/** An address with further parameters. */
export const redirectTo = (
  address: string,
  parameters: Readonly<Record<string, string | undefined>>,
): string => {
  const target = new URL(address);
  for (const [name, value] of Object.entries(parameters))
    if (value !== undefined) target.searchParams.set(name, value);
  return target.href;
};

const scopesOf = (asked: Asked): readonly string[] => asked.scope.split(" ").filter((name) => name !== "");

/** The bare names of permissions of Graph among scopes; the simulator's own address stands for Graph's. */
export const graphScopes = (
  scopes: readonly string[],
  { graphUrl, baseUrl }: Pick<PagePorts, "graphUrl" | "baseUrl">,
): readonly string[] =>
  scopes
    .filter((name) => !["openid", "profile", "email", "offline_access"].includes(name))
    .map((name) => name.replace(`${graphUrl}/`, "").replace(`${baseUrl()}/`, ""));

/** Why a person gets no code; null when they do. */
const refusalOf = (ports: PagePorts, asked: Asked, person: Person): ReturnType<typeof entraFault> | null => {
  const names = graphScopes(scopesOf(asked), ports);
  if (names.some((name) => adminOnly.has(name)) && !person.mayConsent)
    return entraFault("adminConsentNeeded", "An administrator of the tenant must grant the permissions.");
  if (!person.accepts) return entraFault("consentDeclined", "User declined to consent to access the app.");
  return null;
};

/** The sign-in page: asks for consent, and sends the browser back with a code. */
export const authorizePage = (ports: PagePorts, { tenant, query, ...request }: PageRequest): PageAnswer => {
  const asked = readPageQuery(querySchema, query);
  const app = checkRedirect(ports.tenants, asked.client_id, asked.redirect_uri);
  const named = isAnyTenant(tenant) ? null : ports.tenants.resolve(tenant);
  const back = (parameters: Readonly<Record<string, string | undefined>>): PageAnswer => ({
    redirect: redirectTo(asked.redirect_uri, { ...parameters, state: asked.state }),
  });
  if (asked.response_type !== "code")
    return back({
      error: "unsupported_response_type",
      error_description: "AADSTS700054: use response_type=code.",
    });
  const person = ports.signedIn() ?? choiceIn(ports, query);
  if (!person && request.isBrowser)
    return { html: choicePage(ports, request.address, { app, forWhat: scopesOf(asked), tenantId: named }) };
  if (!person)
    return back({ error: "login_required", error_description: "AADSTS50058: Nobody is signed in." });
  checkTenant(ports.tenants, tenant, person);
  const refusal = refusalOf(ports, asked, person);
  if (refusal)
    return back({ error: refusal.error, error_description: refusal.message, error_subcode: "cancel" });
  const code = ports.signIns.code({
    clientId: asked.client_id,
    person,
    scopes: scopesOf(asked),
    nonce: asked.nonce ?? null,
    epoch: ports.tenants.epoch(person.tenantId, asked.client_id),
    redirectUri: asked.redirect_uri,
    challenge:
      asked.code_challenge === undefined
        ? null
        : { method: asked.code_challenge_method ?? "plain", value: asked.code_challenge },
  });
  return back({ code, session_state: "simulated" });
};
