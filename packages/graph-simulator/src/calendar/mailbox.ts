import type { Dice } from "../dice.ts";
import { defaultSettings, type StoredSettings } from "./mailbox-settings.ts";
import type { MailboxSpec, MailboxState } from "./mailbox-spec.ts";
import { occurrenceOn, occurrencesIn } from "./recurrence.ts";
import type { CalendarItem, EventShape, StoredEvent } from "./stored-event.ts";

/** One entry of the mailbox's change log, which delta rounds read. */
export interface Change {
  readonly id: string;
  readonly immutableId: string;
  /** Of a series: when its occurrences lay before the change. */
  readonly before: EventShape | null;
}

/** Both forms of an item's id. */
export interface ItemIds {
  readonly id: string;
  readonly immutableId: string;
}

const occurrenceShape = /^(.+)O(\d{4})(\d\d)(\d\d)=$/;

/** Ids begin with AA, for the version of the entry id within, and are base64url. */
const idShape = /^aa[a-z0-9_-]{10,}={0,2}$/i;

/** Whether a text can be the id of an item at all. */
export const isItemId = (id: string): boolean => idShape.test(id);

/** The id of the occurrence on a local date, from the id of its series. */
export const occurrenceId = (masterId: string, date: string): string =>
  `${masterId.slice(0, -1)}O${date.replaceAll("-", "")}=`;

/** One user's mailbox: the calendar, its change log and the settings. */
export class Mailbox {
  /** Replaced as a whole when an administrator changes the user. */
  spec: MailboxSpec;
  state: MailboxState;
  settings: StoredSettings;
  /** Raised to make all earlier delta tokens unknown. */
  syncGeneration = 0;
  readonly changes: Change[] = [];
  readonly #events = new Map<string, StoredEvent>();
  readonly #byAnyId = new Map<string, StoredEvent>();
  readonly #byICalUId = new Map<string, string>();
  readonly #byTransaction = new Map<string, string>();
  readonly #exceptions = new Map<string, Map<string, StoredEvent>>();
  readonly #dice: Dice;
  #created = 0;
  #writes = 0;

  constructor(spec: MailboxSpec, dice: Dice) {
    this.spec = spec;
    this.state = spec.state ?? "normal";
    this.settings = defaultSettings(spec);
    this.#dice = dice;
  }

  /** Ids for a new item; base64 without padding of its own, as long as they need to be to look opaque. */
  newIds(): ItemIds {
    const number = ++this.#created;
    const part = (name: string): string =>
      this.#dice.bytes(name, this.spec.userId, number).toString("base64url").replaceAll("=", "");
    return { id: `AAMkA${part("id")}${part("folder")}AAA=`, immutableId: `AAkALg${part("immutable")}AAA=` };
  }

  /** A change key that this mailbox never gave before. */
  newChangeKey(): string {
    const key = Buffer.alloc(24);
    this.#dice.bytes("change key", this.spec.userId).copy(key, 0, 0, 16);
    key.writeBigUInt64BE(BigInt(++this.#writes), 16);
    return key.toString("base64");
  }

  /** The item with this id in either form; occurrences are found through their series. */
  find(id: string): CalendarItem | null {
    const event = this.#byAnyId.get(id);
    if (event) return { kind: "event", event };
    const [, masterCore, year, month, day] = occurrenceShape.exec(id) ?? [];
    const master = masterCore === undefined ? undefined : this.#byAnyId.get(`${masterCore}=`);
    if (master?.type !== "seriesMaster") return null;
    const slot = occurrenceOn(master, `${year}-${month}-${day}`);
    return slot && { kind: "occurrence", occurrence: { master, ...slot } };
  }

  findByICalUId(iCalUId: string): StoredEvent | null {
    const id = this.#byICalUId.get(iCalUId);
    return (id === undefined ? undefined : this.#events.get(id)) ?? null;
  }

  findByTransaction(key: string): StoredEvent | null {
    const id = this.#byTransaction.get(key);
    return (id === undefined ? undefined : this.#events.get(id)) ?? null;
  }

  rememberTransaction(key: string, eventId: string): void {
    this.#byTransaction.set(key, eventId);
  }

  /** Single instances and series masters, oldest first. */
  list(): StoredEvent[] {
    return [...this.#events.values()];
  }

  /** The changed occurrences of a series, by the local date they were planned for. */
  exceptionsOf(masterId: string): ReadonlyMap<string, StoredEvent> {
    return this.#exceptions.get(masterId) ?? new Map<string, StoredEvent>();
  }

  /** Stores an event or exception in place of its former version, and logs the change. */
  put(event: StoredEvent): void {
    const former = this.#byAnyId.get(event.id);
    this.#index(event);
    this.#log(event, former && former.type === "seriesMaster" ? former : null);
  }

  /** Removes an event with its exceptions, and logs it. */
  remove(event: StoredEvent): void {
    this.dropExceptions(event.id);
    this.#unindex(event);
    this.#log(event, event.type === "seriesMaster" ? event : null);
  }

  /** Forgets the exceptions of a series whose pattern changed. */
  dropExceptions(masterId: string): void {
    for (const exception of this.exceptionsOf(masterId).values()) this.#unindex(exception);
    this.#exceptions.delete(masterId);
  }

  /** What lies in [fromMs, toMs): single instances, exceptions and occurrences, by start and id. */
  view(fromMs: number, toMs: number): CalendarItem[] {
    const items: { readonly startAt: number; readonly id: string; readonly item: CalendarItem }[] = [];
    for (const event of this.#events.values())
      for (const item of event.type === "seriesMaster"
        ? this.instancesOf(event, fromMs, toMs)
        : overlaps(event, fromMs, toMs)
          ? [{ kind: "event", event } as const]
          : [])
        items.push({ startAt: startOf(item), id: idOf(item), item });
    items.sort((a, b) => a.startAt - b.startAt || (a.id < b.id ? -1 : 1));
    return items.map(({ item }) => item);
  }

  /** The occurrences and exceptions of a series that lie in [fromMs, toMs). */
  instancesOf(master: StoredEvent, fromMs: number, toMs: number): CalendarItem[] {
    const exceptions = this.exceptionsOf(master.id);
    const unchanged = occurrencesIn(master, fromMs, toMs)
      .filter((slot) => !exceptions.has(slot.date))
      .map((slot) => ({ kind: "occurrence", occurrence: { master, ...slot } }) as const);
    const changed = [...exceptions.values()]
      .filter((event) => overlaps(event, fromMs, toMs))
      .map((event) => ({ kind: "event", event }) as const);
    return [...unchanged, ...changed];
  }

  #index(event: StoredEvent): void {
    this.#byAnyId.set(event.id, event);
    this.#byAnyId.set(event.immutableId, event);
    if (event.exceptionOf) {
      const ofSeries = this.#exceptions.get(event.exceptionOf.masterId) ?? new Map<string, StoredEvent>();
      this.#exceptions.set(event.exceptionOf.masterId, ofSeries.set(event.exceptionOf.date, event));
      return;
    }
    this.#events.set(event.id, event);
    this.#byICalUId.set(event.iCalUId, event.id);
  }

  #unindex(event: StoredEvent): void {
    this.#byAnyId.delete(event.id);
    this.#byAnyId.delete(event.immutableId);
    if (event.exceptionOf) this.#exceptions.get(event.exceptionOf.masterId)?.delete(event.exceptionOf.date);
    else {
      this.#events.delete(event.id);
      this.#byICalUId.delete(event.iCalUId);
    }
  }

  #log(event: StoredEvent, before: EventShape | null): void {
    this.changes.push({ id: event.id, immutableId: event.immutableId, before });
  }
}

/** Whether an event reaches into [fromMs, toMs). */
export const overlaps = (event: EventShape, fromMs: number, toMs: number): boolean =>
  event.startAt < toMs && (event.endAt > fromMs || event.startAt >= fromMs);

/** When an item starts. */
export const startOf = (item: CalendarItem): number =>
  item.kind === "event" ? item.event.startAt : item.occurrence.startAt;

/** The ids of an item. */
export const idsOf = (item: CalendarItem): ItemIds =>
  item.kind === "event"
    ? item.event
    : {
        id: occurrenceId(item.occurrence.master.id, item.occurrence.date),
        immutableId: occurrenceId(item.occurrence.master.immutableId, item.occurrence.date),
      };

/** The regular id of an item. */
export const idOf = (item: CalendarItem): string => idsOf(item).id;
