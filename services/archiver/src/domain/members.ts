/** A stretch of time in which somebody was in a space. */
export interface Stay {
  readonly personId: string;
  readonly email: string;
  /** Milliseconds since 1970; null: since before anything that is known. */
  readonly from: number | null;
  /** When they left; null: still there. */
  readonly to: number | null;
}

/** Somebody came, or went. */
export interface MemberChange {
  readonly kind: "joined" | "left";
  readonly personId: string;
  readonly email: string;
  readonly at: number;
  /** When they had come, if Webex tells it of somebody who went. */
  readonly since: number | null;
}

/** A person at the time of a message. */
export interface Participant {
  readonly personId: string;
  readonly email: string;
}

const holds = ({ from, to }: Stay, at: number): boolean =>
  (from === null || from <= at) && (to === null || at < to);

const isOf = ({ personId }: { readonly personId: string }, stay: Stay): boolean => stay.personId === personId;

/** When the first of somebody's known leavings after a time was; null: none is known. */
const nextLeaving = (stays: readonly Stay[], change: MemberChange): number | null => {
  const ends = stays.flatMap((stay) =>
    isOf(change, stay) && stay.to !== null && stay.to > change.at ? [stay.to] : [],
  );
  return ends.length === 0 ? null : Math.min(...ends);
};

const joined = (stays: readonly Stay[], change: MemberChange): readonly Stay[] => {
  const { personId, email, at } = change;
  if (stays.some((stay) => isOf(change, stay) && stay.from === at)) return stays;
  const vague = stays.find((stay) => isOf(change, stay) && stay.from === null && holds(stay, at));
  // Now it is known when the stay began.
  if (vague) return stays.map((stay) => (stay === vague ? { ...stay, from: at } : stay));
  return [...stays, { personId, email, from: at, to: nextLeaving(stays, change) }];
};

const left = (stays: readonly Stay[], change: MemberChange): readonly Stay[] => {
  const { personId, email, at, since } = change;
  if (stays.some((stay) => isOf(change, stay) && stay.to === at)) return stays;
  const ended = stays.map((stay) => (isOf(change, stay) && holds(stay, at) ? { ...stay, to: at } : stay));
  const isWhole = ended.some(
    (stay) => isOf(change, stay) && stay.to === at && (since === null || stay.from === since),
  );
  return isWhole ? ended : [...ended, { personId, email, from: since, to: at }];
};

/**
 * The stays after a change. Stays of one person may overlap while changes between them are not told yet; when
 * all are, the order in which they were told does not matter, and a change that is told twice counts once.
 */
export const afterChange = (stays: readonly Stay[], change: MemberChange): readonly Stay[] =>
  change.kind === "joined" ? joined(stays, change) : left(stays, change);

/** The stays after somebody said something, where nothing else tells who is there. */
export const afterWord = (
  stays: readonly Stay[],
  { personId, email, at }: { readonly personId: string; readonly email: string | null; readonly at: number },
): readonly Stay[] =>
  email === null || stays.some((stay) => stay.personId === personId && holds(stay, at))
    ? stays
    : joined(stays, { kind: "joined", personId, email, at, since: null });

/** The stays after somebody has looked who is in the space now, and since when. */
export const afterLook = (
  stays: readonly Stay[],
  present: readonly { readonly personId: string; readonly email: string; readonly since: number | null }[],
): readonly Stay[] =>
  present.reduce<readonly Stay[]>((known, person) => {
    const { personId, email, since } = person;
    const isKnown = known.some(
      (stay) => isOf(person, stay) && stay.to === null && (since === null || stay.from === since),
    );
    return isKnown ? known : [...known, { personId, email, from: since, to: null }];
  }, stays);

/**
 * Who was in the space at a time, each once, by id; the author of what happened then was there in any case,
 * where an address of theirs is known.
 */
export const participantsAt = (
  stays: readonly Stay[],
  at: number,
  author: { readonly personId: string; readonly email: string | null },
): readonly Participant[] => {
  const present = new Map<string, Participant>();
  for (const stay of stays)
    if (holds(stay, at)) present.set(stay.personId, { personId: stay.personId, email: stay.email });
  const email = author.email ?? stays.find(({ personId }) => personId === author.personId)?.email;
  if (email !== undefined && !present.has(author.personId))
    present.set(author.personId, { personId: author.personId, email });
  return [...present.values()].sort((a, b) => (a.personId < b.personId ? -1 : 1));
};

/** Whom an item is for: those who were there, or those alone to whom it was sent, and its author. */
export const participantsOf = (
  stays: readonly Stay[],
  item: {
    readonly personId: string;
    readonly email: string | null;
    readonly at: number;
    readonly only?: readonly Participant[];
  },
): readonly Participant[] => {
  if (item.only === undefined) return participantsAt(stays, item.at, item);
  const sent = item.only.map((person) => ({ ...person, from: null, to: null }));
  return participantsAt(sent, item.at, item);
};

/** Stays that end before a time are over for everything that comes; the newest are kept. */
export const boundStays = (stays: readonly Stay[], membersMax: number): readonly Stay[] => {
  if (stays.length <= membersMax) return stays;
  const open = stays.filter(({ to }) => to === null);
  const over = stays.filter(({ to }) => to !== null).sort((a, b) => (b.to ?? 0) - (a.to ?? 0));
  return [...open, ...over].slice(0, membersMax);
};
