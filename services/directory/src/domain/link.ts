import type { FindingCode, PersonDetails, WebexIdentity } from "@hybrid/contracts";
import { readExternalId } from "./external-id.ts";
import { normalAddress, sameAddress } from "./mail-address.ts";

/** What Webex says of a person. */
export interface WebexClaim {
  /** UUID in lower case. */
  readonly personId: string;
  readonly mailAddress: string;
  readonly externalId: string | null;
  /** Has signed in. */
  readonly active: boolean;
  readonly loginAllowed: boolean;
  readonly messaging: boolean | null;
}

/** What a tenant of Microsoft Entra says of a user; the address is Exchange's primary one. */
export interface GraphClaim {
  readonly tenantId: string;
  readonly mailAddress: string | null;
}

/** What an administrator's list says of a user. */
export interface ListClaim extends Pick<PersonDetails, "tenantId" | "mailAddress" | "connector"> {
  readonly userId: string;
}

/** All that is said of one Entra object. */
export interface ObjectClaims {
  readonly graph: readonly GraphClaim[];
  readonly lists: readonly ListClaim[];
  /** People at Webex whose externalId is this object's id. */
  readonly webex: readonly WebexClaim[];
}

/** What else the decision about an object rests on. */
export interface Surroundings {
  /** Whose its address is: its own, a workspace's, or another user's (or nobody's, while several want it). */
  readonly owner: "own" | "workspace" | "user";
  /** People at Webex who have its address and no usable externalId. */
  readonly sameAddress: readonly WebexClaim[];
  /** The tenant in which the domain of its address is verified; null: none, or several. */
  readonly tenantOfDomain: string | null;
}

/** A user as the sources together say. */
export interface LinkedPerson extends Pick<PersonDetails, "tenantId" | "mailAddress" | "connector"> {
  readonly objectId: string;
  readonly webex: WebexIdentity | null;
  readonly obstacles: readonly FindingCode[];
}

/** What is decided about an object; `person` is null when it is no user. */
export interface Decision {
  readonly userId: string;
  readonly person: LinkedPerson | null;
  readonly findings: readonly FindingCode[];
}

/** What keeps a user from being served; all else is only reported. */
const obstacles: ReadonlySet<FindingCode> = new Set<FindingCode>([
  "addressTakenByWorkspace",
  "addressTakenByUser",
  "addressDiffers",
  "notSignedIn",
  "loginBlocked",
  "severalWebexPeople",
  "listedTwice",
]);

const first = <Item>(items: readonly Item[], key: (item: Item) => string): Item | undefined =>
  items.toSorted((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0))[0];

/** The list that counts: of several the one of the least user id. */
const listOf = ({ lists }: ObjectClaims): ListClaim | undefined => first(lists, ({ userId }) => userId);

/** The tenant's word that counts; object ids are unique, so more than one is a mistake of somebody's. */
const graphOf = (claims: ObjectClaims): GraphClaim | undefined =>
  claims.graph.find(({ tenantId }) => tenantId === listOf(claims)?.tenantId) ??
  first(claims.graph, ({ tenantId }) => tenantId);

/** How sure a source is of an address: Exchange gives it out, a list copies it, Webex has its own. */
export type AddressRank = 1 | 2 | 3;

/** The primary address of an object and how sure it is; null when nothing names one. */
export const primaryAddress = (
  claims: ObjectClaims,
): { readonly mailAddress: string; readonly rank: AddressRank } | null => {
  const graph = graphOf(claims)?.mailAddress;
  if (graph) return { mailAddress: graph, rank: 3 };
  const list = listOf(claims);
  if (list) return { mailAddress: list.mailAddress, rank: 2 };
  const webex = first(claims.webex, ({ personId }) => personId);
  return webex ? { mailAddress: webex.mailAddress, rank: 1 } : null;
};

/** The tenant that a source names; else the domain of the address tells. */
export const namedTenant = (claims: ObjectClaims): string | null =>
  graphOf(claims)?.tenantId ?? listOf(claims)?.tenantId ?? null;

const webexFindings = (mailAddress: string, people: readonly WebexClaim[]): FindingCode[] => {
  const person = first(people, ({ personId }) => personId);
  if (!person) return [];
  return [
    ...(people.length > 1 ? ["severalWebexPeople" as const] : []),
    ...(sameAddress(person.mailAddress, mailAddress) ? [] : ["addressDiffers" as const]),
    ...(person.active ? [] : ["notSignedIn" as const]),
    ...(person.loginAllowed ? [] : ["loginBlocked" as const]),
  ];
};

const listFindings = (claims: ObjectClaims): FindingCode[] => {
  const [list, graph] = [listOf(claims), graphOf(claims)];
  if (!list) return [];
  const [twice, address, tenant] = [
    claims.lists.length > 1,
    Boolean(graph?.mailAddress) && !sameAddress(list.mailAddress, graph?.mailAddress ?? ""),
    graph !== undefined && graph.tenantId !== list.tenantId,
  ];
  return [
    ...(twice ? ["listedTwice" as const] : []),
    ...(address ? ["listAddressDiffers" as const] : []),
    ...(tenant ? ["listTenantDiffers" as const] : []),
  ];
};

const ownerFindings = (owner: Surroundings["owner"]): FindingCode[] => {
  if (owner === "workspace") return ["addressTakenByWorkspace"];
  return owner === "user" ? ["addressTakenByUser"] : [];
};

/**
 * What the sources together say of an Entra object. A function of the claims alone: neither their order nor
 * the order in which they came counts. Somebody is a user whom Webex or a list names; a mailbox alone makes
 * none.
 */
export const decide = (objectId: string, claims: ObjectClaims, around: Surroundings): Decision => {
  const people = [...claims.webex, ...around.sameAddress];
  const list = listOf(claims);
  const userId = list?.userId ?? objectId;
  const primary = primaryAddress(claims);
  if (primary === null || (people.length === 0 && !list)) return { userId, person: null, findings: [] };
  const { mailAddress } = primary;
  const tenantId = namedTenant(claims) ?? around.tenantOfDomain;
  const findings: FindingCode[] = [
    ...(normalAddress(mailAddress) === null ? ["addressInvalid" as const] : []),
    ...(tenantId === null ? ["tenantUnknown" as const] : []),
    ...ownerFindings(around.owner),
    ...listFindings(claims),
    ...webexFindings(mailAddress, people),
  ];
  const webex = first(claims.webex, ({ personId }) => personId) ?? first(people, ({ personId }) => personId);
  if (tenantId === null || findings.includes("addressInvalid")) return { userId, person: null, findings };
  const identity: WebexIdentity | null = webex
    ? {
        personId: webex.personId,
        active: webex.active,
        messaging: webex.messaging,
        linked: claims.webex.includes(webex),
      }
    : null;
  return {
    userId,
    person: {
      objectId,
      tenantId,
      mailAddress,
      connector: list?.connector ?? null,
      webex: identity,
      obstacles: findings.filter((code) => obstacles.has(code)),
    },
    findings,
  };
};

/** What is reported of a person at Webex by the externalId alone. */
export const linkFindings = (claim: WebexClaim, objectFound: boolean): FindingCode[] => {
  const { kind } = readExternalId(claim.externalId);
  return [
    ...(kind === "missing" ? ["externalIdMissing" as const] : []),
    ...(kind === "invalid" ? ["externalIdInvalid" as const] : []),
    ...(kind !== "objectId" && !objectFound ? ["noMailboxFound" as const] : []),
    ...(normalAddress(claim.mailAddress) === null ? ["addressInvalid" as const] : []),
  ];
};
