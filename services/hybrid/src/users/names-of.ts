import { type ActorId, actorIdOf, orgOf } from "@hybrid/kernel";
import { type PersonRow, userIdOf } from "./people-view.ts";

/** The names under which a person stands in the log. */
export interface PersonNames {
  /** Owners of keys: the user, the Entra object and the person at Webex, each once. */
  readonly owners: readonly ActorId[];
  /** Whether a text speaks of the person. */
  isIn(text: string): boolean;
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

/** The names of a person; `address` left out: it is not known, or not to be looked for. */
export const namesOf = ({ user, objectId, mailAddress, entry }: PersonRow): PersonNames => {
  const actor = actorIdOf(user);
  const org = orgOf(actor);
  const ids = [userIdOf(actor), objectId, entry?.webex?.personId ?? ""].filter((id) => id !== "");
  const owners = [...new Set(ids.map((id) => actorIdOf(`${org}/u-${id}`)))];
  // A short id is part of many texts: it counts as an actor's alone. Others are UUIDs.
  const actors = [user, `${org}/o/user-${userIdOf(actor)}`].map((each) => `${escaped(each)}(?![\\w.-])`);
  const whole = [objectId, entry?.webex?.personId ?? "", mailAddress].filter((id) => id !== "").map(escaped);
  const pattern = new RegExp([...actors, ...whole].join("|"), "i");
  return { owners, isIn: (text) => pattern.test(text) };
};
