import {
  type Cancel,
  openedOf,
  plus,
  type Scheduler,
  type Sealed,
  UnreadableSchemaError,
} from "@hybrid/kernel";
import { type Log, LogUnavailableError, OffsetOutOfRangeError, UnknownTopicError } from "@hybrid/log";
import {
  type KeyName,
  type KeyRing,
  type Keys,
  KeysMissing,
  maySeal,
  openJson,
  openTexts,
  withKeys,
} from "@hybrid/sealing";
import { type ChangeBatch, ChangeFeed } from "./change-feed.ts";
import type { ViewDefinition } from "./definition.ts";
import { Follower } from "./follower.ts";
import { isDamage } from "./open-file.ts";
import { type Cell, ViewFile } from "./view-file.ts";

/** What a view writes into its process's log: ids and codes, no content. */
export interface ViewLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** What a view is opened with. */
export interface ViewOptions {
  readonly definition: ViewDefinition;
  /** Of the file, which is made where it is missing; one process alone writes it. */
  readonly path: string;
  readonly scheduler: Scheduler;
  readonly logger: ViewLogger;
  /** Told after every page, with its number of records. */
  readonly onApplied?: (records: number) => void;
  /** Told of every record that could not be read. */
  readonly onSkipped?: () => void;
}

/** A view at work. */
export interface View {
  readonly name: string;
  /**
   * Rows of a query in SQLite's own SQL; synchronous. It sees whole pages of records. Write values as `?`,
   * never into the text. Throws as SQLite does.
   */
  all(sql: string, ...values: readonly Cell[]): readonly Readonly<Record<string, Cell>>[];
  /**
   * The value of a column of the type `sealed`; undefined when it was erased. Rejects with
   * KeysUnavailableError when keys cannot be had, and with TypeError where the process has none.
   */
  opened(cell: Cell): Promise<unknown>;
  /** The same for many, in their order; the keys are asked for at once. */
  openedAll(cells: readonly Cell[]): Promise<readonly unknown[]>;
  /**
   * The values of columns that hold JSON of records, with what is sealed in them in its place; fields that
   * were erased say nothing. Rejects as {@link opened}, and with SyntaxError for what is no JSON.
   */
  openedJson(cells: readonly Cell[]): Promise<readonly unknown[]>;
  /** Where {@link changes} goes on for somebody who has read everything now. */
  token(): string;
  /**
   * What changes behind a token, and then as it comes, until the signal is aborted. The first batch is a
   * reset when the token is null, or too old. Nothing comes before the view has been caught up once.
   */
  changes(token: string | null, signal: AbortSignal): AsyncGenerator<ChangeBatch, void, undefined>;
  /** Resolves when all that was on the log, when it was first followed, is in the tables. */
  caughtUp(): Promise<void>;
  /** Why its tables are behind, in words for a person; null when they are not. */
  notReady(): string | null;
  /**
   * Reads from this log from now on. Once only. `partitions`: of topics that have no number of their own;
   * `keys`: of sealed values, where its topics hold some.
   */
  follow(log: Log, partitions: number, keys?: KeyRing | null): void;
  /** Ends the reading, and the changes; queries still answer. */
  stop(): Promise<void>;
  /** Closes the file too. */
  close(): Promise<void>;
}

const firstPauseMs = 200;
const pauseMsMax = 30_000;

const pause = (scheduler: Scheduler, ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve();
    let cancel: Cancel = () => undefined;
    const done = (): void => {
      cancel();
      signal.removeEventListener("abort", done);
      resolve();
    };
    cancel = scheduler.at(plus(scheduler.now(), ms), done);
    signal.addEventListener("abort", done, { once: true });
    return undefined;
  });

/** What may pass by itself; the rest is told as an error, and tried again all the same. */
const isPassing = (error: unknown): boolean =>
  error instanceof LogUnavailableError ||
  error instanceof UnknownTopicError ||
  error instanceof UnreadableSchemaError;

/** Opens all that can be opened. Throws KeysMissing with every name that is missing. */
const openedTexts = (texts: readonly (string | null)[], keys: Keys): readonly unknown[] => {
  const missing: KeyName[] = [];
  const opened = texts.map((text) => {
    if (text === null) return undefined;
    try {
      return openJson(text, keys);
    } catch (error) {
      if (!(error instanceof KeysMissing)) throw error;
      missing.push(...error.names);
      return undefined;
    }
  });
  if (missing.length > 0) throw new KeysMissing(missing);
  return opened;
};

class OpenedView implements View {
  readonly name: string;
  readonly #options: ViewOptions;
  readonly #file: ViewFile;
  readonly #feed: ChangeFeed;
  readonly #ending = new AbortController();
  readonly #caughtUp = Promise.withResolvers<void>();
  #following: Promise<void> | undefined;
  #reason: string | null = "it has not begun to read";
  #keys: KeyRing | null = null;

  constructor(options: ViewOptions) {
    this.name = options.definition.name;
    this.#options = options;
    this.#file = new ViewFile(options.definition, options.path);
    this.#feed = new ChangeFeed(this.#file);
  }

  all(sql: string, ...values: readonly Cell[]): readonly Readonly<Record<string, Cell>>[] {
    return this.#file.all(sql, ...values);
  }

  async opened(cell: Cell): Promise<unknown> {
    return (await this.openedAll([cell]))[0];
  }

  async openedAll(cells: readonly Cell[]): Promise<readonly unknown[]> {
    const found = await this.#opened(
      cells.map((cell) => (typeof cell === "string" && maySeal(cell) ? cell : null)),
    );
    return found.map((sealed) => (sealed === undefined ? undefined : openedOf(sealed as Sealed<unknown>)));
  }

  async openedJson(cells: readonly Cell[]): Promise<readonly unknown[]> {
    const texts = cells.map((cell) => (typeof cell === "string" ? cell : null));
    const found = await this.#opened(texts.map((text) => (text !== null && maySeal(text) ? text : null)));
    return found.map((value, n) => {
      const text = texts[n] ?? null;
      if (value !== undefined) return openTexts(value);
      return text === null ? null : (JSON.parse(text) as unknown);
    });
  }

  async #opened(sealed: readonly (string | null)[]): Promise<readonly unknown[]> {
    if (sealed.every((text) => text === null)) return sealed.map(() => undefined);
    if (!this.#keys) throw new TypeError(`view ${this.name} has no keys of sealed values`);
    const session = this.#keys.session();
    return withKeys(session, () => openedTexts(sealed, session));
  }

  token(): string {
    return this.#feed.token();
  }

  async *changes(token: string | null, signal: AbortSignal): AsyncGenerator<ChangeBatch, void, undefined> {
    const ending = AbortSignal.any([signal, this.#ending.signal]);
    yield* this.#feed.after(token, ending);
  }

  caughtUp(): Promise<void> {
    return this.#caughtUp.promise;
  }

  notReady(): string | null {
    return this.#reason === null ? null : `view ${this.name}: ${this.#reason}`;
  }

  follow(log: Log, partitions: number, keys: KeyRing | null = null): void {
    this.#keys = keys;
    if (this.#following) throw new TypeError(`view ${this.name} follows a log already`);
    this.#reason = "it is being read from the log";
    this.#following = this.#follow(log, partitions);
  }

  async stop(): Promise<void> {
    this.#ending.abort();
    await this.#following;
  }

  async close(): Promise<void> {
    await this.stop();
    this.#file.close();
  }

  async #follow(log: Log, partitions: number): Promise<void> {
    const { signal } = this.#ending;
    let waitMs = firstPauseMs;
    const events = {
      applied: (records: number) => {
        waitMs = firstPauseMs;
        this.#options.onApplied?.(records);
        this.#feed.moved();
      },
      skipped: (place: object, reason: string) => {
        this.#options.onSkipped?.();
        this.#options.logger.warn({ view: this.name, ...place, reason }, "a record is left out of a view");
      },
      caughtUp: () => {
        this.#reason = null;
        this.#caughtUp.resolve();
        this.#feed.moved();
      },
    };
    while (!signal.aborted) {
      try {
        const ports = { log, partitions, file: this.#file };
        await new Follower(this.#options.definition, ports, events).run(signal);
      } catch (error) {
        if (signal.aborted) return;
        this.#failed(error);
        await pause(this.#options.scheduler, waitMs, signal);
        waitMs = Math.min(pauseMsMax, 2 * waitMs);
      }
    }
  }

  #failed(error: unknown): void {
    const { logger } = this.#options;
    const fields = { view: this.name, err: error };
    this.#reason = error instanceof Error ? error.message : String(error);
    if (error instanceof OffsetOutOfRangeError || isDamage(error)) {
      // Records are missing, this is another log, or the file is damaged: the tables may be wrong.
      logger.warn(fields, "a view does not fit its log and is rebuilt");
      this.#file.reset();
      this.#feed.moved();
    } else if (isPassing(error)) logger.warn(fields, "a view waits for its log");
    else logger.error(fields, "a view cannot go on; it tries again");
  }
}

/**
 * Opens the file of a view, or makes it where it is missing, damaged, or made by another definition. It reads
 * nothing until {@link View.follow}.
 */
export const openView = (options: ViewOptions): View => new OpenedView(options);
