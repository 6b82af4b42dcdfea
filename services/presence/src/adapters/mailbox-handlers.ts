import { type Clock, type Handlers, ProviderError, plus } from "@hybrid/kernel";
import type { MicrosoftGraph, RepliesReading } from "@hybrid/microsoft-graph";
import type { Call, Input, Reading } from "#domain/inputs";
import type { PresenceMetrics } from "./metrics.ts";
import { repliesOf } from "./replies-window.ts";

/** What reading mailboxes needs. */
export interface MailboxPorts {
  readonly graph: {
    readonly absences: MicrosoftGraph["absences"];
  };
  readonly clock: Clock;
  readonly metrics: PresenceMetrics;
}

const readingOf = ({ userObjectId: objectId, result }: RepliesReading, clock: Clock): Reading => {
  if (result instanceof ProviderError) {
    const { code, retryable, retryAfterMs } = result;
    const retryAt = retryAfterMs === undefined ? null : plus(clock.now(), retryAfterMs);
    return { objectId, failure: { code, retryable, retryAt } };
  }
  const replies = repliesOf(result);
  return replies === null
    ? { objectId, failure: { code: "unexpected", retryable: false, retryAt: null } }
    : { objectId, replies };
};

/** Carries out the calls to mailboxes: translates, never decides. */
export const mailboxHandlers = ({
  graph,
  clock,
  metrics,
}: MailboxPorts): Pick<Handlers<Call, Input>, "readReplies" | "readEvents"> => ({
  readReplies: async ({ number, tenantId, objectIds }, { signal }) => {
    metrics.onBatch(objectIds.length);
    const order = { tenantId, userObjectIds: objectIds, signal };
    try {
      const read = await graph.absences.readAutomaticReplies(order);
      const readings = read.map((one) => readingOf(one, clock));
      for (const { failure } of readings) metrics.onRead(failure?.code ?? "ok", 1);
      return { kind: "repliesRead", number, readings };
    } catch (error) {
      if (error instanceof ProviderError) metrics.onRead(error.code, objectIds.length);
      throw error;
    }
  },
  readEvents: async ({ number, mailbox, from, until }, { signal }) => {
    const { tenantId, objectId: userObjectId } = mailbox;
    const order = { tenantId, userObjectId, startAt: from, endAt: until, signal };
    const events = await graph.absences.listEvents(order);
    const windows = events.map(({ startAt, endAt }) => ({ from: startAt, until: endAt }));
    return { kind: "eventsRead", number, windows: windows.sort((a, b) => a.from - b.from) };
  },
});
