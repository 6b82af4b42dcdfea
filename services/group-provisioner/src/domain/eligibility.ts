import type { Refusal } from "./inputs.ts";

/** What is known of somebody who would be taken in. */
export interface Candidate {
  /** Whether the directory of the organisation's tenant calls the account a guest; null where unknown. */
  readonly isGuest: boolean | null;
  /** The Webex user of the organisation with this address or id; null when there is none. */
  readonly webex: { readonly isActive: boolean; readonly externalId: string | null } | null;
  /** Whose organisation the person is in, and which one is ours; null where Webex does not tell. */
  readonly personOrgUuid: string | null;
  readonly ownOrgUuid: string;
}

const guid = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * The Entra object id in an external id, lower case, or null. Some directories put words of their own before
 * it when they export; what follows at the end counts.
 */
export const objectIdIn = (externalId: string | null | undefined): string | null =>
  guid.exec((externalId ?? "").trim())?.[0]?.toLowerCase() ?? null;

/**
 * Why somebody is not taken in, or null: nobody of another organisation, no guest, nobody without an account
 * that is linked by its id, nobody who has never signed in.
 */
export const refusalOf = (candidate: Candidate): Refusal | null => {
  const { isGuest, webex, personOrgUuid, ownOrgUuid } = candidate;
  if (personOrgUuid !== null && personOrgUuid !== ownOrgUuid) return "external";
  if (isGuest === true) return "guest";
  if (webex === null) return "notInWebex";
  if (objectIdIn(webex.externalId) === null) return "noExternalId";
  if (!webex.isActive) return "notActive";
  return null;
};
