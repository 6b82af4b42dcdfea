import { endLockScript, type RedisClient } from "@hybrid/redis";
import { ListsNotReady } from "../../api/meeting-view.ts";
import { keysOf, membersKey, movedChannel } from "./keys.ts";
import * as scripts from "./scripts.ts";

/** Redis is away, or refuses a command. */
export class RedisAway extends ListsNotReady {
  override readonly name = "ListsNotReady";
}

/** How long the lists of partitions, and who writes them, count in Redis; milliseconds. */
export interface StoreTimes {
  /** What a writer that says nothing more keeps its partitions for. */
  readonly leaseMs: number;
  /** Lists that nobody has compared with the log for longer are not given out. */
  readonly behindMsMax: number;
  /** What stood still for longer is rebuilt: the log forgets its tombstones after a day. */
  readonly oldMsMax: number;
  /** Keys that nobody writes any more, such as those of an older release, go by themselves. */
  readonly unusedMsMax: number;
}

/** The times that fleets use. */
export const usualTimes: StoreTimes = {
  leaseMs: 10_000,
  behindMsMax: 60_000,
  oldMsMax: 12 * 3_600_000,
  unusedMsMax: 7 * 24 * 3_600_000,
};

/** A topic as a partition's place in it is named. */
export type Source = "meetings" | "users";

/** Where reading goes on in each topic; null: it was never read. */
export type Places = Readonly<Record<Source, number | null>>;

/** A partition that a process may write now. */
export interface Taken {
  /** Why it begins from nothing; null: it does not. */
  readonly rebuilt: string | null;
  readonly build: string;
  readonly places: Places;
  readonly isReady: boolean;
}

/** What a process last knew of a partition: a Redis that has less has lost something. */
export interface Known {
  readonly build: string;
  readonly place: number;
}

/** What becomes of a write: `done`, or why it was refused. */
export type Written = "done" | "fenced" | "incomplete" | "moved";

/** One change as it is written; without a row the key has none any more. */
export interface RowWrite {
  readonly key: string;
  /** Of the index; empty for mailboxes. */
  readonly entry: string;
  readonly row: string;
}

/** A page of one topic. */
export interface PageWrite {
  readonly source: Source;
  readonly place: number | null;
  readonly nextPlace: number;
  /** Everything in the log is here with this page. */
  readonly isCurrent: boolean;
  readonly rows: readonly RowWrite[];
}

/** What changed behind a place. */
export interface ChangedKeys {
  /** What came in between is not known. */
  readonly isReset: boolean;
  readonly build: string;
  readonly place: string;
  readonly keys: readonly string[];
}

/** Keys of changes that a partition keeps. */
const changesKept = 20_000;

const changesRead = 1_000;

const reasons: Readonly<Record<string, string>> = {
  empty: "they are not in Redis, and are rebuilt as soon as a process writes them",
  building: "they are being read from the log",
  incomplete: "Redis has lost a part of them; they are rebuilt",
  behind: "no process has compared them with the log lately",
};

type Answer = readonly [string, ...string[]];

const wholeOf = ([status, ...rest]: Answer): readonly string[] => {
  if (status === "whole") return rest;
  throw new ListsNotReady(reasons[status] ?? status);
};

const placeOf = (text: string): number | null => (text === "" ? null : Number(text));

/** The lists of all partitions in Redis; a method is one step there. All reject as the client does. */
export class Store {
  readonly #client: RedisClient;
  readonly #partitions: number;
  readonly #times: StoreTimes;
  readonly #keys: readonly (readonly string[])[];
  readonly #scripts;

  constructor(client: RedisClient, partitions: number, times: StoreTimes) {
    this.#client = client;
    this.#partitions = partitions;
    this.#times = times;
    this.#keys = Array.from({ length: partitions }, (_, partition) => keysOf(partition, partitions));
    const script = <Reply>(lua: string) => this.#asking(client.script<Reply>(lua));
    this.#scripts = {
      beat: script<readonly string[]>(scripts.beatScript),
      leave: script<number>(scripts.leaveScript),
      take: script<readonly [number, ...string[]]>(scripts.takeScript),
      keep: script<Written>(scripts.keepScript),
      end: script<number>(endLockScript),
      reset: script<Written>(scripts.resetScript),
      settle: script<Written>(scripts.settleScript),
      apply: script<Written>(scripts.applyScript),
      look: script<Answer>(scripts.lookScript),
      page: script<Answer>(scripts.pageScript),
      one: script<Answer>(scripts.oneScript),
      changes: script<Answer>(scripts.changesScript),
    };
  }

  /** Says that a process is there, and answers with all that are. */
  beat(process: string): Promise<readonly string[]> {
    return this.#scripts.beat(1, membersKey(this.#partitions), process, this.#times.leaseMs);
  }

  async leave(process: string): Promise<void> {
    await this.#scripts.leave(1, membersKey(this.#partitions), process);
  }

  /** Makes a process the writer of a partition; null: another one is. `build`: names one that begins. */
  async take(
    partition: number,
    given: { readonly process: string; readonly build: string; readonly known: Known | null },
  ): Promise<Taken | null> {
    const { process, build, known } = given;
    const { leaseMs, oldMsMax } = this.#times;
    const last = [known?.build ?? "", known?.place ?? 0];
    const [isTaken, why = "", current = "", meetings = "", users = "", ready] = await this.#scripts.take(
      ...this.#of(partition),
      process,
      leaseMs,
      build,
      oldMsMax,
      ...last,
    );
    if (isTaken === 0) return null;
    const places = { meetings: placeOf(meetings), users: placeOf(users) };
    return { rebuilt: why === "" ? null : why, build: current, places, isReady: ready === "1" };
  }

  /** More time for the writer. `places`: null while a write is under way. */
  keep(
    partition: number,
    given: {
      readonly process: string;
      readonly places: Places | null;
      readonly isCurrent: boolean;
      readonly build: string;
      readonly isSettled: boolean;
    },
  ): Promise<Written> {
    const { process, places, isCurrent, build, isSettled } = given;
    const { leaseMs, unusedMsMax } = this.#times;
    const at = places === null ? ["*", "*"] : [places.meetings ?? "", places.users ?? ""];
    return this.#scripts.keep(
      ...this.#of(partition),
      process,
      leaseMs,
      unusedMsMax,
      ...at,
      isCurrent ? 1 : 0,
      build,
      isSettled ? 1 : 0,
    );
  }

  /** Gives a partition back, for another process to take at once. */
  async end(partition: number, process: string): Promise<void> {
    await this.#scripts.end(1, this.#keys[partition]?.[5] ?? "", process);
  }

  reset(partition: number, process: string, build: string): Promise<Written> {
    return this.#scripts.reset(...this.#of(partition), process, build);
  }

  settle(partition: number, process: string): Promise<Written> {
    return this.#scripts.settle(...this.#of(partition), process);
  }

  apply(partition: number, process: string, page: PageWrite): Promise<Written> {
    const { source, place, nextPlace, isCurrent, rows } = page;
    return this.#scripts.apply(
      ...this.#of(partition),
      process,
      source,
      place ?? "",
      nextPlace,
      isCurrent ? 1 : 0,
      changesKept,
      movedChannel(this.#partitions),
      partition,
      ...rows.flatMap(({ key, entry, row }) => [key, entry, row]),
    );
  }

  /** Why lists of a partition cannot be read; null when they can. */
  async look(partition: number): Promise<string | null> {
    const [status] = await this.#scripts.look(...this.#of(partition), this.#times.behindMsMax);
    return status === "whole" ? null : (reasons[status] ?? status);
  }

  /** Rows of one owner between two bounds of the index, that end at a moment or later. */
  async page(
    partition: number,
    given: { readonly from: string; readonly to: string; readonly endsFrom: string; readonly limit: number },
  ): Promise<readonly string[]> {
    const { from, to, endsFrom, limit } = given;
    const { behindMsMax } = this.#times;
    return wholeOf(await this.#scripts.page(...this.#of(partition), behindMsMax, from, to, endsFrom, limit));
  }

  /** The row of one record key; null: there is none. */
  async one(partition: number, table: "rows" | "mailboxes", key: string): Promise<string | null> {
    const at = table === "rows" ? 2 : 4;
    const { behindMsMax } = this.#times;
    return wholeOf(await this.#scripts.one(...this.#of(partition), behindMsMax, at, key))[0] ?? null;
  }

  async changes(partition: number, behind: Pick<ChangedKeys, "build" | "place">): Promise<ChangedKeys> {
    const { behindMsMax } = this.#times;
    const { build: last, place: from } = behind;
    const answer = await this.#scripts.changes(...this.#of(partition), behindMsMax, last, from, changesRead);
    const isReset = answer[0] === "reset";
    const [build = "", place = "0", ...keys] = isReset ? answer.slice(1) : wholeOf(answer);
    return { isReset, build, place, keys };
  }

  /** Calls `heard` with a partition that has changed. What is said while Redis is away is lost. */
  onMoved(heard: (partition: number) => void): void {
    this.#client.subscribe(movedChannel(this.#partitions), (text) => heard(Number(text)));
  }

  /** An error of the client holds the command, and so what is in lists: only its reason is taken along. */
  #asking<Reply>(ask: (...args: readonly (string | number)[]) => Promise<Reply>): typeof ask {
    return async (...args) => {
      try {
        return await ask(...args);
      } catch (error) {
        const { address } = this.#client;
        const { reason, advice } = this.#client.troubleOf(error);
        throw new RedisAway(
          `Redis at ${address} (REDIS_URL), which keeps them, does not answer: ${reason}; ${advice}`,
        );
      }
    };
  }

  #of(partition: number): readonly [number, ...string[]] {
    const keys = this.#keys[partition];
    if (!keys) throw new RangeError(`there is no partition ${partition} of ${this.#partitions}`);
    return [keys.length, ...keys];
  }
}
