import { defineTopic } from "../define-topic.ts";

/** Whether a user's calendar can be read. */
export interface CalendarHealth {
  /** Since when it cannot; null: it can. */
  readonly unreadableSince: number | null;
  /** Why it cannot, a code of docs/ERRORS.md. */
  readonly code: string | null;
  readonly at: number;
}

/**
 * The calendars that could not be read for a while, of users who are shown Active; the latest word is kept.
 */
export const calendarHealth = defineTopic<CalendarHealth>({
  name: "calendar-health",
  doc: "Since when an Active user's calendar cannot be read, or that it can be again.",
  keyDoc: "`<org>/u-<user>`",
  partitioning: "entity",
  retention: { cleanup: "compact" },
  writers: ["decorator"],
  operatorReads: "shows users",
  versions: [
    {
      type: "record",
      name: "CalendarHealth",
      namespace: "hybrid",
      fields: [
        { name: "unreadableSince", type: ["null", "long"] },
        { name: "code", type: ["null", "string"] },
        { name: "at", type: "long" },
      ],
    },
  ],
});
