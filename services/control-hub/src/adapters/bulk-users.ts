import type { View } from "@hybrid/view";
import type { BulkLine, BulkUser } from "../domain/bulk.ts";
import type { AddressBook } from "./address-book.ts";
import { idIn, numberOf, textOf, textOrNull } from "./rows.ts";
import type { SearchPorts } from "./user-search.ts";

/** Keys that are looked up in one query. */
const together = 1_000;

const keyShape = /^[A-Za-z0-9_.-]{1,64}$/;

const found = (view: View, keys: readonly string[]): ReadonlyMap<string, BulkUser> => {
  const users = new Map<string, BulkUser>();
  for (let from = 0; from < keys.length; from += together) {
    const rows = view.all(
      "SELECT users.key, version, wanted, obstacles, state FROM json_each(?) AS wanted_keys " +
        "CROSS JOIN users ON users.key = wanted_keys.value WHERE attention IS NOT NULL",
      JSON.stringify(keys.slice(from, from + together)),
    );
    for (const row of rows)
      users.set(textOf(row, "key"), {
        id: idIn(textOf(row, "key")),
        version: numberOf(row, "version"),
        state: textOf(row, "state"),
        isWanted: row["wanted"] === 1,
        isKeptBack: textOrNull(row, "obstacles") !== null,
      });
  }
  return users;
};

/** Whose these addresses are; it waits until everybody's is there. */
const keysByAddress = async (
  book: AddressBook,
  addresses: ReadonlySet<string>,
): Promise<ReadonlyMap<string, readonly string[]>> => {
  while (!book.isWhole) await book.grown();
  const keys = new Map<string, string[]>();
  for (const { key, address } of book.matches("", null)) {
    if (!addresses.has(address)) continue;
    const known = keys.get(address);
    if (known) known.push(key);
    else keys.set(address, [key]);
  }
  return keys;
};

/** Whom the lines of a file mean: by the user's id, else by the whole address. */
export const usersOfLines = async (
  { view, books }: SearchPorts,
  org: string,
  lines: readonly BulkLine[],
): Promise<(line: BulkLine) => readonly BulkUser[]> => {
  const addressOf = ({ mailAddress }: BulkLine): string => mailAddress.toLowerCase();
  const addresses = new Set(lines.filter(({ user }) => user === "").map(addressOf));
  addresses.delete("");
  const byAddress =
    addresses.size === 0
      ? new Map<string, readonly string[]>()
      : await keysByAddress(books.of(org), addresses);
  const keysOf = (line: BulkLine): readonly string[] => {
    if (line.user === "") return byAddress.get(addressOf(line)) ?? [];
    return keyShape.test(line.user) ? [`${org}/u-${line.user}`] : [];
  };
  const users = found(view, [...new Set(lines.flatMap(keysOf))]);
  return (line) => keysOf(line).flatMap((key) => users.get(key) ?? []);
};
