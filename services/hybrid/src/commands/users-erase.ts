import { userDirectory } from "@hybrid/contracts";
import { actorIdOf, ConfigError, entityOf } from "@hybrid/kernel";
import { openerOf } from "../keys/opener.ts";
import { type OpenedVault, withVault } from "../keys/with-keys.ts";
import { table } from "../tables.ts";
import { archivedAs } from "../users/archived-as.ts";
import { type Erasure, eraseUser } from "../users/erase-user.ts";
import type { ErasedPerson } from "../users/erased-records.ts";
import { knownErasure } from "../users/erasure-orders.ts";
import { namesOf } from "../users/names-of.ts";
import { oneOf } from "../users/one-of.ts";
import { presentPeople } from "../users/people-view.ts";
import { type StoredRecord, storedRecords } from "../users/stored-records.ts";
import { placeOf, withLog } from "../with-log.ts";

/** The flags of `hybrid users erase`. */
export interface UsersEraseFlags {
  readonly data: string;
  readonly org?: string;
  readonly yes: boolean;
  readonly wait: number;
  readonly json: boolean;
}

const removedText = (removed: number, left: number, what: string): string =>
  left === 0
    ? `${removed} removed`
    : `${removed} removed, ${left} left: ${what} not answered; repeat the command when it runs`;

const print = (done: Erasure): void => {
  const { user, removed, subscriptionEnded, records, archive, keys, cleaned } = done;
  const lines: readonly (readonly [string, string | number])[] = [
    ["user", user],
    ["taken out of the service", removed ? "yes" : "ordered, not answered yet"],
    ["subscription", subscriptionEnded ? "ended" : "not ended yet; it ends with its lifetime"],
    ...Object.entries(records).map(
      ([topic, each]) =>
        [`records in ${topic}`, removedText(each.removed, each.left, "its service has")] as const,
    ),
    ...(archive === null
      ? []
      : [
          [
            "messages in the archive's store",
            removedText(archive.contents, archive.left, "partitions have"),
          ] as const,
        ]),
    ...Object.entries(keys).map(([owner, count]) => [`keys of ${owner}`, `${count} deleted`] as const),
    ["records cleaned", cleaned],
  ];
  process.stdout.write(`${table(["what", "is"], lines)}\n`);
  process.stderr.write(
    "Processes hold keys for up to a minute. A source that still names the person is read again, so remove " +
      "the account there too. Messages that wait for their import into mailboxes go with it; what is in " +
      "mailboxes already is the customer's, and stays.\n",
  );
};

/** Who is meant: somebody who is there, or whose erasure was interrupted when nothing but ids was left. */
const personOf = async (
  opened: OpenedVault,
  text: string,
  flags: UsersEraseFlags,
): Promise<ErasedPerson & { readonly tenantId: string }> => {
  const found = { ...opened, opener: openerOf(opened.ring) };
  const people = await presentPeople(found);
  const known = await knownErasure(opened, text, flags.org);
  if (known !== undefined && !people.some(({ user }) => user === known.user)) return known;
  const row = oneOf(people, text, flags.org);
  const archived = (await archivedAs(found, placeOf(flags.data), [row])).get(row.user) ?? [];
  const owners = [...namesOf(row).owners, ...archived].map((owner) => entityOf(owner).slice("u-".length));
  const ids = [...new Set([...owners, ...(known?.ids ?? [])])];
  return { user: actorIdOf(row.user), tenantId: row.tenantId, objectId: row.objectId, ids };
};

/** `hybrid users erase`: exit code 1 when the services have not answered in time. */
export const usersEraseCommand = (text: string, flags: UsersEraseFlags): Promise<void> =>
  withVault(flags.data, async (opened) => {
    const person = await personOf(opened, text, flags);
    if (!flags.yes)
      throw new ConfigError("nothing is erased", [
        `add --yes: ${person.user} leaves the service, and what is stored of the person is gone for ever`,
      ]);
    const done = await eraseUser(opened, person, flags.wait * 1_000);
    if (flags.json) process.stdout.write(`${JSON.stringify(done)}\n`);
    else print(done);
    if (!done.complete) process.exitCode = 1;
  });

/** The flags of `hybrid users export <user>`. */
export interface PersonExportFlags {
  readonly data: string;
  readonly org?: string;
}

/** `hybrid users export <user>`: everything that the log has of a person, as JSON. */
export const personExportCommand = (text: string, flags: PersonExportFlags): Promise<void> =>
  withLog(flags.data, userDirectory.name, async (opened) => {
    const row = oneOf(await presentPeople(opened), text, flags.org);
    const names = namesOf(row);
    const records: StoredRecord[] = [];
    for await (const record of storedRecords(opened, placeOf(flags.data)))
      if (names.isIn(JSON.stringify([record.key, record.value]))) records.push(record);
    const { user, objectId, mailAddress } = row;
    process.stdout.write(`${JSON.stringify({ user, objectId, mailAddress, records }, null, 2)}\n`);
  });
