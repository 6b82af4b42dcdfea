import { z } from "zod";
import type { FaultPlan } from "../http/faults.ts";
import { badRequest, GraphFault } from "../http/graph-fault.ts";
import { type ItemIds, idOf, idsOf, type Mailbox, occurrenceId, overlaps, startOf } from "./mailbox.ts";
import { occurrencesIn } from "./recurrence.ts";
import type { CalendarItem, EventShape, StoredEvent } from "./stored-event.ts";

/** What an opaque delta token says: where the round stands, and how to go on. */
const syncStateSchema = z.strictObject({
  /** `page`: within a round; `round`: the next round starts here. */
  kind: z.enum(["page", "round"]),
  userId: z.string(),
  generation: z.int(),
  fromMs: z.int(),
  toMs: z.int(),
  /** Changes before this index of the change log were reported in earlier rounds. */
  sinceChange: z.int(),
  /** Changes from this index on belong to the next round. */
  untilChange: z.int(),
  /** First round: list everything, not only changes. */
  first: z.boolean(),
  /** The place of the last line that was given. */
  after: z.string(),
});

/** Where a delta round stands. */
export type SyncState = Readonly<z.infer<typeof syncStateSchema>>;

/** One line of a delta response. */
export type DeltaLine =
  | { readonly kind: "full"; readonly item: CalendarItem }
  | { readonly kind: "sparse"; readonly item: CalendarItem }
  | { readonly kind: "removed"; readonly ids: ItemIds };

/** One page, and the token of the next page or of the next round. */
export interface DeltaPage {
  readonly lines: readonly DeltaLine[];
  readonly next: { readonly kind: "nextLink" | "deltaLink"; readonly token: string };
}

const encode = (state: SyncState): string => Buffer.from(JSON.stringify(state)).toString("base64url");

const syncStateNotFound = (): GraphFault =>
  new GraphFault(410, "SyncStateNotFound", "The sync state generation is not found.");

const parsed = (token: string): unknown => {
  try {
    return JSON.parse(Buffer.from(token, "base64url").toString());
  } catch {
    // Not a token of ours: treated like one that was forgotten.
    return null;
  }
};

const decode = (token: string, mailbox: Mailbox): SyncState => {
  const read = syncStateSchema.safeParse(parsed(token));
  const state = read.success ? read.data : null;
  if (state?.userId !== mailbox.spec.userId || state.generation !== mailbox.syncGeneration)
    throw syncStateNotFound();
  return state;
};

/** The place of a line in its round; a page ends after one and the next page starts behind it. */
const placeOf = (line: DeltaLine): string => {
  if (line.kind === "removed") return `2 ${line.ids.id}`;
  // Masters come first, so that a reader knows the series before its sparse occurrences.
  const isMaster = line.item.kind === "event" && line.item.event.type === "seriesMaster";
  return isMaster
    ? `0 ${idOf(line.item)}`
    : `1 ${String(startOf(line.item)).padStart(16, "0")} ${idOf(line.item)}`;
};

const lineOf = (item: CalendarItem): DeltaLine => ({ kind: item.kind === "event" ? "full" : "sparse", item });

const seriesLines = (mailbox: Mailbox, master: StoredEvent, window: Window): DeltaLine[] => {
  const instances = mailbox.instancesOf(master, window.fromMs, window.toMs).map(lineOf);
  return instances.length === 0
    ? []
    : [{ kind: "full", item: { kind: "event", event: master } }, ...instances];
};

interface Window {
  readonly fromMs: number;
  readonly toMs: number;
}

const everything = (mailbox: Mailbox, window: Window): DeltaLine[] =>
  mailbox
    .list()
    .flatMap((event) =>
      event.type === "seriesMaster"
        ? seriesLines(mailbox, event, window)
        : overlaps(event, window.fromMs, window.toMs)
          ? [lineOf({ kind: "event", event })]
          : [],
    );

/** Occurrences that a series had in the window before it changed; the caller drops those it still has. */
const formerOccurrences = (ids: ItemIds, before: EventShape, window: Window): DeltaLine[] =>
  occurrencesIn(before, window.fromMs, window.toMs).map(({ date }) => ({
    kind: "removed",
    ids: { id: occurrenceId(ids.id, date), immutableId: occurrenceId(ids.immutableId, date) },
  }));

const changed = (mailbox: Mailbox, state: SyncState): DeltaLine[] => {
  const lines = new Map<string, DeltaLine>();
  const present = new Set<string>();
  const add = (line: DeltaLine): void => {
    const id = line.kind === "removed" ? line.ids.id : idOf(line.item);
    if (line.kind !== "removed") present.add(id);
    if (line.kind !== "removed" || !present.has(id)) lines.set(id, line);
  };
  for (const { id, immutableId, before } of mailbox.changes.slice(state.sinceChange, state.untilChange)) {
    const item = mailbox.find(id);
    const ids = { id, immutableId };
    if (item?.kind === "event" && item.event.type === "seriesMaster") {
      const current = seriesLines(mailbox, item.event, state);
      current.forEach(add);
      if (current.length === 0) add({ kind: "removed", ids });
    } else if (item && overlapsItem(item, state)) add(lineOf(item));
    else add({ kind: "removed", ids });
    if (before) formerOccurrences(ids, before, state).forEach(add);
  }
  return [...lines.values()];
};

const overlapsItem = (item: CalendarItem, window: Window): boolean =>
  item.kind === "event"
    ? overlaps(item.event, window.fromMs, window.toMs)
    : item.occurrence.startAt < window.toMs && item.occurrence.endAt > window.fromMs;

/** The first call of a first round over [fromMs, toMs). */
export const startRound = (mailbox: Mailbox, window: Window): SyncState => ({
  kind: "page",
  userId: mailbox.spec.userId,
  generation: mailbox.syncGeneration,
  ...window,
  sinceChange: 0,
  untilChange: mailbox.changes.length,
  first: true,
  after: "",
});

/** Goes on from a token. Throws 410 SyncStateNotFound for a token the mailbox does not know (any more). */
export const resumeRound = (mailbox: Mailbox, token: string, kind: SyncState["kind"]): SyncState => {
  const state = decode(token, mailbox);
  if (state.kind !== kind)
    throw badRequest("The token does not belong to this kind of link.", "SyncStateInvalid");
  return kind === "page" ? state : { ...state, kind: "page", untilChange: mailbox.changes.length };
};

/** One page of a round. */
export const deltaPage = (
  mailbox: Mailbox,
  state: SyncState,
  options: { readonly pageSize: number; readonly faults: FaultPlan },
): DeltaPage => {
  const all = state.first ? everything(mailbox, state) : changed(mailbox, state);
  const placed = all
    .map((line) => ({ line, place: placeOf(line) }))
    .sort((a, b) => (a.place < b.place ? -1 : 1));
  const left = placed.filter(({ place }) => place > state.after);
  const page = left.slice(0, options.pageSize);
  const last = page.at(-1);
  const lines = page.map(({ line }) => line);
  if (last && left.length > page.length)
    return { lines, next: { kind: "nextLink", token: encode({ ...state, after: last.place }) } };
  const nextRound = {
    ...state,
    kind: "round",
    first: false,
    after: "",
    sinceChange: state.untilChange,
  } as const;
  const replayed = options.faults.replaysDelta(`${state.userId} ${state.untilChange}`)
    ? replay(mailbox, state)
    : [];
  return { lines: [...lines, ...replayed], next: { kind: "deltaLink", token: encode(nextRound) } };
};

/** An item of the window that did not change: Graph repeats itself at times. */
const replay = (mailbox: Mailbox, state: SyncState): DeltaLine[] => {
  const event = mailbox.list().find((candidate) => overlaps(candidate, state.fromMs, state.toMs));
  return event?.type === "singleInstance" ? [lineOf({ kind: "event", event })] : [];
};

/** The ids of a line. */
export const idsOfLine = (line: DeltaLine): ItemIds =>
  line.kind === "removed" ? line.ids : idsOf(line.item);
