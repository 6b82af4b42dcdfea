import type { UsersPage, UsersQuery } from "@hybrid/control-hub-page/api";
import { HttpFault } from "@hybrid/http-api";
import type { View } from "@hybrid/view";
import { type Entry, isBefore, type Place } from "./address-block.ts";
import type { AddressBook } from "./address-book.ts";
import type { AddressBooks } from "./address-books.ts";
import { cursorOf, placeOf, textOf } from "./rows.ts";
import { conditionsOf, joined, type Opened, openedRows } from "./users.ts";

/** What searches are made on. */
export interface SearchPorts {
  readonly view: View;
  readonly books: AddressBooks;
}

/** A search counts up to here, then says that there are more. */
const countedMax = 10_000;

/** Users whose rows are looked up together, and at most for one answer; the cursor goes on behind them. */
const lookedTogether = 500;
const lookedMax = 10_000;

/** How much of a book that is being read one answer waits for. */
const awaitedMax = 20_000;

const behindOf = (cursor: string | undefined): Place | null => {
  if (cursor === undefined) return null;
  const place = placeOf(cursor, ["string", "string"]);
  if (place === null) throw new HttpFault(400, "badRequest", "The cursor is not one of this list.");
  return { column: String(place[0]), key: String(place[1]) };
};

const cursorAt = ({ column, key }: Place): string => cursorOf([column, key]);

interface Reach {
  readonly found: readonly Opened[];
  /** Where the next page begins; null behind the last user. */
  readonly next: Place | null;
  /** The page ends where the book ends so far. */
  readonly isCut: boolean;
}

const beginning: Place = { column: "", key: "" };

interface Search {
  readonly view: View;
  readonly org: string;
  readonly book: AddressBook;
  /** Its text in lower case. */
  readonly query: UsersQuery;
}

/** Candidates as the view has them now: who matches the filters, and whose address can still be opened. */
const rowsOf = async (
  { view, org, book, query: { search = "", ...filters } }: Search,
  candidates: readonly Entry[],
): Promise<readonly Opened[]> => {
  const keys = candidates.map(({ key }) => key);
  const rows = await openedRows(view, keys, joined(conditionsOf(org, filters)));
  const byKey = new Map(rows.map((each) => [textOf(each.stored, "key"), each]));
  const inOrder = candidates.flatMap(({ key }) => byKey.get(key) ?? []);
  const fits = ({ row }: Opened): boolean => row.mailAddress.toLowerCase().includes(search);
  // Of people who were erased meanwhile the book forgets what it had opened.
  const stale = inOrder.filter((each) => !fits(each)).map(({ stored }) => textOf(stored, "key"));
  if (stale.length > 0) await book.change(stale);
  return inOrder.filter(fits);
};

/** The next ones of an iterator, at most `count`. */
const some = (entries: Iterator<Entry>, count: number): readonly Entry[] => {
  const taken: Entry[] = [];
  while (taken.length < count) {
    const { done, value } = entries.next();
    if (done) break;
    taken.push(value);
  }
  return taken;
};

const isFiltered = ({ state, reason, tenant }: UsersQuery): boolean =>
  state !== undefined || reason !== undefined || tenant !== undefined;

const placeOfRow = ({ stored }: Opened): Place => ({
  column: textOf(stored, "address"),
  key: textOf(stored, "key"),
});

/** The book may have been begun again since a cursor was given. */
const furthest = (end: Place, behind: Place | null): Place =>
  behind !== null && isBefore(end, behind) ? behind : end;

/** A page from what the book has by now. */
const reached = async (search: Search, behind: Place | null): Promise<Reach> => {
  const { query, book } = search;
  const entries = book.matches(query.search ?? "", behind);
  const found: Opened[] = [];
  const together = isFiltered(query) ? lookedTogether : query.limit + 1;
  // The book may grow while rows are looked up; the place goes no further than what was gone through.
  const { isWhole, end } = book;
  let place = behind;
  for (let looked = 0; looked < lookedMax; looked += together) {
    const candidates = some(entries, together);
    const rows = await rowsOf(search, candidates);
    const room = query.limit - found.length;
    found.push(...rows.slice(0, room));
    const last = found.at(-1);
    if (rows.length > room && last) return { found, next: placeOfRow(last), isCut: false };
    if (candidates.length < together)
      return isWhole
        ? { found, next: null, isCut: false }
        : { found, next: furthest(end ?? beginning, behind), isCut: true };
    place = candidates.at(-1) ?? place;
  }
  return { found, next: place, isCut: false };
};

/** How many match, and whether those are all. */
const counted = (
  { book, query }: Search,
  { found, next }: Reach,
): Pick<UsersPage, "count" | "isCountExact"> => {
  // One answer that has everybody needs no second look through the book.
  const hasAll = query.cursor === undefined && next === null;
  if (hasAll || isFiltered(query) || !book.isWhole) return { count: found.length, isCountExact: hasAll };
  const count = some(book.matches(query.search ?? "", null), countedMax + 1).length;
  return { count: Math.min(count, countedMax), isCountExact: count <= countedMax };
};

/**
 * A page of the users whose address holds a text. While addresses are still being read it may be empty, and
 * have a next one all the same. Throws HttpFault for a cursor of another list.
 */
export const searchUsers = async (ports: SearchPorts, org: string, given: UsersQuery): Promise<UsersPage> => {
  const query = { ...given, search: (given.search ?? "").toLowerCase() };
  const book = ports.books.of(org);
  const search = { view: ports.view, org, book, query };
  const awaited = book.size + awaitedMax;
  let behind = behindOf(query.cursor);
  let reach = await reached(search, behind);
  while (reach.found.length === 0 && reach.isCut && book.size < awaited) {
    behind = reach.next;
    await book.grown();
    reach = await reached(search, behind);
  }
  return {
    rows: reach.found.map(({ row }) => row),
    next: reach.next === null ? null : cursorAt(reach.next),
    ...counted(search, reach),
  };
};
