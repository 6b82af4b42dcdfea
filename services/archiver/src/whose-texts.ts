import { type ActorId, orgOf } from "@hybrid/kernel";
import { organisationOf, ownUser, type SealedTogether } from "@hybrid/sealing";

/** Ids that may stand in a user's address. */
const idPattern = /^[A-Za-z0-9_.-]{1,64}$/;

const person = (actor: ActorId, id: unknown): ActorId | undefined =>
  typeof id === "string" && idPattern.test(id) ? (`${orgOf(actor)}/u-${id}` as ActorId) : undefined;

/**
 * The texts of the archiver: addresses. One is the person's who stands beside it by the id at Webex, or whose
 * mailbox the actor is. What an administrator has written, and the catch-all mailbox, is the organisation's.
 */
export const archiverTexts: SealedTogether = {
  together: { email: "", userPrincipalName: null, catchAll: null, people: [], by: "", createdBy: "" },
  whose: ({ parent: { personId, sourceUserId }, actor }) =>
    person(actor, personId) ?? person(actor, sourceUserId) ?? ownUser({ actor }) ?? organisationOf(actor),
};
