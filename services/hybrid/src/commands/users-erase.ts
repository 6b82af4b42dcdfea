import { userDirectory } from "@hybrid/contracts";
import { ConfigError } from "@hybrid/kernel";
import { openerOf } from "../keys/opener.ts";
import { withVault } from "../keys/with-keys.ts";
import { table } from "../tables.ts";
import { archivedAs } from "../users/archived-as.ts";
import { type Erasure, eraseUser } from "../users/erase-user.ts";
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

const print = ({ user, removed, subscriptionEnded, keys, cleaned }: Erasure): void => {
  const lines: readonly (readonly [string, string | number])[] = [
    ["user", user],
    ["taken out of the service", removed ? "yes" : "ordered, not answered yet"],
    ["subscription", subscriptionEnded ? "ended" : "not ended yet; it ends with its lifetime"],
    ...Object.entries(keys).map(([owner, count]) => [`keys of ${owner}`, `${count} deleted`] as const),
    ["records cleaned", cleaned],
  ];
  process.stdout.write(`${table(["what", "is"], lines)}\n`);
  process.stderr.write(
    "Processes hold keys for up to a minute. A source that still names the person brings the person back: " +
      "remove the account there too. Messages that wait for their import into mailboxes go with it.\n",
  );
};

/** `hybrid users erase`: exit code 1 when the services have not answered in time. */
export const usersEraseCommand = (text: string, flags: UsersEraseFlags): Promise<void> =>
  withVault(flags.data, async (opened) => {
    const found = { ...opened, opener: openerOf(opened.ring) };
    const row = oneOf(await presentPeople(found), text, flags.org);
    if (!flags.yes)
      throw new ConfigError("nothing is erased", [
        `add --yes: ${row.user} leaves the service, and what is stored of the person can never be read again`,
      ]);
    const archived = (await archivedAs(found, placeOf(flags.data), [row])).get(row.user) ?? [];
    const done = await eraseUser(opened, { row, archived }, flags.wait * 1_000);
    if (flags.json) process.stdout.write(`${JSON.stringify(done)}\n`);
    else print(done);
    if (!done.removed || !done.subscriptionEnded) process.exitCode = 1;
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
