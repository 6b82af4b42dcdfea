import type { MicrosoftGraph } from "@hybrid/microsoft-graph";
import type { Call, GraphUserFacts, PageRead } from "#domain/inputs";
import { normalDomain } from "#domain/mail-address";

/** What this service needs of Microsoft Graph; all of it throws ProviderError. */
export interface GraphSource {
  readonly users: Pick<MicrosoftGraph["users"], "delta">;
  readonly tenants: Pick<MicrosoftGraph["tenants"], "listVerifiedDomains">;
}

/** Users of a page: what is told of them fits an outcome. */
const pageSize = 200;

/** An address longer than any is kept as none: what it says cannot be used, and is reported so. */
const charactersMax = 320;

/** One page of a tenant's users. */
export const readGraphUsers = async (
  graph: GraphSource,
  { tenantId, link }: Extract<Call, { readonly kind: "readGraphUsers" }>,
  signal: AbortSignal,
): Promise<PageRead> => {
  const page = await graph.users.delta({ tenantId, link, pageSize, signal });
  const users = page.users.map(
    ({ id, mail, userType }): GraphUserFacts => ({
      objectId: id,
      ...(mail === undefined
        ? {}
        : { mailAddress: mail === null || mail.length > charactersMax ? null : mail }),
      ...(userType === undefined ? {} : { isGuest: userType?.toLowerCase() === "guest" }),
    }),
  );
  const { removed, unusable, next } = page;
  return { kind: "graphPageRead", users, removed, unusable, next };
};

/** The domains that a tenant has verified, as they stand in addresses; at most what fits an outcome. */
export const readDomains = async (
  graph: GraphSource,
  { tenantId }: Extract<Call, { readonly kind: "readDomains" }>,
  signal: AbortSignal,
): Promise<PageRead> => {
  const names = await graph.tenants.listVerifiedDomains({ tenantId, signal });
  const domains = names.flatMap((name) => normalDomain(name) ?? []);
  return { kind: "domainsRead", domains: [...new Set(domains)].sort().slice(0, domainsMax) };
};

/** A tenant may have 5,000 domains; few have a hundred. */
const domainsMax = 900;
