import { defineTopic } from "../define-topic.ts";

/** Whether a user is out of the office, whole, every time. */
export interface Presence {
  /** `none`: nothing is said of the user, and whatever else shows a status counts. */
  readonly status: "outOfOffice" | "none";
  /** Counts the times that the user went out of the office; each is set once and cleared once. */
  readonly episode: number;
  /** Milliseconds since 1970; null for `none`. */
  readonly since: number | null;
  /** When it ends as far as is known; null when nothing says so. */
  readonly until: number | null;
  readonly source: "automaticReplies" | "calendarEvent" | null;
  /** After this the record means `none`: nobody has refreshed it. Null for `none`. */
  readonly expiresAt: number | null;
  /** Whether Webex shows it. */
  readonly atWebex: boolean;
  /** Why Webex does not: a word of docs/PRESENCE.md or a code of docs/ERRORS.md. */
  readonly webexReason: string | null;
  readonly at: number;
}

/** Every user's presence; the latest word is kept. */
export const presence = defineTopic<Presence>({
  name: "presence",
  doc: "Whether a user is out of the office, since when, until when, and how long the record itself is good.",
  keyDoc: "`<org>/u-<user>`",
  partitioning: "entity",
  retention: { cleanup: "compact" },
  writers: ["presence"],
  operatorReads: "shows presence",
  versions: [
    {
      type: "record",
      name: "Presence",
      namespace: "hybrid",
      fields: [
        { name: "status", type: { type: "enum", name: "PresenceStatus", symbols: ["outOfOffice", "none"] } },
        { name: "episode", type: "long" },
        { name: "since", type: ["null", "long"] },
        { name: "until", type: ["null", "long"] },
        {
          name: "source",
          type: [
            "null",
            { type: "enum", name: "PresenceSource", symbols: ["automaticReplies", "calendarEvent"] },
          ],
        },
        { name: "expiresAt", type: ["null", "long"] },
        { name: "atWebex", type: "boolean" },
        { name: "webexReason", type: ["null", "string"] },
        { name: "at", type: "long" },
      ],
    },
  ],
});
