import { type ProviderError, plus, type Random, type Scheduler } from "@hybrid/kernel";
import { comeBackAfterMs, endedByCaller, endedWhileWaiting, notSent } from "@hybrid/provider-http";
import type { GraphLimits } from "./graph-limits.ts";

/** Lets `mailboxConcurrencyMax` calls at a time through per mailbox. */
export interface MailboxQueue {
  /**
   * Resolves when it is this call's turn; the result must be called once, when the call has ended.
   * Throws ProviderError throttled when too many wait already, when its turn does not come within
   * `quickBudgetMs`, and when `signal` comes first; deadlineExceeded when that had come before.
   */
  enter(mailbox: string, on: { readonly signal: AbortSignal; readonly what: string }): Promise<() => void>;
}

/** What the queue waits and decides by. */
export interface MailboxQueueOptions {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly limits: Pick<GraphLimits, "mailboxConcurrencyMax" | "mailboxQueueMax" | "quickBudgetMs">;
}

interface Mailbox {
  inside: number;
  readonly waiting: (() => void)[];
}

/**
 * Outlook allows an application four concurrent requests to a mailbox; our services share them. First come,
 * first served; at most `mailboxQueueMax` wait. Holds only the mailboxes that a call is at.
 */
export const createMailboxQueue = ({ scheduler, random, limits }: MailboxQueueOptions): MailboxQueue => {
  const mailboxes = new Map<string, Mailbox>();

  const leave = (key: string, mailbox: Mailbox): void => {
    const next = mailbox.waiting.shift();
    if (next) return next();
    mailbox.inside--;
    if (mailbox.inside === 0) mailboxes.delete(key);
  };

  const leaveOnce = (key: string, mailbox: Mailbox): (() => void) => {
    let inside = true;
    return () => {
      if (inside) leave(key, mailbox);
      inside = false;
    };
  };

  /** A call that leaves hands its place on, so `inside` does not change. */
  const turn = (
    { waiting }: Mailbox,
    { signal, what }: { readonly signal: AbortSignal; readonly what: string },
  ): Promise<void> =>
    new Promise((resolve, reject) => {
      const settle = (): void => {
        cancel();
        signal.removeEventListener("abort", abort);
      };
      const come = (): void => {
        settle();
        resolve();
      };
      const giveUp = (error: ProviderError): void => {
        settle();
        waiting.splice(waiting.indexOf(come), 1);
        reject(error);
      };
      const abort = (): void => giveUp(endedWhileWaiting(what, random));
      waiting.push(come);
      signal.addEventListener("abort", abort, { once: true });
      const cancel = scheduler.at(plus(scheduler.now(), limits.quickBudgetMs), () => {
        const why = `other calls have held the mailbox for ${limits.quickBudgetMs} ms`;
        giveUp(notSent(what, why, comeBackAfterMs(random)));
      });
    });

  return {
    enter: async (key, { signal, what }) => {
      if (signal.aborted) throw endedByCaller(what, signal);
      const mailbox = mailboxes.get(key) ?? { inside: 0, waiting: [] };
      mailboxes.set(key, mailbox);
      if (mailbox.inside < limits.mailboxConcurrencyMax) mailbox.inside++;
      else if (mailbox.waiting.length < limits.mailboxQueueMax) await turn(mailbox, { signal, what });
      else {
        const why = `${mailbox.waiting.length} calls wait for this mailbox already`;
        throw notSent(what, why, comeBackAfterMs(random));
      }
      return leaveOnce(key, mailbox);
    },
  };
};
