/*
 * Which side has to serve whom, thought out a second time from the play alone. Nothing here may import a
 * service or a package of ours: a model that shares code with what it judges shares its mistakes.
 */

const minuteMs = 60_000;

/** Where a mailbox is, and who serves its user. */
export type Side = "cloud" | "connector";

/** A person of the play. */
export interface Mover {
  readonly name: string;
  /** In a resource group, with a connector and in none, or without a connector. */
  readonly connector: "pilot" | "floating" | "none";
  /** Where the mailbox was from a moment on, in the order of time. */
  readonly places: readonly { readonly at: number; readonly place: Side }[];
  /** When an administrator ordered a look. */
  readonly looksOrderedAt: readonly number[];
  /** When the user was disabled; null: never. */
  readonly endsAt: number | null;
}

/** A time in which a side served somebody, as the topics say. */
export interface Served {
  readonly side: Side;
  readonly from: number;
  readonly until: number;
}

/** To try everybody, to find out who has no mailbox in the cloud, and to hand those over. */
export const beginningMs = 20 * minuteMs;
/** From the cloud's side: 40 minutes to see it, 60 to try again. */
export const toCloudMs = 100 * minuteMs;
/** With an order. */
export const orderedMs = 10 * minuteMs;

/** A stretch of time in which one side has to serve somebody; null: neither may. */
interface Duty {
  readonly side: Side | null;
  readonly from: number;
  readonly until: number;
}

const dutyOf = (mover: Mover, index: number, { startedAt, endedAt }: Span): readonly Duty[] => {
  const { places, connector, looksOrderedAt, endsAt } = mover;
  const present = places[index];
  if (present === undefined) return [];
  const until = Math.min(places[index + 1]?.at ?? endedAt, endsAt ?? endedAt);
  if (connector === "pilot") return [{ side: "connector", from: startedAt + beginningMs, until: endedAt }];
  const ordered = looksOrderedAt.find((at) => at >= present.at && at < until);
  const isFirst = index === 0;
  // Taken over within a day, of which the play shows only those whom somebody orders to be looked at.
  if (connector === "floating" && ordered === undefined)
    return [
      { side: "connector", from: startedAt + beginningMs, until: Math.min(until, startedAt + 30 * minuteMs) },
    ];
  if (connector === "floating")
    return [{ side: present.place, from: (ordered ?? present.at) + orderedMs, until }];
  if (isFirst) return [{ side: present.place, from: present.at + beginningMs, until }];
  if (ordered !== undefined) return [{ side: present.place, from: ordered + orderedMs, until }];
  // A day without an order, which is longer than the play.
  return present.place === "connector" ? [] : [{ side: "cloud", from: present.at + toCloudMs, until }];
};

/** When the play began and ended. */
export interface Span {
  readonly startedAt: number;
  readonly endedAt: number;
}

/** What each side had to do for somebody. */
export const dutiesOf = (mover: Mover, span: Span): readonly Duty[] => {
  const { endsAt } = mover;
  const end = endsAt === null ? [] : [{ side: null, from: endsAt + 2 * minuteMs, until: span.endedAt }];
  const duties = mover.places.flatMap((_, index) => dutyOf(mover, index, span));
  // A mailbox that comes back before anybody had to notice was never gone.
  return [...duties, ...end].filter(({ from, until }) => from < until);
};

const overlaps = (a: Served, b: Served): boolean => a.from < b.until && b.from < a.until;

const when = (at: number): string => new Date(at).toISOString().slice(11, 16);

/** What is wrong with who served somebody, in words. */
export const faultsOf = (mover: Mover, served: readonly Served[], span: Span): readonly string[] => {
  const { name } = mover;
  const [cloud, connector] = (["cloud", "connector"] as const).map((side) =>
    served.filter((each) => each.side === side),
  );
  const both = (cloud ?? []).filter((one) => (connector ?? []).some((other) => overlaps(one, other)));
  const wrong = dutiesOf(mover, span).flatMap((duty) => {
    const others = served.filter(
      (each) => each.side !== duty.side && overlaps(each, { ...duty, side: each.side }),
    );
    const gaps =
      duty.side === null
        ? 0
        : gapIn(
            served.filter(({ side }) => side === duty.side),
            duty,
          );
    return [
      ...others.map(
        ({ side }) => `${name} is served by the ${side} after ${when(duty.from)}, and must not be`,
      ),
      ...(gaps > 0
        ? [`${name} is served by nobody after ${when(duty.from)}, and not by the ${duty.side}`]
        : []),
    ];
  });
  return [...both.map(({ from }) => `${name} is served by both sides at ${when(from)}`), ...wrong];
};

/** How long a duty was not done, in milliseconds. */
const gapIn = (served: readonly Served[], { from, until }: Duty): number =>
  until -
  from -
  served.reduce((sum, each) => sum + Math.max(0, Math.min(each.until, until) - Math.max(each.from, from)), 0);
