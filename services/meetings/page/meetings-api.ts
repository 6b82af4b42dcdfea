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

type AskOptions = Omit<RequestInit, "headers"> & { readonly headers?: Readonly<Record<string, string>> };

/** The answers that a person gives to an invitation. */
export type Answer = "accept" | "tentativelyAccept" | "decline";

/** The API for the one user whose token it is. */
export class MeetingsApi {
  readonly #token: string;

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
  async answer({ id }: MeetingItem, answer: Answer): Promise<void> {
    await this.#ask(`/meetings/${encodeURIComponent(id)}/${answer}`, {
      method: "POST",
      headers: { "content-type": "application/json", "idempotency-key": `${id}-${answer}-${Date.now()}` },
      body: "{}",
    });
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

  async #ask(path: string, { headers: own = {}, ...options }: AskOptions = {}): Promise<Response> {
    const headers = { ...own, authorization: `Bearer ${this.#token}` };
    const response = await fetch(base + path, { ...options, headers, credentials: "omit" });
    if (response.ok) return response;
    const problem = (await response.json().catch(() => null)) as Problem | null;
    throw new ApiRefusal(response.status, problem?.detail ?? response.statusText);
  }
}
