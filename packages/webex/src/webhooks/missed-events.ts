import { type EpochMs, minutes } from "@hybrid/kernel";
import type { WebexCalls } from "../calls.ts";
import type { WebexEvent } from "../models/event.ts";

/** A stretch of time in which deliveries may have been missed. */
export interface MissedTime {
  readonly from: EpochMs;
  readonly to: EpochMs;
  /** What the webhooks were for, for example `messages`. */
  readonly resources: readonly string[];
}

/** Events may come into the feed later than their own time; so much earlier the reading begins. */
export const lateByMsMax = minutes(2);

const pageSize = 500;
/** Pages whose ids are remembered: what the feed repeats stands on pages that follow one another. */
const pagesRemembered = 8;

/**
 * The events of that time, page by page, each once within one reading however the feed repeats it. The feed
 * takes no `to` in the future. Rejects with ProviderError when a page cannot be had: then nothing of the
 * stretch counts as read. Needs a compliance officer's token.
 */
export async function* missedEvents(
  calls: Pick<WebexCalls, "listEvents">,
  { from, to, resources }: MissedTime,
  signal: AbortSignal,
): AsyncGenerator<readonly WebexEvent[], void, undefined> {
  const iso = (at: number): string => new Date(at).toISOString();
  for (const resource of resources) {
    const filter = { resource, from: iso(from - lateByMsMax), to: iso(to), max: pageSize };
    const pages: ReadonlySet<string>[] = [];
    for await (const { items } of calls.listEvents(filter, signal)) {
      yield items.filter(({ id }) => !pages.some((page) => page.has(id)));
      pages.push(new Set(items.map(({ id }) => id)));
      if (pages.length > pagesRemembered) pages.shift();
    }
  }
}
