/** An order about a user. */
export type BulkOrder = "enable" | "disable" | "retry";

/** A line of a file, as far as it could be read. */
export interface BulkLine {
  readonly line: number;
  /** The part of the user's key behind `u-`; empty where the line names an address alone. */
  readonly user: string;
  readonly mailAddress: string;
  readonly order: string;
}

/** What is known of a user. */
export interface BulkUser {
  readonly id: string;
  readonly version: number;
  readonly state: string;
  readonly isWanted: boolean;
  readonly isKeptBack: boolean;
}

/** What a line comes to. */
export interface PlannedLine {
  readonly line: number;
  readonly given: string;
  readonly plan: BulkOrder | "unchanged" | "fault";
  /** Why a line is at fault; null otherwise. */
  readonly code: string | null;
  /** Whom it is about, and the version that was looked at; null where nobody was found. */
  readonly user: { readonly id: string; readonly version: number } | null;
}

const isOrder = (word: string): word is BulkOrder => ["enable", "disable", "retry"].includes(word);

/** Why a user cannot be tried again; null when they can. */
export const whyNoRetry = ({
  isWanted,
  isKeptBack,
  state,
}: Pick<BulkUser, "isWanted" | "isKeptBack" | "state">):
  | "notEnabled"
  | "keptBack"
  | "nothingToRetry"
  | null => {
  if (!isWanted) return "notEnabled";
  if (isKeptBack) return "keptBack";
  return state === "error" || state === "notActivated" ? null : "nothingToRetry";
};

const planOf = (order: BulkOrder, user: BulkUser): Pick<PlannedLine, "plan" | "code"> => {
  if (order === "retry") {
    const code = whyNoRetry(user);
    return code === null ? { plan: "retry", code } : { plan: "fault", code };
  }
  return { plan: user.isWanted === (order === "enable") ? "unchanged" : order, code: null };
};

/**
 * What the lines of a file come to. `usersOf` gives whom a line may mean: nobody, one, or several who share
 * an address. A user who stands there twice is at fault the second time.
 */
export const planBulk = (
  lines: readonly BulkLine[],
  usersOf: (line: BulkLine) => readonly BulkUser[],
): readonly PlannedLine[] => {
  const seen = new Set<string>();
  return lines.map((each): PlannedLine => {
    const { line } = each;
    const given = each.user === "" ? each.mailAddress : each.user;
    const [user, ...others] = usersOf(each);
    const fault = (code: string): PlannedLine => ({ line, given, plan: "fault", code, user: null });
    const word = each.order.toLowerCase();
    if (given === "") return fault("nobodyNamed");
    if (!isOrder(word)) return fault("unknownOrder");
    if (user === undefined) return fault("unknownUser");
    if (others.length > 0) return fault("severalUsers");
    if (seen.has(user.id)) return fault("twice");
    seen.add(user.id);
    return { line, given, user: { id: user.id, version: user.version }, ...planOf(word, user) };
  });
};
