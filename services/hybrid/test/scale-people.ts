import { type OrgId, orgIdOf } from "@hybrid/kernel";

/** An organisation of the scale test: one tenant, users numbered from 0. */
export interface ScaleOrganisation {
  /** Its place in the list of organisations; stands in every id made for it. */
  readonly number: number;
  readonly org: OrgId;
  readonly tenantId: string;
  readonly users: number;
  /** When its administrator authorises the tenant, milliseconds after the start. */
  readonly activatedAfterMs: number;
}

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, "0");

export const organisationNumbered = (
  number: number,
  of: { readonly users: number; readonly activatedAfterMs: number },
): ScaleOrganisation => ({
  ...of,
  number,
  org: orgIdOf(`org-${number}`),
  tenantId: `7e000000-0000-4000-8000-${hex(number, 12)}`,
});

/** The object id of a user: organisation and number can be read from it again. */
export const objectIdOf = (number: number, user: number): string =>
  `${hex(number, 8)}-0000-4000-8000-${hex(user, 12)}`;

/** Organisation and number of a user by object id. */
export const placeOf = (objectId: string): { readonly number: number; readonly user: number } => ({
  number: Number.parseInt(objectId.slice(0, 8), 16),
  user: Number.parseInt(objectId.slice(24), 16),
});

/** The user part of an address; in id order users come in the order of their numbers. */
export const userIdOf = (user: number): string => String(user).padStart(6, "0");

/** Organisation and number of a user by address. */
export const placeOfActor = (actor: string): { readonly number: number; readonly user: number } => {
  const [org = "", entity = ""] = actor.split("/");
  return { number: Number(org.slice("org-".length)), user: Number(entity.slice("u-".length)) };
};
