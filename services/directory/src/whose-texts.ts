import { type ActorId, entityKeyOf, orgOf, sealScopeOf } from "@hybrid/kernel";
import type { SealedFields } from "@hybrid/sealing";
import { named } from "./domain/actor-names.ts";

/** Ids that may stand in a user's address. */
const idPattern = /^[A-Za-z0-9_.-]{1,64}$/;

const user = (actor: ActorId, id: unknown): ActorId | undefined =>
  typeof id === "string" && idPattern.test(id) ? (`${orgOf(actor)}/u-${id}` as ActorId) : undefined;

/** Actors that stand for one person or one workspace. */
const ofOne: ReadonlySet<string> = new Set(["user", "object", "webex", "workspace"]);

/**
 * Whom an address is about: whom the actor stands for, else whom the object beside it names. A person has up
 * to three names here, which are sealed apart: the user's id, the Entra object's, the person's at Webex.
 */
const owner: SealedFields[string] = ({ parent, actor }) => {
  if (sealScopeOf(actor) === "user") return entityKeyOf(actor);
  const about = named(actor);
  if (about && ofOne.has(about.kind)) return user(actor, about.id);
  const { objectId, personId, workspaceId } = parent;
  return user(actor, objectId) ?? user(actor, personId) ?? user(actor, workspaceId);
};

/** The texts of the directory that are somebody's. Actors of addresses are named by digests. */
export const directoryTexts: SealedFields = { mailAddress: owner, normal: owner, externalId: owner };
