import { type AddressClaims, holderOf, type ObjectClaim, wordFor, workspaceClashes } from "./address-book.ts";
import { readExternalId } from "./external-id.ts";
import {
  type Decision,
  decide,
  type GraphClaim,
  type ListClaim,
  linkFindings,
  namedTenant,
  type ObjectClaims,
  primaryAddress,
  type WebexClaim,
} from "./link.ts";
import { domainOf, normalAddress } from "./mail-address.ts";
import { tenantOf } from "./verified-domain.ts";

/** All that the sources say of an organisation at one moment. */
export interface AllClaims {
  readonly graph: readonly (GraphClaim & { readonly objectId: string })[];
  readonly lists: readonly (ListClaim & { readonly objectId: string })[];
  readonly webex: readonly WebexClaim[];
  readonly workspaces: readonly { readonly workspaceId: string; readonly mailAddress: string }[];
  /** Tenants that have verified a domain, by domain. */
  readonly domains: Readonly<Record<string, readonly string[]>>;
}

/** What comes of it. */
export interface Linked {
  /** By object id. */
  readonly objects: ReadonlyMap<string, Decision>;
  /** People at Webex with findings of their own, by person id. */
  readonly people: ReadonlyMap<string, readonly string[]>;
  /** Workspaces that have to share their address. */
  readonly clashing: readonly string[];
}

interface Draft {
  graph: GraphClaim[];
  lists: ListClaim[];
  webex: WebexClaim[];
}

const objectsOf = ({ graph, lists, webex }: AllClaims): ReadonlyMap<string, ObjectClaims> => {
  const objects = new Map<string, Draft>();
  const of = (objectId: string): Draft => {
    const found = objects.get(objectId) ?? { graph: [], lists: [], webex: [] };
    objects.set(objectId, found);
    return found;
  };
  for (const { objectId, ...claim } of graph) of(objectId).graph.push(claim);
  for (const { objectId, ...claim } of lists) of(objectId).lists.push(claim);
  for (const claim of webex) {
    const externalId = readExternalId(claim.externalId);
    if (externalId.kind === "objectId") of(externalId.objectId).webex.push(claim);
  }
  return objects;
};

interface AddressDraft extends AddressClaims {
  readonly objects: Record<string, ObjectClaim>;
  readonly workspaces: string[];
  readonly people: WebexClaim[];
}

const addressesOf = (
  { webex, workspaces }: AllClaims,
  objects: ReadonlyMap<string, ObjectClaims>,
): ReadonlyMap<string, AddressClaims> => {
  const addresses = new Map<string, AddressDraft>();
  const of = (mailAddress: string): AddressDraft | undefined => {
    const normal = normalAddress(mailAddress);
    if (normal === null) return undefined;
    const found = addresses.get(normal) ?? { objects: {}, workspaces: [], people: [] };
    addresses.set(normal, found);
    return found;
  };
  for (const [objectId, claims] of objects) {
    const primary = primaryAddress(claims);
    const address = primary && of(primary.mailAddress);
    const isUser = claims.lists.length > 0 || claims.webex.length > 0;
    if (primary && address) address.objects[objectId] = { rank: primary.rank, isUser };
  }
  for (const { workspaceId, mailAddress } of workspaces) of(mailAddress)?.workspaces.push(workspaceId);
  for (const claim of webex)
    if (readExternalId(claim.externalId).kind !== "objectId") of(claim.mailAddress)?.people.push(claim);
  for (const { people } of addresses.values()) people.sort((a, b) => (a.personId < b.personId ? -1 : 1));
  return addresses;
};

const tenantByDomain = (normal: string | null, { domains }: AllClaims): string | null =>
  normal === null ? null : tenantOf(domains[domainOf(normal)] ?? []);

/**
 * Links everything at once: what the actors of a directory come to, whatever the order in which they hear of
 * the claims. For looking ahead; it holds the whole organisation in memory.
 */
export const linkAll = (all: AllClaims): Linked => {
  const objects = objectsOf(all);
  const addresses = addressesOf(all, objects);
  const nobody: AddressClaims = { objects: {}, workspaces: [], people: [] };
  const decisions = [...objects].map(([objectId, claims]) => {
    const primary = primaryAddress(claims);
    const normal = primary === null ? null : normalAddress(primary.mailAddress);
    const word =
      normal === null
        ? ({ owner: "own", sameAddress: [] } as const)
        : wordFor(objectId, addresses.get(normal) ?? nobody);
    const tenantOfDomain = namedTenant(claims) === null ? tenantByDomain(normal, all) : null;
    return [objectId, decide(objectId, claims, { ...word, tenantOfDomain })] as const;
  });
  const people = all.webex.map((claim) => {
    const address = addresses.get(normalAddress(claim.mailAddress) ?? "") ?? nobody;
    return [claim.personId, linkFindings(claim, holderOf(address) !== null)] as const;
  });
  return {
    objects: new Map(decisions),
    people: new Map(people.filter(([, codes]) => codes.length > 0)),
    clashing: all.workspaces.flatMap(({ workspaceId, mailAddress }) => {
      const address = addresses.get(normalAddress(mailAddress) ?? "");
      return address && workspaceClashes(address) ? [workspaceId] : [];
    }),
  };
};
