import type { AddressRank, Surroundings, WebexClaim } from "./link.ts";

/** An Entra object's claim of an address. */
export interface ObjectClaim {
  readonly rank: AddressRank;
  /** Webex or a list names it, so it is no room's or other mailbox alone. */
  readonly isUser: boolean;
}

/** Who wants one mail address of an organisation. */
export interface AddressClaims {
  /** Entra objects, by id. */
  readonly objects: Readonly<Record<string, ObjectClaim>>;
  /** Workspaces, by id. */
  readonly workspaces: readonly string[];
  /** People at Webex who have the address and no usable externalId. */
  readonly people: readonly WebexClaim[];
}

/** Claims of one address that are kept; later ones are refused it. */
export const claimantsMax = 200;

/** The object that has the address: the surest claim, when it is the only one of its kind. */
export const holderOf = ({ objects }: AddressClaims): string | null => {
  const top = Math.max(0, ...Object.values(objects).map(({ rank }) => rank));
  const [holder, ...others] = Object.keys(objects).filter((id) => objects[id]?.rank === top);
  return holder !== undefined && others.length === 0 ? holder : null;
};

/** What an object is told about its address. */
export const wordFor = (
  objectId: string,
  claims: AddressClaims,
): Pick<Surroundings, "owner" | "sameAddress"> => {
  const holds = holderOf(claims) === objectId;
  const owner = !holds ? "user" : claims.workspaces.length > 0 ? "workspace" : "own";
  return { owner, sameAddress: holds ? claims.people : [] };
};

/** Whether a workspace has to share its address; a room's own mailbox is in Entra too, and no clash. */
export const workspaceClashes = ({ objects, people, workspaces }: AddressClaims): boolean =>
  Object.values(objects).some(({ isUser }) => isUser) || people.length > 0 || workspaces.length > 1;
