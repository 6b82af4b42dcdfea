/** The customer's tenant, Webex organisation and site. */
export const customer = {
  tenantId: "6f9619ff-8b86-4011-b42d-00c04fc964ff",
  webexOrg: "1eb65fdf-9643-417f-9974-ad72cae0e10f",
  site: "nordhamn.webex.com",
  org: "nordhamn",
} as const;

/** A person of the customer. */
export interface Inhabitant {
  readonly mail: string;
  readonly objectId: string;
}

/** Ada is Global Administrator, Bo has no licence for a mailbox, Cem and Dora work there. */
export const people = ["ada", "bo", "cem", "dora"].map((name, n) => ({
  mail: `${name}@nordhamn.example`,
  objectId: `00000000-0000-4000-a000-00000000000${n + 1}`,
})) as readonly Inhabitant[] as readonly [Inhabitant, Inhabitant, Inhabitant, Inhabitant];
