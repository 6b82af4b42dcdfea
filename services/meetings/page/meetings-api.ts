import type { MeetingItem, MeetingPage, Problem } from "../src/api/schemas.ts";
import { EventLines, type ServerEvent } from "./event-lines.ts";

/** What the API refused. */
export class ApiRefusal extends Error {
  readonly status: number;

  constructor(status: number, detail: string) {
    super(detail);
    this.status = status;
  }
}

const base = "/api/meetings/v1";

const pathOf = (id: string): string => `/meetings/${encodeURIComponent(id)}`;

type AskOptions = Omit<RequestInit, "headers"> & { readonly headers?: Readonly<Record<string, string>> };

/** By random bytes: browsers give UUIDs to pages of https alone. */
const newKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join(
    "",
  );

/** Which meetings of a series are meant. */
export type Scope = "occurrence" | "following" | "series";

/** The answers that a person gives to an invitation. */
export type Answer = "accept" | "tentativelyAccept" | "decline";

/** The API for the one user whose token it is. */
export class MeetingsApi {
  readonly #token: string;
  /** Of what was sent and not answered: sent again it is the same, and is carried out once. */
  readonly #keys = new Map<string, string>();

  constructor(token: string) {
    this.#token = token;
  }

  /** All meetings from now on. Rejects with ApiRefusal. */
  async list(now: number): Promise<readonly MeetingItem[]> {
    const found: MeetingItem[] = [];
    let cursor: string | null = null;
    do {
      const query = new URLSearchParams({ limit: "200", from: new Date(now - 86_400_000).toISOString() });
      if (cursor !== null) query.set("cursor", cursor);
      const response = await this.#ask(`/meetings?${query.toString()}`);
      const page = (await response.json()) as MeetingPage;
      found.push(...page.meetings);
      cursor = page.nextCursor;
    } while (cursor !== null);
    return found;
  }

  /** Answers an invitation. Rejects with ApiRefusal. */
  async answer({ id }: MeetingItem, answer: Answer, isForSeries: boolean): Promise<void> {
    await this.#send("POST", `${pathOf(id)}/${answer}${isForSeries ? "?scope=series" : ""}`, {});
  }

  /** Schedules a meeting; of a series the first one comes back. Rejects with ApiRefusal. */
  async schedule(wanted: object): Promise<MeetingItem> {
    return (await (await this.#send("POST", "/meetings", wanted)).json()) as MeetingItem;
  }

  /** Changes the version of an own meeting that is shown. Rejects with ApiRefusal. */
  async change({ id, etag }: MeetingItem, change: object, scope: Scope): Promise<MeetingItem> {
    const changed = await this.#send("PATCH", `${pathOf(id)}?scope=${scope}`, change, { "if-match": etag });
    return (await changed.json()) as MeetingItem;
  }

  /** Calls an own meeting off. Rejects with ApiRefusal. */
  async cancel({ id }: MeetingItem, comment: string, scope: Scope): Promise<void> {
    await this.#send("POST", `${pathOf(id)}/cancel?scope=${scope}`, { comment });
  }

  /** What changes, from a place on, until the connection ends. Rejects with ApiRefusal. */
  async *changes(after: string | null, signal: AbortSignal): AsyncGenerator<ServerEvent, void, undefined> {
    const response = await this.#ask("/changes", {
      signal,
      headers: after === null ? {} : { "last-event-id": after },
    });
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    const lines = new EventLines();
    for (;;) {
      const piece = await reader?.read();
      if (piece === undefined || piece.done) return;
      yield* lines.push(piece.value);
    }
  }

  async #send(method: string, path: string, body: object, own: Readonly<Record<string, string>> = {}) {
    const text = JSON.stringify(body);
    const what = `${method} ${path} ${text}`;
    const key = this.#keys.get(what) ?? newKey();
    this.#keys.set(what, key);
    const headers = { ...own, "content-type": "application/json", "idempotency-key": key };
    const answer = await this.#ask(path, { method, headers, body: text });
    this.#keys.delete(what);
    return answer;
  }

  async #ask(path: string, { headers: own = {}, ...options }: AskOptions = {}): Promise<Response> {
    const headers = { ...own, authorization: `Bearer ${this.#token}` };
    const response = await fetch(base + path, { ...options, headers, credentials: "omit" });
    if (response.ok) return response;
    const problem = (await response.json().catch(() => null)) as Problem | null;
    throw new ApiRefusal(response.status, problem?.detail ?? response.statusText);
  }
}
