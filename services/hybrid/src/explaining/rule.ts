import { table } from "../tables.ts";

/** One rule, whether it holds for a user, and what that comes from. */
export interface Rule {
  readonly rule: string;
  readonly holds: boolean;
  readonly because: string;
}

/** Rules in the order in which they count, as a person reads them. */
export const rulesText = (rules: readonly Rule[]): string =>
  table(
    ["rule", "holds", "because"],
    rules.map(({ rule, holds, because }) => [rule, holds ? "yes" : "no", because]),
  );

/** A moment to the minute; empty when there is none. */
export const minuteText = (at: number | null | undefined): string =>
  at === null || at === undefined ? "" : `${new Date(at).toISOString().slice(0, 16)}Z`;
