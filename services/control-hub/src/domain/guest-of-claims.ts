/** What somebody may here; the page's API has the table of rights. */
type Role = "full" | "support" | "readOnly" | "user";

/** What a provider of OpenID Connect says of a person, as far as it counts here. */
export interface Claims {
  readonly subject: string;
  readonly name: string;
  /** Of Microsoft Entra: the tenant and the person in it; null from other providers. */
  readonly tenantId: string | null;
  readonly objectId: string | null;
  /** The values of the claim that says what somebody may, such as app roles or ids of groups. */
  readonly roleValues: readonly string[];
  /** The values of the claim that names organisations. */
  readonly organisationValues: readonly string[];
  /** Microsoft Entra leaves groups out where there are too many of them. */
  readonly isCut: boolean;
}

/** How claims become a role and an organisation. */
export interface SignInRules {
  /** The role for each value of the claim. */
  readonly roles: readonly { readonly value: string; readonly role: Role }[];
  /** Whether people for whom no value says anything may see what is about themselves. */
  readonly isSelfService: boolean;
  /** Everybody's organisation; null: that which the claims name. */
  readonly organisation: string | null;
  /** The organisation for each value of the claim; where none fits, that of the person's tenant. */
  readonly organisations: readonly { readonly value: string; readonly org: string }[];
}

/** Why somebody is not let in. */
export type Refusal = "noRole" | "tooManyGroups" | "unknownTenant" | "ambiguousTenant";

/** Whom claims let in, but for which user of the directory that is. */
export interface Known {
  readonly org: string;
  readonly role: Role;
  readonly name: string;
}

/** The one that may most comes first. */
const byMight: readonly Role[] = ["full", "support", "readOnly"];

const roleOf = (
  { roleValues, isCut }: Claims,
  { roles, isSelfService }: SignInRules,
): { readonly role: Role } | { readonly refused: Refusal } => {
  const given = new Set(roles.filter(({ value }) => roleValues.includes(value)).map(({ role }) => role));
  const most = byMight.find((role) => given.has(role));
  if (most !== undefined) return { role: most };
  if (given.has("user") || isSelfService) return { role: "user" };
  return { refused: isCut ? "tooManyGroups" : "noRole" };
};

/** The organisations that may be meant. */
const organisationsIn = (
  { tenantId, organisationValues }: Claims,
  { organisation, organisations }: SignInRules,
  organisationsOf: (tenantId: string) => readonly string[],
): readonly string[] => {
  if (organisation !== null) return [organisation];
  const fitting = organisations.filter(({ value }) => organisationValues.includes(value));
  const named = [...new Set(fitting.map(({ org }) => org))];
  if (named.length > 0) return named;
  return tenantId === null ? [] : organisationsOf(tenantId);
};

/**
 * Whom claims let in, and where. `organisationsOf` says whose a tenant is: one that two organisations share
 * leads to neither, so that nobody comes into another's.
 */
export const guestOfClaims = (
  claims: Claims,
  rules: SignInRules,
  organisationsOf: (tenantId: string) => readonly string[],
): Known | Refusal => {
  const found = organisationsIn(claims, rules, organisationsOf);
  const [org] = found;
  if (org === undefined) return "unknownTenant";
  if (found.length > 1) return "ambiguousTenant";
  const given = roleOf(claims, rules);
  return "refused" in given ? given.refused : { org, role: given.role, name: claims.name };
};
