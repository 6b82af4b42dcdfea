import { type ActorId, type Cancel, plus, type Scheduler } from "@hybrid/kernel";
import type { ChangeBatch, View, ViewLogger } from "@hybrid/view";
import { listedIn } from "../meeting-list.ts";

/** What somebody who waits for one user's changes is told. */
export interface Listener {
  /** Ids of meetings that changed, came or went; `token`: where to go on behind them. */
  changed(ids: readonly string[], token: string): void;
  /** Everything is to be read again. */
  reset(token: string): void;
}

/** The meetings of one batch by whose they are. */
export const idsByOwner = ({ changes }: ChangeBatch): ReadonlyMap<ActorId, readonly string[]> => {
  const owned = new Map<ActorId, string[]>();
  for (const { table, key } of changes) {
    if (table !== "meetings") continue;
    const { owner, id } = listedIn(key);
    const ids = owned.get(owner) ?? [];
    ids.push(id);
    owned.set(owner, ids);
  }
  return owned;
};

const pauseMs = 1_000;

/** Reads the changes of the view once, and tells each listener those of its user. */
export class ChangeHub {
  readonly #view: View;
  readonly #scheduler: Scheduler;
  readonly #logger: ViewLogger;
  readonly #listeners = new Map<ActorId, Set<Listener>>();
  readonly #ending = new AbortController();
  #cancelPause: Cancel = () => undefined;

  constructor(
    view: View,
    { scheduler, logger }: { readonly scheduler: Scheduler; readonly logger: ViewLogger },
  ) {
    this.#view = view;
    this.#scheduler = scheduler;
    this.#logger = logger;
    void this.#run();
  }

  /**
   * Tells what changed for a user behind a token, and then what comes, until the returned function is called.
   * A change may be told twice, and none is left out: between the last old and the first new one nothing
   * else can run.
   */
  async follow(
    user: ActorId,
    { after, signal }: { readonly after: string | null; readonly signal: AbortSignal },
    listener: Listener,
  ): Promise<() => void> {
    if (after === this.#view.token()) return this.#attach(user, listener);
    for await (const batch of this.#view.changes(after, signal)) {
      if (batch.isReset) listener.reset(batch.token);
      const ids = idsByOwner(batch).get(user);
      if (ids) listener.changed(ids, batch.token);
      if (batch.token === this.#view.token()) return this.#attach(user, listener);
    }
    return () => undefined;
  }

  #attach(user: ActorId, listener: Listener): () => void {
    const own = this.#listeners.get(user) ?? new Set();
    own.add(listener);
    this.#listeners.set(user, own);
    return () => {
      own.delete(listener);
      if (own.size === 0 && this.#listeners.get(user) === own) this.#listeners.delete(user);
    };
  }

  close(): void {
    this.#ending.abort();
    this.#cancelPause();
  }

  async #run(): Promise<void> {
    const { signal } = this.#ending;
    while (!signal.aborted) {
      try {
        for await (const batch of this.#view.changes(this.#view.token(), signal)) this.#tell(batch);
        return;
      } catch (error) {
        this.#logger.error(
          { err: error },
          "the changes of meetings cannot be read; all lists are read again",
        );
        await new Promise<void>((resolve) => {
          this.#cancelPause = this.#scheduler.at(plus(this.#scheduler.now(), pauseMs), resolve);
        });
        // What was missed meanwhile nobody knows.
        for (const own of this.#listeners.values())
          for (const listener of own) listener.reset(this.#view.token());
      }
    }
  }

  #tell(batch: ChangeBatch): void {
    if (batch.isReset) {
      for (const own of this.#listeners.values()) for (const listener of own) listener.reset(batch.token);
      return;
    }
    for (const [owner, ids] of idsByOwner(batch))
      for (const listener of this.#listeners.get(owner) ?? []) listener.changed(ids, batch.token);
  }
}
