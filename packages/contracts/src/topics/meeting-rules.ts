import { defineTopic } from "../define-topic.ts";

/** An organisation's own rules for addresses of meetings, whole, every time. */
export interface MeetingRules {
  /** Grows by one with every change. */
  readonly version: number;
  /** JSON of packages/meeting-links/README.md; null: the shipped rules alone. */
  readonly document: string | null;
  readonly changedAt: number;
}

/** Rules for addresses of meetings, full state. */
export const meetingRules = defineTopic<MeetingRules>({
  name: "meeting-rules",
  doc: "An organisation's own rules for addresses of meetings: full state, versioned.",
  keyDoc: "`<org>/o/meeting-rules`",
  partitioning: "entity",
  retention: { cleanup: "compact" },
  writers: ["directory"],
  operatorReads: "shows and tries the rules",
  versions: [
    {
      type: "record",
      name: "MeetingRules",
      namespace: "hybrid",
      fields: [
        { name: "version", type: "long" },
        { name: "document", type: ["null", "string"] },
        { name: "changedAt", type: "long" },
      ],
    },
  ],
});
