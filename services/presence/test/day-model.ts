/*
 * What readers of the topic must see of a user, thought out a second time from the mailbox alone. It does not
 * import the service, and knows no groups, rounds, episodes or stretches.
 */

const minuteMs = 60_000;
/** A change of a mailbox is seen after this at most. */
export const seenWithinMs = 20 * minuteMs;

/** Replies of a mailbox as they were set at a moment. */
export interface Setting {
  readonly at: number;
  /** Away from when to when; null: off. `until` null: nothing ends it. */
  readonly away: { readonly from: number; readonly until: number | null } | null;
}

/** A record of the topic as a reader finds it. */
export interface Word {
  readonly at: number;
  readonly status: "outOfOffice" | "none";
  readonly episode: number;
  readonly expiresAt: number | null;
}

/** A user of the day. */
export interface Watched {
  readonly name: string;
  /** In the order of time; the mailbox is served from `from` to `to`. */
  readonly sets: readonly Setting[];
  readonly from: number;
  readonly to: number;
  readonly words: readonly Word[];
}

/** A time in which Graph refuses everybody; what was true before it may be shown until `calmAt`. */
export interface Storm {
  readonly from: number;
  readonly calmAt: number;
}

const isAwayBy = ({ away }: Setting, at: number): boolean =>
  away !== null && away.from <= at && (away.until === null || at < away.until);

/** Moments at which what the mailbox says may change. */
const edgesOf = ({ sets, from, to }: Watched): readonly number[] => [
  from,
  to,
  ...sets.flatMap(({ at, away }) => [at, ...(away === null ? [] : [away.from, away.until ?? at])]),
];

const truthAt = ({ sets, from, to }: Watched, at: number): boolean => {
  const last = sets.filter((set) => set.at <= at).at(-1);
  return last !== undefined && from <= at && at < to && isAwayBy(last, at);
};

const shownAt = ({ words }: Watched, at: number): boolean => {
  const last = words.filter((word) => word.at <= at).at(-1);
  return last?.status === "outOfOffice" && (last.expiresAt ?? 0) > at;
};

/** What may be shown: what any setting says now that the mailbox had at some time within the last minutes. */
const allowedAt = ({ sets, from, to }: Watched, at: number, storm: Storm): readonly boolean[] => {
  if (at < from || at >= to) return [false];
  const isStormy = storm.from <= at && at < storm.calmAt;
  const since = (isStormy ? storm.from : at) - seenWithinMs;
  const latest = sets.filter((set) => set.at <= since).at(-1);
  const had = [latest, ...sets.filter((set) => set.at > since && set.at <= at)];
  const isNew = since < from;
  return [...had.map((set) => set !== undefined && isAwayBy(set, at)), ...(isNew ? [false] : [])];
};

/** Each absence is cleared by one record before the next one begins. */
const episodeFaults = ({ name, words }: Watched): readonly string[] => {
  const faults: string[] = [];
  let open: number | null = null;
  let latest = 0;
  for (const { status, episode } of words) {
    if (status === "none" && open !== episode) faults.push(`${name}: ${episode} is cleared, ${open} is open`);
    if (status === "outOfOffice" && open === null && episode !== latest + 1)
      faults.push(`${name}: ${episode} follows ${latest}`);
    if (status === "outOfOffice" && open !== null && open !== episode)
      faults.push(`${name}: ${episode} begins while ${open} is open`);
    open = status === "none" ? null : episode;
    latest = Math.max(latest, episode);
  }
  return faults;
};

/** What is wrong with what readers saw of a user until `endAt`, in words. */
export const faultsOf = (user: Watched, storm: Storm, endAt: number): readonly string[] => {
  const moments = new Set<number>([
    ...edgesOf(user).flatMap((edge) => [edge, edge + seenWithinMs]),
    ...user.words.flatMap(({ at, expiresAt }) => [at, expiresAt ?? at]),
    storm.calmAt,
    endAt,
  ]);
  const wrong = [...moments]
    .filter((at) => at <= endAt)
    .filter((at) => !allowedAt(user, at, storm).includes(shownAt(user, at)));
  return [
    ...wrong.map(
      (at) => `${user.name} is ${shownAt(user, at) ? "shown" : "not shown"} at ${new Date(at).toISOString()}`,
    ),
    ...episodeFaults(user),
  ];
};

/** How long each change that somebody made was not seen, in milliseconds, outside the storm. */
export const lagsOf = (user: Watched, storm: Storm): readonly number[] =>
  user.sets.flatMap(({ at: setAt }) => {
    const at = Math.max(setAt, user.from);
    const isAway = truthAt(user, at);
    const isStormy = at > storm.from - seenWithinMs && at < storm.calmAt;
    if (isStormy || at >= user.to || shownAt(user, at - 1) === isAway) return [];
    const seen = user.words.find((word) => word.at >= at && (word.status === "outOfOffice") === isAway);
    const next = edgesOf(user)
      .filter((edge) => edge > at)
      .sort((a, b) => a - b)[0];
    return seen === undefined || (next !== undefined && seen.at > next) ? [] : [seen.at - at];
  });
