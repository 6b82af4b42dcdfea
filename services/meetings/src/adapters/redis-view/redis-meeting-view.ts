import type { Meeting } from "@hybrid/contracts";
import { type ActorId, type EpochMs, partitionOf, type Scheduler } from "@hybrid/kernel";
import type { Log } from "@hybrid/log";
import { openRedisClient, type RedisClient } from "@hybrid/redis";
import {
  type KeyName,
  type KeyRing,
  KeysMissing,
  maySeal,
  openJson,
  openTexts,
  withKeys,
} from "@hybrid/sealing";
import type { SharedView } from "@hybrid/service";
import type { ViewLogger } from "@hybrid/view";
import type { ListPage, MailboxRow, MeetingFeed, MeetingView, PageOrder } from "../../api/meeting-view.ts";
import type { ListedMeeting } from "../../domain/join.ts";
import { FleetWriter } from "./fleet-writer.ts";
import { sortable } from "./keys.ts";
import { PartitionFeed } from "./partition-feed.ts";
import type { WriterEvents } from "./partition-writer.ts";
import { pause } from "./pause.ts";
import { type RedisAway, Store, type StoreTimes, usualTimes } from "./store.ts";

/** What lists in Redis are opened with. */
export interface RedisMeetingViewOptions {
  readonly url: string;
  readonly partitions: number;
  readonly scheduler: Scheduler;
  readonly logger: ViewLogger;
  readonly events: WriterEvents;
  readonly times?: StoreTimes;
  /** How often a process says that it is there; 3 s when left out. */
  readonly beatMs?: number;
  /** How often it looks for changes that it was not told of; a second when left out. */
  readonly lookEveryMs?: number;
}

/** A page is written within it, and a start after a pause. */
const deadlineMs = 2_000;

/** The lists of a fleet in one Redis: written by the process whose partition it is, read by all. */
export class RedisMeetingView implements MeetingView, SharedView {
  readonly feeds: readonly PartitionFeed[];
  readonly #options: RedisMeetingViewOptions;
  readonly #client: RedisClient;
  readonly #store: Store;
  readonly #ending = new AbortController();
  readonly #running: Promise<void>[] = [];
  #writer: FleetWriter | null = null;
  #keys: KeyRing | null = null;
  #behind: string | null = "it has not been looked at yet";
  #isAway = false;

  private constructor(options: RedisMeetingViewOptions, client: RedisClient) {
    const { partitions, scheduler, times = usualTimes, lookEveryMs = 1_000 } = options;
    this.#options = options;
    this.#client = client;
    this.#store = new Store(client, partitions, times);
    const ports = { store: this.#store, scheduler, lookEveryMs };
    this.feeds = Array.from({ length: partitions }, (_, partition) => new PartitionFeed(partition, ports));
  }

  /** Opens the way to Redis, which may be away. Rejects with ConfigError when only a person can mend it. */
  static async open(options: RedisMeetingViewOptions): Promise<RedisMeetingView> {
    const client = openRedisClient({ url: options.url, connectionName: "hybrid-meetings", deadlineMs });
    const view = new RedisMeetingView(options, client);
    await client.connect();
    view.#store.onMoved((partition) => view.feeds[partition]?.moved());
    return view;
  }

  notReady(): string | null {
    const reason = this.#writer?.logReason ?? this.#behind;
    return reason === null ? null : `view meeting-lists: ${reason}`;
  }

  feedOf(user: ActorId): MeetingFeed {
    const feed = this.feeds[this.#partitionOf(user)];
    if (!feed) throw new RangeError("a user belongs to no partition");
    return feed;
  }

  async page({ user, fromMs, toMs, limit, after }: PageOrder): Promise<ListPage> {
    const from = after === null ? `[${user} ` : `(${user} ${sortable(after.startAt)} ${after.id} ~`;
    const rows = await this.#rows(user, { from, toMs, endsFromMs: fromMs, limit: limit + 1 });
    return { meetings: rows.slice(0, limit), hasMore: rows.length > limit };
  }

  async one(user: ActorId, id: string): Promise<ListedMeeting | null> {
    const row = await this.#store.one(this.#partitionOf(user), "rows", `${user}/${id}`);
    const [meeting = null] = row === null ? [] : await this.#opened([row]);
    return meeting;
  }

  until(user: ActorId, now: EpochMs, untilAt: EpochMs): Promise<readonly ListedMeeting[]> {
    const order = { from: `[${user} `, toMs: untilAt, endsFromMs: now - 60_000, limit: listMax };
    return this.#rows(user, order);
  }

  async mailboxOf(user: ActorId): Promise<MailboxRow | null> {
    const row = await this.#store.one(this.#partitionOf(user), "mailboxes", user);
    if (row === null) return null;
    const [tenantId, objectId] = JSON.parse(row) as [string, string];
    return { tenantId, objectId };
  }

  /** Writes what falls to this process from now on. Once only. */
  follow(log: Log, _partitions: number, keys: KeyRing | null = null): void {
    if (this.#writer) throw new TypeError("view meeting-lists follows a log already");
    const { partitions, scheduler, logger, events, beatMs = 3_000 } = this.#options;
    this.#keys = keys;
    this.#writer = new FleetWriter({
      log,
      store: this.#store,
      partitions,
      scheduler,
      logger,
      events,
      beatMs,
      onRedis: (error) => this.#told(error),
    });
    const { signal } = this.#ending;
    this.#running.push(this.#writer.run(signal), this.#looks(beatMs, signal));
  }

  /** Partitions that this process writes, and what it has still to read for them. */
  standing(): ReturnType<FleetWriter["standing"]> {
    return this.#writer?.standing() ?? { partitions: 0, lag: 0 };
  }

  async stop(): Promise<void> {
    this.#ending.abort();
    await Promise.all(this.#running);
  }

  async close(): Promise<void> {
    await this.stop();
    this.#client.close();
  }

  #partitionOf(user: ActorId): number {
    return partitionOf(user, this.#options.partitions);
  }

  async #rows(
    user: ActorId,
    order: {
      readonly from: string;
      readonly toMs: number;
      readonly endsFromMs: number;
      readonly limit: number;
    },
  ): Promise<readonly ListedMeeting[]> {
    const rows = await this.#store.page(this.#partitionOf(user), {
      from: order.from,
      to: `(${user} ${sortable(order.toMs + 1)}`,
      endsFrom: sortable(order.endsFromMs),
      limit: order.limit,
    });
    return await this.#opened(rows);
  }

  /** Rows with what is sealed in its place; what was erased says nothing. */
  async #opened(rows: readonly string[]): Promise<readonly ListedMeeting[]> {
    const split = rows.map((row) => {
      const at = row.indexOf("\n");
      return { id: row.slice(0, at).split(" ")[2] ?? "", text: row.slice(at + 1) };
    });
    const meetings = await this.#openedTexts(split.map(({ text }) => text));
    return split.map(({ id }, n) => ({ ...(meetings[n] as Meeting), id }));
  }

  async #openedTexts(texts: readonly string[]): Promise<readonly unknown[]> {
    if (!texts.some(maySeal)) return texts.map((text) => JSON.parse(text) as unknown);
    if (!this.#keys) throw new TypeError("view meeting-lists has no keys of sealed values");
    const session = this.#keys.session();
    return await withKeys(session, () => openAll(texts, session));
  }

  /** Looks whether all lists can be read, for those who ask whether this process is ready. */
  async #looks(everyMs: number, signal: AbortSignal): Promise<void> {
    const { partitions, scheduler } = this.#options;
    while (!signal.aborted) {
      try {
        const all = Array.from({ length: partitions }, (_, partition) => this.#store.look(partition));
        const reasons = (await Promise.all(all)).flatMap((reason, partition) =>
          reason === null ? [] : [`lists of partition ${partition}: ${reason}`],
        );
        const [first] = reasons;
        this.#behind =
          first === undefined
            ? null
            : `${first}${reasons.length > 1 ? `, and of ${reasons.length - 1} more` : ""}`;
      } catch (error) {
        this.#behind = error instanceof Error ? error.message : String(error);
      }
      await pause(scheduler, this.#behind === null ? everyMs : Math.min(everyMs, 500), signal);
    }
  }

  /** Said once when Redis goes, and once when it is back. */
  #told(error: RedisAway | null): void {
    const { logger } = this.#options;
    const redis = this.#client.address;
    if (error !== null && !this.#isAway && !this.#ending.signal.aborted)
      logger.warn({ redis }, `Lists of meetings are answered with 503 until Redis is back. ${error.message}`);
    if (error === null && this.#isAway) logger.info({ redis }, "Redis answers again; lists go on from there");
    this.#isAway = error !== null;
  }
}

/** More than a list holds. */
const listMax = 2_000;

/** Opens all that can be opened. Throws KeysMissing with every name that is missing. */
const openAll = (texts: readonly string[], keys: Parameters<typeof openJson>[1]): readonly unknown[] => {
  const missing: KeyName[] = [];
  const opened = texts.map((text) => {
    try {
      return openTexts(maySeal(text) ? openJson(text, keys) : (JSON.parse(text) as unknown));
    } catch (error) {
      if (!(error instanceof KeysMissing)) throw error;
      missing.push(...error.names);
      return undefined;
    }
  });
  if (missing.length > 0) throw new KeysMissing(missing);
  return opened;
};
