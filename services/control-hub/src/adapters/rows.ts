import type { Cell, View } from "@hybrid/view";

/** A row as a query of a view gives it. */
export type Row = Readonly<Record<string, Cell>>;

/** A column that is never null. */
export const textOf = (row: Row, column: string): string => String(row[column] ?? "");

/** A column that may be null. */
export const textOrNull = (row: Row, column: string): string | null => {
  const cell = row[column] ?? null;
  return cell === null ? null : String(cell);
};

/** A number; 0 for none. */
export const numberOf = (row: Row | undefined, column: string): number => Number(row?.[column] ?? 0);

/** A number that may be missing. */
export const numberOrNull = (row: Row, column: string): number | null => {
  const cell = row[column] ?? null;
  return cell === null ? null : Number(cell);
};

/** What was written into a column as JSON by the view's own definition. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the view wrote what it says it is.
export const jsonOf = <Value>(row: Row | undefined, column: string): Value | null => {
  const cell = row?.[column] ?? null;
  return cell === null ? null : (JSON.parse(String(cell)) as Value);
};

/** As {@link jsonOf} of many rows, with what is sealed in them opened. Rejects as {@link View.openedJson}. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the view wrote what it says it is.
export const openedOf = async <Value>(
  view: View,
  rows: readonly Row[],
  column: string,
): Promise<readonly (Value | null)[]> =>
  (await view.openedJson(rows.map((row) => row[column] ?? null))) as readonly (Value | null)[];

/** The part of a key that names the thing within its organisation: `u-4711` of `acme/u-4711`. */
const entityIn = (key: string): string => key.slice(key.indexOf("/") + 1);

/** The id behind the letter of an entity: `4711` of `acme/u-4711`. */
export const idIn = (key: string): string => entityIn(key).slice(2);

/** Where a page ends, in a form that nobody need understand. */
export const cursorOf = (place: readonly (string | number)[]): string =>
  Buffer.from(JSON.stringify(place)).toString("base64url");

/** What {@link cursorOf} was given; null for what no page has said, or of another form than `kinds`. */
export const placeOf = (
  cursor: string,
  kinds: readonly ("string" | "number")[],
): readonly (string | number)[] | null => {
  try {
    const place = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8")) as unknown;
    const fits =
      Array.isArray(place) &&
      place.length === kinds.length &&
      place.every((part, at) => typeof part === kinds[at]);
    return fits ? (place as readonly (string | number)[]) : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
};
