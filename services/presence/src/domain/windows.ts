import { type EpochMs, unreachable } from "@hybrid/kernel";

/** Why somebody is out of the office. */
export type Source = "automaticReplies" | "calendarEvent";

/** A time out of the office; `until` null: nothing says when it ends. */
export interface Window {
  readonly from: EpochMs;
  readonly until: EpochMs | null;
}

/** Automatic replies of a mailbox. */
export type Replies =
  | { readonly kind: "off" }
  | { readonly kind: "always" }
  | { readonly kind: "scheduled"; readonly from: EpochMs; readonly until: EpochMs };

/** The time out of the office that goes on now, made of all windows that overlap. */
export interface Stretch extends Window {
  readonly source: Source;
}

interface Sourced extends Window {
  readonly source: Source;
}

/** The windows of replies and events. `alwaysFrom`: when replies without an end were first seen. */
export const windowsOf = (
  replies: Replies,
  alwaysFrom: EpochMs,
  events: readonly Window[],
): readonly Sourced[] => {
  const shown = events.map((event) => ({ ...event, source: "calendarEvent" }) as const);
  switch (replies.kind) {
    case "off":
      return shown;
    case "always":
      return [{ from: alwaysFrom, until: null, source: "automaticReplies" }, ...shown];
    case "scheduled":
      return [{ from: replies.from, until: replies.until, source: "automaticReplies" }, ...shown];
    default:
      return unreachable(replies);
  }
};

const holds = ({ from, until }: Window, at: EpochMs): boolean => from <= at && (until === null || until > at);

/** Windows that touch or overlap are one: nothing is cleared between them. */
const endOf = (windows: readonly Window[], first: EpochMs | null): EpochMs | null => {
  let end = first;
  for (let at = 0; end !== null && at < windows.length; at++) {
    const known = end;
    const next = windows.find(({ from, until }) => from <= known && (until === null || until > known));
    if (next === undefined) return end;
    end = next.until;
  }
  return end;
};

/** The stretch that holds `now`; null when the user is in the office. */
export const stretchAt = (windows: readonly Sourced[], now: EpochMs): Stretch | null => {
  const present = windows.filter((window) => holds(window, now));
  const [first] = present;
  if (first === undefined) return null;
  const from = present.reduce(
    (earliest, window) => (window.from < earliest ? window.from : earliest),
    first.from,
  );
  const source = present.some((window) => window.source === "automaticReplies")
    ? "automaticReplies"
    : "calendarEvent";
  return { from, until: endOf(windows, first.until), source };
};

/** The next moment at which a window begins or ends; null when none does. */
export const edgeAfter = (windows: readonly Window[], now: EpochMs): EpochMs | null => {
  const edges = windows.flatMap(({ from, until }) => [from, until]).filter((at) => at !== null && at > now);
  return edges.reduce<EpochMs | null>(
    (next, at) => (next === null || (at !== null && at < next) ? at : next),
    null,
  );
};
