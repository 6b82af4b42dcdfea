import type { UserRow } from "@hybrid/control-hub-page/api";
import { HttpFault } from "@hybrid/http-api";
import { type Cancel, plus, type Scheduler, seconds } from "@hybrid/kernel";
import type { ChangeBatch, View, ViewChange } from "@hybrid/view";
import { idIn, numberOf, textOf } from "../adapters/rows.ts";
import { userRows } from "../adapters/users.ts";
import type { Asked } from "./asked.ts";

/** Proxies end what says nothing for a minute. */
const heartbeatMs = seconds(15);

/** Browsers that listen at the same time; each holds a connection. */
const listenersMax = 1_000;

interface Told {
  readonly event: string;
  readonly data: unknown;
}

/** What a change of a view means for a page of its organisation; null: nothing. */
const toldOf = (view: View, rows: ReadonlyMap<string, UserRow>, { table, key }: ViewChange): Told | null => {
  if (table === "users") return { event: "user", data: { id: idIn(key), row: rows.get(key) ?? null } };
  if (table === "outcomes") {
    const [row] = view.all("SELECT * FROM outcomes WHERE key = ?", key);
    if (!row) return null;
    const [outcome, version] = [textOf(row, "outcome"), numberOf(row, "version")];
    const user = key.includes("/o/user-") ? key.slice(key.indexOf("/o/user-") + "/o/user-".length) : null;
    return { event: "outcome", data: { orderId: textOf(row, "order_id"), user, outcome, version } };
  }
  // What happened to users is told with the user.
  return table === "transitions" ? null : { event: "changed", data: { table, id: idIn(key) } };
};

/** One event for each kind of thing that is only said to have changed. */
const textOfBatch = async (view: View, org: string, { changes, isReset }: ChangeBatch): Promise<string> => {
  if (isReset) return "event: reset\ndata: {}\n\n";
  const own = changes.filter(({ key }) => key.startsWith(`${org}/`));
  const users = own.filter(({ table }) => table === "users").map(({ key }) => key);
  const rows = await userRows(view, [...new Set(users)]);
  const texts = own.flatMap((change) => {
    const told = toldOf(view, rows, change);
    return told === null ? [] : [`event: ${told.event}\ndata: ${JSON.stringify(told.data)}\n\n`];
  });
  return [...new Set(texts)].join("");
};

/** What changes, for every page that is open. */
export class EventStreams {
  readonly #views: readonly View[];
  readonly #scheduler: Scheduler;
  readonly #open = new Set<AbortController>();

  constructor(views: readonly View[], scheduler: Scheduler) {
    this.#views = views;
    this.#scheduler = scheduler;
  }

  /**
   * Answers with events until the browser leaves, its session ends, or the service does. `isSignedIn`:
   * whether the session is still there, which an administrator may have ended.
   */
  open(org: string, { reply, request }: Asked<"events">, isSignedIn: () => Promise<boolean>): void {
    if (this.#open.size >= listenersMax)
      throw new HttpFault(503, "tooManyListeners", "Too many pages are open. Close some of them.");
    const ending = new AbortController();
    this.#open.add(ending);
    reply.hijack();
    const { raw } = reply;
    raw.writeHead(200, {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-store",
      "x-accel-buffering": "no",
    });
    // A browser comes again after this time. It has no token: it then looks everything up again.
    raw.write("retry: 2000\n\nevent: open\ndata: {}\n\n");
    const look = async (): Promise<void> => {
      if (await isSignedIn()) raw.write(": here\n\n");
      else ending.abort();
    };
    const beat = this.#beat(() => {
      look().catch((error: unknown) => {
        request.log.warn({ err: error }, "whether a page is still signed in cannot be looked up");
      });
    });
    const end = (): void => {
      ending.abort();
      beat();
      this.#open.delete(ending);
      raw.end();
    };
    raw.once("close", end);
    ending.signal.addEventListener("abort", end, { once: true });
    for (const view of this.#views)
      this.#follow(view, org, (text) => raw.write(text), ending.signal).catch((error: unknown) => {
        request.log.error({ err: error }, "a page is told nothing any more; it comes again");
        ending.abort();
      });
  }

  /** Ends all of them. */
  close(): void {
    for (const ending of this.#open) ending.abort();
  }

  async #follow(view: View, org: string, write: (text: string) => void, signal: AbortSignal): Promise<void> {
    for await (const batch of view.changes(view.token(), signal)) {
      const text = await textOfBatch(view, org, batch);
      if (text !== "") write(text);
    }
  }

  #beat(act: () => void): Cancel {
    let cancel: Cancel = () => undefined;
    const next = (): void => {
      cancel = this.#scheduler.at(plus(this.#scheduler.now(), heartbeatMs), () => {
        act();
        next();
      });
    };
    next();
    return () => cancel();
  }
}
