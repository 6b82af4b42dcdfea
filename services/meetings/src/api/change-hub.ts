import { type ActorId, type Cancel, plus, type Scheduler } from "@hybrid/kernel";
import type { ChangeBatch, ViewLogger } from "@hybrid/view";
import { listedIn } from "../meeting-list.ts";
import type { MeetingFeed, MeetingView } from "./meeting-view.ts";

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

/** Tells those who wait what changes. */
export interface Hub {
  /**
   * Tells what changed for a user behind a token, and then what comes, until the returned function is called.
   * A change may be told twice, and none is left out.
   */
  follow(
    user: ActorId,
    from: { readonly after: string | null; readonly signal: AbortSignal },
    listener: Listener,
  ): Promise<() => void>;
  close(): void;
}

/** What a hub is run with. */
export interface HubPorts {
  readonly scheduler: Scheduler;
  readonly logger: ViewLogger;
}

/** Reads the changes of a feed once, and tells each listener those of its user. */
export class ChangeHub implements Hub {
  readonly #feed: MeetingFeed;
  readonly #scheduler: Scheduler;
  readonly #logger: ViewLogger;
  readonly #listeners = new Map<ActorId, Set<Listener>>();
  readonly #ending = new AbortController();
  #cancelPause: Cancel = () => undefined;

  constructor(feed: MeetingFeed, { scheduler, logger }: HubPorts) {
    this.#feed = feed;
    this.#scheduler = scheduler;
    this.#logger = logger;
    void this.#run();
  }

  // None is left out: between the last old and the first new one nothing else can run.
  async follow(
    user: ActorId,
    { after, signal }: { readonly after: string | null; readonly signal: AbortSignal },
    listener: Listener,
  ): Promise<() => void> {
    if (after === this.#feed.token()) return this.#attach(user, listener);
    for await (const batch of this.#feed.changes(after, signal)) {
      if (batch.isReset) listener.reset(batch.token);
      const ids = idsByOwner(batch).get(user);
      if (ids) listener.changed(ids, batch.token);
      if (batch.token === this.#feed.token()) return this.#attach(user, listener);
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
        for await (const batch of this.#feed.changes(this.#feed.token(), signal)) this.#tell(batch);
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
          for (const listener of own) listener.reset(this.#feed.token());
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

/** A hub for each feed of a view. */
export const openHub = (view: Pick<MeetingView, "feeds" | "feedOf">, ports: HubPorts): Hub => {
  const hubs = new Map(view.feeds.map((feed) => [feed, new ChangeHub(feed, ports)]));
  return {
    follow: async (user, from, listener) => {
      const hub = hubs.get(view.feedOf(user));
      if (!hub) throw new TypeError("a view names a feed that is none of its own");
      return await hub.follow(user, from, listener);
    },
    close: () => {
      for (const hub of hubs.values()) hub.close();
    },
  };
};
