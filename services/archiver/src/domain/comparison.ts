import type { ArchiveDay, ArchivedItem, ArchiveFailure, ArchiveImport } from "@hybrid/contracts";
import type { Participant } from "./members.ts";
import type { Item } from "./terms.ts";
import { dayOf } from "./utc-day.ts";

/** The status log of a connector, with what its counts are made of. */
export interface ComparedLog {
  readonly days: readonly ArchiveDay[];
  readonly imports: readonly ArchiveImport[];
  readonly failures: readonly ArchiveFailure[];
}

/** A copy that lies in the folder of a mailbox. */
export interface FoundCopy {
  readonly itemId: string;
  /** The connector that brought it; null for one that does not say. */
  readonly connector: string | null;
  readonly sentAt: number | null;
}

/** Somebody who was there, the items that are for them, and what lies in their mailbox. */
export interface ComparedPerson extends Participant {
  readonly items: readonly Item[];
  /** Null: there is no usable mailbox. */
  readonly found: readonly FoundCopy[] | null;
}

/** Everything that is compared. */
export interface Compared {
  readonly connector: string;
  readonly from: number;
  readonly to: number;
  /** Ids of all items of the source in the window, within the scope or not. */
  readonly sourceIds: ReadonlySet<string>;
  /** Those within the scope. */
  readonly items: readonly Item[];
  readonly people: readonly ComparedPerson[];
  readonly log: ComparedLog;
}

/** An item that one side has and another has not. */
export interface ItemFault {
  readonly itemId: string;
  readonly at: number;
  readonly messageId: string | null;
  readonly kind: Item["kind"] | null;
}

/** A copy that is not as it should be. */
export interface CopyFault extends ItemFault {
  readonly email: string;
  /** Whether the log says that it failed. */
  readonly isLogged: boolean;
}

/** What a comparison of source, log and mailboxes found. */
export interface Verified {
  /** Items that the source has in the window, within the scope. */
  readonly items: number;
  /** Copies that there should be, of people who have a mailbox. */
  readonly wanted: number;
  /** The source has it, and the mailbox has it not. */
  readonly missing: readonly CopyFault[];
  /** Copies that are there more than once. */
  readonly doubled: readonly CopyFault[];
  /** The source has it, and the log does not say that all of its copies have an outcome. */
  readonly missingInLog: readonly ItemFault[];
  /** The log or a mailbox has it, and the source has it not. */
  readonly missingInSource: readonly (ItemFault & {
    readonly knownBy: "log" | "mailbox";
    readonly email: string | null;
  })[];
  /** Days of the status log whose counts are not those of their items, or do not add up. */
  readonly wrongDays: readonly string[];
  /** People without mailbox, by address. */
  readonly withoutMailbox: readonly string[];
}

const faultOf = ({ eventId, messageId, kind, at }: Item): ItemFault => ({
  itemId: eventId,
  messageId,
  kind,
  at,
});

const strange = (itemId: string, at: number): ItemFault => ({ itemId, at, messageId: null, kind: null });

/** The last that the log says of each item. */
const loggedItems = ({ imports }: ComparedLog): ReadonlyMap<string, ArchivedItem> => {
  const items = new Map<string, ArchivedItem>();
  for (const item of imports.flatMap((each) => each.items)) {
    const known = items.get(item.itemId);
    // A re-run of an older scope may have had fewer copies.
    if (known === undefined || item.copies >= known.copies) items.set(item.itemId, item);
  }
  return items;
};

const inLog = (compared: Compared, logged: ReadonlyMap<string, ArchivedItem>): readonly ItemFault[] => {
  const copies = new Map<string, number>();
  for (const { items } of compared.people)
    for (const { eventId } of items) copies.set(eventId, (copies.get(eventId) ?? 0) + 1);
  return compared.items
    .filter(({ eventId }) => {
      const known = logged.get(eventId);
      return known === undefined || known.copies < (copies.get(eventId) ?? 0);
    })
    .map(faultOf);
};

const inSource = (
  { from, to, connector, sourceIds, people }: Compared,
  logged: ReadonlyMap<string, ArchivedItem>,
): Verified["missingInSource"] => {
  const isIn = (at: number): boolean => at >= from && at <= to;
  const byLog = [...logged.values()]
    .filter(({ itemId, saidAt }) => isIn(saidAt) && !sourceIds.has(itemId))
    .map(({ itemId, saidAt }) => ({ ...strange(itemId, saidAt), knownBy: "log" as const, email: null }));
  const byMailbox = people.flatMap(({ email, found }) =>
    (found ?? []).flatMap(({ itemId, sentAt, connector: by }) =>
      by === connector && sentAt !== null && isIn(sentAt) && !sourceIds.has(itemId)
        ? [{ ...strange(itemId, sentAt), knownBy: "mailbox" as const, email }]
        : [],
    ),
  );
  return [...byLog, ...byMailbox];
};

const counts = ["source", "available", "success", "partial", "skipped", "failed"] as const;

const dayFaults = ({ days, imports }: ComparedLog): readonly string[] => {
  const first = imports.reduce((least, { at }) => Math.min(least, at), Number.POSITIVE_INFINITY);
  const isWrong = (day: ArchiveDay): boolean => {
    if (day.available !== day.success + day.partial + day.skipped + day.failed) return true;
    // Days before the first import that is kept have nothing to compare with.
    if (!Number.isFinite(first) || day.day < dayOf(first)) return false;
    const ofDay = imports.filter(({ at }) => dayOf(at) === day.day);
    return counts.some((name) => day[name] !== ofDay.reduce((sum, each) => sum + each[name], 0));
  };
  const oldest = days[0]?.day ?? "";
  const absent = imports
    .filter(({ available, source }) => available + source > 0)
    .map(({ at }) => dayOf(at))
    .filter((day) => day >= oldest && !days.some((each) => each.day === day));
  return [...new Set([...days.filter(isWrong).map(({ day }) => day), ...absent])].sort();
};

/** Names what is missing, and on which side. Pure. */
export const compare = (compared: Compared): Verified => {
  const { log, people, items } = compared;
  const logged = loggedItems(log);
  const failed = new Set(log.failures.map(({ itemId, sourceUserId }) => `${itemId} ${sourceUserId}`));
  const missing: CopyFault[] = [];
  const doubled: CopyFault[] = [];
  let wanted = 0;
  for (const { email, personId, items: own, found } of people) {
    if (found === null) continue;
    const there = new Map<string, number>();
    for (const { itemId } of found) there.set(itemId, (there.get(itemId) ?? 0) + 1);
    wanted += own.length;
    for (const item of own) {
      const count = there.get(item.eventId) ?? 0;
      const isLogged = failed.has(`${item.eventId} ${personId}`);
      const fault = { ...faultOf(item), email, isLogged };
      if (count === 0) missing.push(fault);
      if (count > 1) doubled.push(fault);
    }
  }
  return {
    items: items.length,
    wanted,
    missing,
    doubled,
    missingInLog: inLog(compared, logged),
    missingInSource: inSource(compared, logged),
    wrongDays: dayFaults(log),
    withoutMailbox: people.flatMap(({ email, found }) => (found === null ? [email] : [])),
  };
};

/** Whether anything is missing, doubled or wrong. */
export const hasFaults = ({
  missing,
  doubled,
  missingInLog,
  missingInSource,
  wrongDays,
}: Verified): boolean =>
  [missing, doubled, missingInLog, missingInSource, wrongDays].some((faults) => faults.length > 0);
