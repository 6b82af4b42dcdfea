/*
 * What the device of a room must show, thought out a second time from the play alone. Nothing here may import
 * a service or a package of ours: a model that shares code with what it judges shares its mistakes.
 */

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
/** The button is there so long before the start. */
const beforeMs = 5 * minuteMs;

/** A meeting as it was from a moment on; null: it was cancelled. */
export interface Version {
  readonly at: number;
  readonly meeting: { readonly startAt: number; readonly endAt: number } | null;
}

/** A meeting of a room, and all that became of it. */
export interface PlannedMeeting {
  readonly title: string;
  /** Whether its invitation says how to join. */
  readonly canBeJoined: boolean;
  /** In the order of time. */
  readonly versions: readonly Version[];
}

/** A time in which a device was not connected. */
export interface Outage {
  readonly from: number;
  readonly until: number;
}

/** What a screen offered at a moment. */
export interface Look {
  readonly at: number;
  readonly offered: readonly string[];
}

/** A room of the play. */
export interface PlannedRoom {
  readonly name: string;
  readonly meetings: readonly PlannedMeeting[];
  readonly outages: readonly Outage[];
  readonly looks: readonly Look[];
}

/** A change is on the screen after this time at most, a restart of the services included. */
export const settledMs = 2 * minuteMs;
/** A device that is back knows everything after this time. */
export const reconnectedMs = 6 * minuteMs;

/** What held at some time between two moments, of what was known then. */
const heldBetween = ({ versions }: PlannedMeeting, from: number, until: number): readonly Version[] =>
  versions.filter(({ at }, index) => {
    const next = versions[index + 1];
    return at <= until && (next === undefined || next.at > from);
  });

const isOn = ({ meeting }: Version, at: number): boolean =>
  meeting !== null && meeting.startAt - beforeMs <= at && at < meeting.endAt;

/** From when to when the news is that a screen may know at a moment. */
const newsAt = ({ outages }: PlannedRoom, at: number): { readonly from: number; readonly until: number } => {
  const outage = outages.find(({ from, until }) => from <= at && at < until + reconnectedMs);
  if (!outage) return { from: at - settledMs, until: at };
  return { from: outage.from - settledMs, until: at < outage.until ? outage.from : at };
};

/** What is wrong with a look at the screen, in words. */
export const faultsOf = (room: PlannedRoom, look: Look): readonly string[] => {
  const { from, until } = newsAt(room, look.at);
  const when = new Date(look.at).toISOString().slice(11, 16);
  const known = new Set(room.meetings.map(({ title }) => title));
  const strange = look.offered
    .filter((title) => !known.has(title))
    .map((title) => `${room.name} offers ${title} at ${when}, which is no meeting of the room`);
  const wrong = room.meetings.flatMap((meeting) => {
    const held = heldBetween(meeting, from, until);
    const before = meeting.versions.every(({ at }) => at > from);
    const may = meeting.canBeJoined && held.some((version) => isOn(version, look.at));
    const must = may && !before && held.every((version) => isOn(version, look.at));
    const isOffered = look.offered.includes(meeting.title);
    if (must && !isOffered) return [`${room.name} does not offer ${meeting.title} at ${when}`];
    return isOffered && !may ? [`${room.name} offers ${meeting.title} at ${when} and must not`] : [];
  });
  return [...strange, ...wrong];
};

/** How many meetings the screen had to offer at the looks, without those on which it may differ. */
export const offersExpected = (room: PlannedRoom): number =>
  room.looks.reduce((sum, { at }) => {
    const { from, until } = newsAt(room, at);
    const certain = room.meetings.filter((meeting) => {
      const held = heldBetween(meeting, from, until);
      return (
        meeting.canBeJoined &&
        meeting.versions.some((version) => version.at <= from) &&
        held.every((version) => isOn(version, at))
      );
    });
    return sum + certain.length;
  }, 0);
