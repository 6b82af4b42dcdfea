import { type ActorId, actorIdOf, entityKeyOf, orgOf, sealScopeOf } from "@hybrid/kernel";
import type { LogPlace } from "../log-place.ts";
import { catalog } from "../service-list.ts";
import type { OpenedLog } from "../with-log.ts";
import type { PersonRow } from "./people-view.ts";
import { storedRecords } from "./stored-records.ts";

/** Where the archive keeps mailboxes of people, each with its address. */
const own = catalog.actorServices.get("archiver");
const topics = new Set([own?.checkpoint.name, own?.journal.name]);

/** Addresses are told apart within an organisation. */
const nameOf = (actor: string, address: string): string =>
  `${orgOf(actorIdOf(actor))} ${address.toLowerCase()}`;

const addressIn = (value: unknown): string => {
  const { state } = (value ?? {}) as { readonly state?: { readonly email?: unknown } | null };
  return typeof state?.email === "string" ? state.email.toLowerCase() : "";
};

/**
 * Names of people's keys in the archive, by user: it knows people by their id at Webex, of which the
 * directory may know nothing. They are found by the address, so it has to be readable still.
 */
export const archivedAs = async (
  opened: OpenedLog,
  place: LogPlace,
  people: readonly PersonRow[],
): Promise<ReadonlyMap<string, readonly ActorId[]>> => {
  const users = new Map(people.map(({ user, mailAddress }) => [nameOf(user, mailAddress), user]));
  const found = new Map<string, readonly ActorId[]>();
  for await (const { key, value } of storedRecords(opened, place, (topic) => topics.has(topic))) {
    const address = addressIn(value);
    if (key === null || address === "") continue;
    const owner = entityKeyOf(actorIdOf(key));
    const user = users.get(nameOf(owner, address));
    if (user === undefined || sealScopeOf(owner) !== "user") continue;
    found.set(user, [...new Set([...(found.get(user) ?? []), owner])]);
  }
  return found;
};
