import { days } from "@hybrid/kernel";
import { defineTopic } from "../define-topic.ts";

/** One authenticated Graph change notification about an event of a user's calendar; facts only. */
export interface CalendarChange {
  readonly subscriptionId: string;
  readonly tenantId: string;
  readonly changeType: "created" | "updated" | "deleted";
  /** Graph's event id in the form the subscription asked for (immutable ids). */
  readonly eventId: string;
  /** `W/"<changeKey>"` of the version that changed; null when the notification has none. */
  readonly etag: string | null;
  readonly receivedAt: number;
}

/** Change notifications from Graph, in order of arrival: at least once, unordered, a trigger to read. */
export const calendarChanges = defineTopic<CalendarChange>({
  name: "calendar-changes",
  doc: "Graph change notifications of calendars: a trigger to read, at least once, in order of arrival.",
  keyDoc: "`<org>/u-<user>`",
  partitioning: "entity",
  retention: { cleanup: "delete", retentionMs: days(7) },
  writers: ["notification-ingest"],
  versions: [
    {
      type: "record",
      name: "CalendarChange",
      namespace: "hybrid",
      fields: [
        { name: "subscriptionId", type: "string" },
        { name: "tenantId", type: "string" },
        {
          name: "changeType",
          type: { type: "enum", name: "ChangeType", symbols: ["created", "updated", "deleted"] },
        },
        { name: "eventId", type: "string" },
        { name: "etag", type: ["null", "string"] },
        { name: "receivedAt", type: "long" },
      ],
    },
  ],
});
