import type { ServerResponse } from "node:http";
import {
  type ActorId,
  type Cancel,
  type EpochMs,
  hours,
  instant,
  plus,
  type Scheduler,
  seconds,
} from "@hybrid/kernel";
import { type JoinPolicy, joinableAt } from "../domain/join.ts";
import type { Hub, Listener } from "./change-hub.ts";
import { itemOf } from "./item.ts";
import type { MeetingView } from "./meeting-view.ts";

/** What a stream of changes is made of. */
export interface StreamParts {
  readonly lists: MeetingView;
  readonly hub: Hub;
  readonly scheduler: Scheduler;
  readonly policy: JoinPolicy;
  /** Told why a stream could not go on. */
  readonly onBroken: (error: unknown) => void;
}

/** Whose changes, from where on, and until when. */
export interface StreamOrder {
  readonly user: ActorId;
  /** The token that the client got last; null: it knows nothing. */
  readonly after: string | null;
  /** When the access token ends, and the stream with it. */
  readonly endsAt: number;
}

/** Proxies close a connection on which nothing comes; the comment also moves the client's place on. */
const beatMs = seconds(25);
/** Who does not read gets no more, and comes again with its place. */
const bufferedBytesMax = 1_048_576;
/** Meetings that begin later are looked at later. */
const aheadMs = hours(24);

/** One client that waits for the changes of one user's list, as server-sent events. */
export class ChangeStream implements Listener {
  readonly #parts: StreamParts;
  readonly #order: StreamOrder;
  readonly #out: ServerResponse;
  readonly #ending = new AbortController();
  #detach: () => void = () => undefined;
  #cancelBeat: Cancel = () => undefined;
  #cancelJoin: Cancel = () => undefined;
  #joinTold: string | null = null;
  #token: string | null;
  /** Meetings are opened one after another, so that what is told keeps its order. */
  #telling: Promise<void> = Promise.resolve();

  constructor(parts: StreamParts, order: StreamOrder, out: ServerResponse) {
    this.#parts = parts;
    this.#order = order;
    this.#out = out;
    this.#token = order.after;
  }

  /** Begins, and resolves when the client knows everything of before. Ends by itself with the connection. */
  async open(): Promise<void> {
    const { hub } = this.#parts;
    const { user, after } = this.#order;
    this.#out.once("close", () => this.close());
    this.#out.writeHead(200, {
      "Content-Type": "text/event-stream",
      "Cache-Control": "no-store",
      // nginx would keep events back.
      "X-Accel-Buffering": "no",
    });
    this.#out.flushHeaders();
    const { signal } = this.#ending;
    const detach = await hub.follow(user, { after, signal }, this);
    if (signal.aborted) return detach();
    this.#detach = detach;
    this.#then(() => this.#tellJoin());
    await this.#telling;
    this.#beat();
  }

  /** Ends the stream; the client comes again with its place. */
  close(): void {
    if (this.#ending.signal.aborted) return;
    this.#ending.abort();
    this.#detach();
    this.#cancelBeat();
    this.#cancelJoin();
    this.#out.end();
  }

  changed(ids: readonly string[], token: string): void {
    this.#then(async () => {
      const { lists, policy } = this.#parts;
      for (const [at, id] of ids.entries()) {
        const meeting = await lists.one(this.#order.user, id);
        const data = { id, meeting: meeting && itemOf(meeting, policy) };
        // The place stands with the last one: who breaks off before it gets all of them again.
        this.#send("change", data, at === ids.length - 1 ? token : null);
      }
      await this.#tellJoin();
    });
  }

  reset(token: string): void {
    this.#then(async () => {
      this.#send("reset", {}, token);
      await this.#tellJoin();
    });
  }

  /** A stream that cannot go on ends: its client comes again with its place. */
  #then(tell: () => Promise<void>): void {
    this.#telling = this.#telling.then(tell).catch((error: unknown) => {
      this.#parts.onBroken(error);
      this.close();
    });
  }

  #send(event: string, data: unknown, token: string | null): void {
    if (token !== null) this.#token = token;
    this.#write(
      `${token === null ? "" : `id: ${token}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`,
    );
  }

  #write(text: string): void {
    if (this.#ending.signal.aborted) return;
    this.#out.write(text);
    if (this.#out.writableLength > bufferedBytesMax) {
      this.close();
      this.#out.destroy();
    }
  }

  /** Tells what can be joined now, when that is not what was told last. */
  async #tellJoin(): Promise<void> {
    if (this.#ending.signal.aborted) return;
    const { lists, policy, scheduler } = this.#parts;
    const now = scheduler.now();
    const soon = await lists.until(this.#order.user, now, plus(now, aheadMs + policy.beforeMs));
    const { meetings, nextAt } = joinableAt(soon, now, policy);
    const items = meetings.map((meeting) => itemOf(meeting, policy));
    const told = JSON.stringify(items);
    if (told !== this.#joinTold) this.#send("join", { meetings: items }, null);
    this.#joinTold = told;
    this.#cancelJoin();
    const latest = plus(now, aheadMs);
    this.#cancelJoin = scheduler.at(nextAt === null || nextAt > latest ? latest : nextAt, () =>
      this.#then(() => this.#tellJoin()),
    );
  }

  #beat(): void {
    const { scheduler } = this.#parts;
    const now = scheduler.now();
    if (now >= this.#order.endsAt) return this.close();
    const dueAt: EpochMs = instant(Math.min(plus(now, beatMs), this.#order.endsAt));
    this.#cancelBeat = scheduler.at(dueAt, () => {
      this.#write(`:\n${this.#token === null ? "" : `id: ${this.#token}\n`}\n`);
      this.#beat();
    });
  }
}
