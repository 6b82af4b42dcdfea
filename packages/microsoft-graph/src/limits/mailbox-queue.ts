import { ProviderError } from "@hybrid/kernel";
import { endedByCaller } from "./waiting.ts";

/** Lets one call at a time through per mailbox. */
export interface MailboxQueue {
  /**
   * Resolves when it is this call's turn; the result must be called once, when the call has ended.
   * Throws ProviderError: throttled when too many wait already, deadlineExceeded when `signal` comes first.
   */
  enter(mailbox: string, on: { readonly signal: AbortSignal; readonly what: string }): Promise<() => void>;
}

/** How long to stay away from a queue that is full, milliseconds: a few calls' time. */
const fullRetryAfterMs = 1_000;

/**
 * Outlook allows an application four concurrent requests to a mailbox; four services of ours share them, so
 * each takes one (DESIGN section 2). First come, first served; at most `waitingMax` wait.
 */
export const createMailboxQueue = (waitingMax: number): MailboxQueue => {
  const waitingByMailbox = new Map<string, (() => void)[]>();

  const leave = (mailbox: string): void => {
    const next = waitingByMailbox.get(mailbox)?.shift();
    if (next) next();
    else waitingByMailbox.delete(mailbox);
  };

  const leaveOnce = (mailbox: string): (() => void) => {
    let inside = true;
    return () => {
      if (inside) leave(mailbox);
      inside = false;
    };
  };

  return {
    enter: async (mailbox, { signal, what }) => {
      if (signal.aborted) throw endedByCaller(what, signal);
      const waiting = waitingByMailbox.get(mailbox);
      if (!waiting) {
        waitingByMailbox.set(mailbox, []);
        return leaveOnce(mailbox);
      }
      if (waiting.length >= waitingMax)
        throw new ProviderError(`${what}: ${waiting.length} calls wait for this mailbox already`, {
          code: "throttled",
          retryable: true,
          retryAfterMs: fullRetryAfterMs,
        });
      await new Promise<void>((resolve, reject) => {
        const turn = (): void => {
          signal.removeEventListener("abort", abort);
          resolve();
        };
        const abort = (): void => {
          waiting.splice(waiting.indexOf(turn), 1);
          reject(endedByCaller(what, signal));
        };
        waiting.push(turn);
        signal.addEventListener("abort", abort, { once: true });
      });
      return leaveOnce(mailbox);
    },
  };
};
