import { createHmac } from "node:crypto";
import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import type { Change } from "../spaces/space.ts";
import { deliveryBody, type Webhook, wants } from "./webhook.ts";

/** This many failures within five minutes disable a webhook. */
const failuresMax = 100;
const windowMs = 5 * 60_000;
/** How long a receiver may take; real milliseconds. */
const answerMsMax = 10_000;

/** What can be odd about deliveries; programs set it. */
export interface DeliveryFaults {
  /** How often each delivery comes; 1 is right. */
  copies: number;
  /** While true, deliveries wait; `releaseDeliveries` sends them, the last one first. */
  isHeld: boolean;
}

const post = (
  url: string,
  body: Buffer,
  signature: string | undefined,
  { ca, signal }: { readonly ca: string | undefined; readonly signal: AbortSignal },
): Promise<number> =>
  new Promise<number>((resolve, reject) => {
    const request = url.startsWith("https:") ? requestHttps : requestHttp;
    const headers = {
      "content-type": "application/json",
      "content-length": String(body.length),
      ...(signature !== undefined && { "x-spark-signature": signature }),
    };
    request(url, { method: "POST", headers, agent: false, signal, ...(ca !== undefined && { ca }) })
      .once("response", (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      })
      .once("error", reject)
      .end(body);
  });

const isFailure = async (answer: Promise<number>): Promise<boolean> =>
  answer.then(
    (status) => status < 200 || status > 299,
    () => true,
  );

/** Webhooks, and how they are told what happened: at once, side by side, in no promised order, once. */
export class Webhooks {
  readonly all = new Map<string, Webhook>();
  readonly faults: DeliveryFaults = { copies: 1, isHeld: false };
  readonly #stopping = new AbortController();
  readonly #underWay = new Set<Promise<void>>();
  readonly #held: (() => void)[] = [];
  readonly #clock: { now(): number };
  readonly #ca: string | undefined;

  constructor(clock: { now(): number }, ca: string | undefined) {
    this.#clock = clock;
    this.#ca = ca;
  }

  /** Deliveries that have no answer yet. */
  get underWay(): number {
    return this.#underWay.size;
  }

  /** Tells every webhook that wants to hear of the change. */
  changed(change: Change): void {
    for (const hook of this.all.values()) {
      if (!wants(hook, change)) continue;
      const body = deliveryBody(hook, change);
      for (let copy = 0; copy < this.faults.copies; copy++)
        if (this.faults.isHeld) this.#held.push(() => this.#send(hook, body));
        else this.#send(hook, body);
    }
  }

  /** Sends what was held, the last one first. */
  release(): void {
    this.faults.isHeld = false;
    for (const send of this.#held.splice(0).reverse()) send();
  }

  /** Cuts what is under way; nothing is sent any more. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.all.clear();
    await this.settled();
  }

  /** Resolves when every delivery has its answer or has failed. */
  async settled(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  #send(hook: Webhook, body: Buffer): void {
    const signature =
      hook.secret === undefined ? undefined : createHmac("sha1", hook.secret).update(body).digest("hex");
    const sending = this.#deliver(hook, body, signature).finally(() => this.#underWay.delete(sending));
    this.#underWay.add(sending);
  }

  async #deliver(hook: Webhook, body: Buffer, signature: string | undefined): Promise<void> {
    const signal = AbortSignal.any([AbortSignal.timeout(answerMsMax), this.#stopping.signal]);
    const failed = await isFailure(post(hook.targetUrl, body, signature, { ca: this.#ca, signal }));
    if (failed) this.#failed(hook);
  }

  /** The hundredth failure in five minutes disables; so does one soon after it was enabled again. */
  #failed(hook: Webhook): void {
    const now = this.#clock.now();
    hook.failures = [...hook.failures.filter((at) => at > now - windowMs), now];
    const wasDisabledNow = hook.disabledAt !== undefined && now - hook.disabledAt < windowMs;
    if (hook.status === "inactive" || (hook.failures.length < failuresMax && !wasDisabledNow)) return;
    hook.status = "inactive";
    hook.disabledAt = now;
  }
}
