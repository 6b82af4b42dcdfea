import { STATUS_CODES } from "node:http";
import { Agent, type Dispatcher, request } from "undici";
import type { Agenda } from "../agenda.ts";
import type { SimulatorClock } from "../clock.ts";
import type { Dice } from "../dice.ts";
import type { Metrics } from "../http/metrics.ts";
import type { DeliveryOptions } from "./delivery-options.ts";

/** What the delivery engine needs of its surroundings. */
export interface DeliveryPorts {
  readonly clock: SimulatorClock;
  readonly agenda: Agenda;
  readonly dice: Dice;
  readonly metrics: Metrics;
  readonly caPem: string | undefined;
  readonly dispatcher: Dispatcher | undefined;
  readonly options: DeliveryOptions;
}

interface Batch {
  readonly url: string;
  readonly items: readonly object[];
  readonly name: string;
  readonly attempt: number;
  readonly firstAttemptAt: number;
}

/** What became of a POST: an answer, or `status` 0 and why there was none. */
type Posted =
  | { readonly status: number; readonly isPlainText: boolean; readonly text: string }
  | { readonly status: 0; readonly reason: string };

const reasonOf = (thrown: unknown): string => {
  const { name, code, message } = thrown as {
    readonly name?: string;
    readonly code?: string;
    readonly message?: string;
  };
  if (name === "TimeoutError") return "timed out";
  return [code, message].filter((part) => part).join(": ") || String(thrown);
};

/** Texts as they were reported by people who got them; what stands in brackets is the simulator's help. */
const validationFault = (answer: Posted, token: string): string | null => {
  if (!("text" in answer))
    return answer.reason === "timed out"
      ? "Subscription validation request timed out."
      : `Subscription validation request failed. (No answer: ${answer.reason})`;
  const must = "Notification endpoint must respond with 200 OK to validation request.";
  if (answer.status !== 200) {
    const name = (STATUS_CODES[answer.status] ?? String(answer.status)).replaceAll(/[ '-]/g, "");
    return `Subscription validation request failed. HTTP status code is '${name}'. ${must}`;
  }
  if (!answer.isPlainText)
    return "Subscription validation request failed. (The content type of the answer must be text/plain.)";
  return answer.text === token
    ? null
    : "Subscription validation request failed. Response must exactly match validationToken query parameter.";
};

/** Items due within the same tenth of a second leave together. */
const batchGridMs = 100;
const retryDelayMsMax = 30 * 60_000;

/**
 * Carries notifications to their addresses: batched per address, 3 s for the first attempt and 10 s for
 * retries, exponential backoff up to 4 hours, then lost (delivery through webhooks page, April 2026).
 */
export class Delivery {
  readonly #ports: DeliveryPorts;
  readonly #dispatcher: Dispatcher;
  readonly #waiting = new Map<string, object[]>();
  readonly #abort = new AbortController();
  #batches = 0;
  #inFlight = 0;
  #started = 0;

  constructor(ports: DeliveryPorts) {
    this.#ports = ports;
    const trust = ports.caPem === undefined ? {} : { connect: { ca: ports.caPem } };
    this.#dispatcher = ports.dispatcher ?? new Agent(trust);
  }

  /** POSTs awaiting an answer. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** POSTs ever started. */
  get started(): number {
    return this.#started;
  }

  /** Queues one notification; `name` seeds its delay. */
  enqueue(url: string, item: object, name: string): void {
    const [shortest, longest] = this.#ports.options.delayMs ?? [200, 3_000];
    const delayMs = shortest + this.#ports.dice.draw("delivery delay", name) * (longest - shortest);
    const dueAt = Math.ceil((this.#ports.clock.now() + delayMs) / batchGridMs) * batchGridMs;
    const key = `${dueAt} ${url}`;
    const waiting = this.#waiting.get(key);
    if (waiting) {
      waiting.push(item);
      return;
    }
    this.#waiting.set(key, [item]);
    this.#ports.agenda.at(dueAt, () => this.#flush(key, url));
  }

  /**
   * Asks an address to prove itself: POST with `validationToken`, answered within 10 s by 200,
   * text/plain and the decoded token. Null when it does, else what was wrong, in Graph's words.
   */
  async validate(url: string, token: string): Promise<string | null> {
    this.#ports.metrics.deliveries.validations++;
    // Form encoding on purpose: spaces as plus signs, as real validation requests have them.
    const encoded = encodeURIComponent(token).replaceAll("%20", "+").replaceAll("%3A", "%3a");
    const target = `${url}${url.includes("?") ? "&" : "?"}validationToken=${encoded}`;
    const deadlineMs = this.#ports.options.validationDeadlineMs ?? 10_000;
    const answer = await this.#post(target, "", { contentType: "text/plain; charset=utf-8", deadlineMs });
    return validationFault(answer, token);
  }

  /** Ends what is under way; nothing is delivered afterwards. */
  async stop(): Promise<void> {
    this.#abort.abort();
    if (this.#ports.dispatcher === undefined) await this.#dispatcher.destroy();
  }

  #flush(key: string, url: string): void {
    const items = this.#waiting.get(key) ?? [];
    this.#waiting.delete(key);
    const max = this.#ports.options.batchMax ?? 100;
    for (let from = 0; from < items.length; from += max) {
      const name = `batch ${++this.#batches}`;
      const batch = { url, items: items.slice(from, from + max), name, attempt: 1 };
      void this.#deliver({ ...batch, firstAttemptAt: this.#ports.clock.now() });
    }
  }

  async #deliver(batch: Batch): Promise<void> {
    const counts = this.#ports.metrics.deliveries;
    if (batch.attempt > 1) counts.retried++;
    const [first, retry] = this.#ports.options.deadlinesMs ?? [3_000, 10_000];
    const deadlineMs = batch.attempt === 1 ? first : retry;
    const body = JSON.stringify({ value: batch.items });
    const answer = await this.#post(batch.url, body, { contentType: "application/json", deadlineMs });
    if (answer.status >= 200 && answer.status < 300) {
      counts.ok++;
      counts.notifications += batch.items.length;
      return;
    }
    counts.failed++;
    if (!this.#abort.signal.aborted) this.#retryOrLose(batch);
  }

  #retryOrLose(batch: Batch): void {
    const { clock, dice, options, metrics, agenda } = this.#ports;
    const backoffMs = Math.min((options.firstRetryMs ?? 10_000) * 2 ** (batch.attempt - 1), retryDelayMsMax);
    const jitter = 0.75 + dice.draw("delivery retry", batch.name, batch.attempt) / 2;
    const dueAt = Math.round(clock.now() + backoffMs * jitter);
    const giveUpAt = batch.firstAttemptAt + (options.giveUpAfterMs ?? 4 * 3_600_000);
    if (dueAt > giveUpAt) metrics.deliveries.lost += batch.items.length;
    else agenda.at(dueAt, () => void this.#deliver({ ...batch, attempt: batch.attempt + 1 }));
  }

  async #post(
    url: string,
    body: string,
    how: { readonly contentType: string; readonly deadlineMs: number },
  ): Promise<Posted> {
    this.#inFlight++;
    this.#started++;
    try {
      const answer = await request(url, {
        method: "POST",
        headers: { "content-type": how.contentType },
        body,
        dispatcher: this.#dispatcher,
        signal: AbortSignal.any([this.#abort.signal, AbortSignal.timeout(how.deadlineMs)]),
      });
      const text = await answer.body.text();
      const type = String(answer.headers["content-type"] ?? "");
      return { status: answer.statusCode, isPlainText: /^text\/plain\b/i.test(type), text };
    } catch (thrown) {
      // A failed delivery like any other, counted by the caller.
      return { status: 0, reason: reasonOf(thrown) };
    } finally {
      this.#inFlight--;
    }
  }
}
