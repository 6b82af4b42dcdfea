import { days } from "@hybrid/kernel";
import { defineTopic } from "../define-topic.ts";

/** One authenticated delivery of a Webex webhook: that something happened, never what was written. */
export interface WebexHint {
  readonly webhookId: string;
  /** For example `messages`, `memberships`, `rooms`, `meetings`; new ones may come. */
  readonly resource: string;
  /** `created`, `updated`, `deleted` and whatever else Webex names. */
  readonly event: string;
  /** The id of what it happened to, as Webex writes it: compare ids by their UUID. */
  readonly itemId: string;
  /** The space that it happened in; null where there is none. */
  readonly roomId: string | null;
  /** Whose membership or message it is; null where it is nobody's. */
  readonly personId: string | null;
  /** Who did it; null when Webex does not say. */
  readonly actorId: string | null;
  /** Webex's id of the organisation; null when Webex does not say. */
  readonly orgId: string | null;
  /** The same for every delivery of the same occurrence; null where Webex gives too little to tell. */
  readonly occurrence: string | null;
  readonly receivedAt: number;
}

/**
 * Deliveries of Webex webhooks, and from the events feed what they missed: at least once, in no order, a
 * trigger to read.
 */
export const webexEvents = defineTopic<WebexHint>({
  name: "webex-events",
  doc: "Deliveries of Webex webhooks, and what they missed: a trigger to read, at least once, in no order.",
  keyDoc:
    "`<org>/r-<room's UUID>` for what happens in a space, else the address that the webhook was made for, " +
    "such as `<org>/o`",
  partitioning: "entity",
  retention: { cleanup: "delete", retentionMs: days(7) },
  writers: ["notification-ingest", "webhook-keeper"],
  versions: [
    {
      type: "record",
      name: "WebexHint",
      namespace: "hybrid",
      fields: [
        { name: "webhookId", type: "string" },
        { name: "resource", type: "string" },
        { name: "event", type: "string" },
        { name: "itemId", type: "string" },
        { name: "roomId", type: ["null", "string"] },
        { name: "personId", type: ["null", "string"] },
        { name: "actorId", type: ["null", "string"] },
        { name: "orgId", type: ["null", "string"] },
        { name: "occurrence", type: ["null", "string"] },
        { name: "receivedAt", type: "long" },
      ],
    },
  ],
});
