/*
 * Who has to be shown as out of the office, thought out a second time from the play alone. Nothing here may
 * import a service or a package of ours: a model that shares code with what it judges shares its mistakes.
 */

const minuteMs = 60_000;
/** Whatever changes is seen after this at most, the first look at a mailbox included. */
export const seenWithinMs = 20 * minuteMs;
/** Webex is told this much later. */
const toldWithinMs = 2 * minuteMs;

/** A time; `until` null: nothing says when it ends. */
export interface Away {
  readonly from: number;
  readonly until: number | null;
}

/** Automatic replies as they were set at a moment; null: off. */
export interface Setting {
  readonly at: number;
  readonly away: Away | null;
}

/** A person of the play. */
export interface Person {
  readonly name: string;
  /** In the order of time. */
  readonly settings: readonly Setting[];
  /** Events that the calendar shows as out of office, and when they were put into it. */
  readonly events: readonly (Away & { readonly at: number })[];
  /** Whether the user is enabled, and when not any more. */
  readonly endsAt: number | null;
  /** What Webex shows when nobody is away. */
  readonly ownStatus: "active" | "dnd" | "ooo";
  /** Whether Webex may be told. */
  readonly mayBeTold: boolean;
}

/** What was seen of a person at a moment. */
export interface Look {
  readonly at: number;
  /** By the topic. */
  readonly isOut: boolean;
  /** By Webex; null: the person has no account there. */
  readonly webex: string | null;
}

const holds = ({ from, until }: Away, at: number): boolean => from <= at && (until === null || at < until);

/** Of all that was set within a time, what it says now; true, false or both. */
const allowedAt = (person: Person, at: number, withinMs: number, startedAt: number): ReadonlySet<boolean> => {
  const { settings, events, endsAt } = person;
  if (endsAt !== null && at >= endsAt + toldWithinMs) return new Set([false]);
  const since = at - withinMs;
  const latest = settings.filter((setting) => setting.at <= since).at(-1);
  const had = [
    latest?.away ?? null,
    ...settings.filter((each) => each.at > since && each.at <= at).map(({ away }) => away),
  ];
  const replies = had.map((away) => away !== null && holds(away, at));
  const [known, perhaps] = [
    events.filter((each) => each.at <= since),
    events.filter((each) => each.at <= at),
  ];
  const allowed = new Set(replies.map((isAway) => isAway || known.some((event) => holds(event, at))));
  if (perhaps.some((event) => holds(event, at))) allowed.add(true);
  if (since < startedAt || (endsAt !== null && at >= endsAt)) allowed.add(false);
  return allowed;
};

const when = (at: number): string => new Date(at).toISOString().slice(11, 16);

/** What is wrong with what readers of the topic saw, in words. */
export const topicFaults = (person: Person, looks: readonly Look[], startedAt: number): readonly string[] =>
  looks
    .filter(({ at, isOut }) => !allowedAt(person, at, seenWithinMs, startedAt).has(isOut))
    .map(({ at, isOut }) =>
      isOut
        ? `${person.name} is shown at ${when(at)}, and must not be`
        : `${person.name} is not shown at ${when(at)}, and must be`,
    );

/** Looks at which there was no doubt that the person is away. */
export const certainlyAway = (person: Person, looks: readonly Look[], startedAt: number): number =>
  looks.filter(({ at }) => !allowedAt(person, at, seenWithinMs, startedAt).has(false)).length;

/** What Webex has to show, of a person who is away or not. */
const webexOf = ({ ownStatus, mayBeTold }: Person, isAway: boolean): string =>
  isAway && mayBeTold && ownStatus !== "ooo" ? "ooo" : ownStatus;

/** What is wrong with what Webex showed, in words. */
export const webexFaults = (person: Person, looks: readonly Look[], startedAt: number): readonly string[] =>
  looks.flatMap(({ at, webex }) => {
    if (webex === null) return [];
    // A window may have begun or ended a moment ago.
    const allowed = [at, at - toldWithinMs].flatMap((moment) => [
      ...allowedAt(person, moment, seenWithinMs, startedAt),
    ]);
    const expected = new Set(allowed.map((isAway) => webexOf(person, isAway)));
    return expected.has(webex)
      ? []
      : [`Webex shows ${webex} of ${person.name} at ${when(at)} instead of ${[...expected].join(" or ")}`];
  });
