import { type ActorId, actorIdOf, days, type OrgId } from "@hybrid/kernel";
import { defineTopic } from "../define-topic.ts";

/** An administrator's order: the organisation's own rules for addresses of meetings are these from now on. */
export interface MeetingRuleOrder {
  /** JSON of packages/meeting-links/README.md, whole, never a difference; null: the shipped rules alone. */
  readonly document: string | null;
  readonly requestedAt: number;
  /** If-Match: the version that the rules must have, 0 for none yet; null: whatever it is. */
  readonly ifMatch: number | null;
  /** Names the order in `admin-outcomes`; null: nobody waits for its outcome. */
  readonly orderId: string | null;
}

/** A longer document of rules is refused: it is kept whole in one state and in one record. */
export const meetingRulesCharactersMax = 100_000;

/** The key of an organisation's rules, and of orders about them. */
export const meetingRulesKey = (org: OrgId): ActorId => actorIdOf(`${org}/o/meeting-rules`);

/** Orders of administrators about rules for addresses of meetings. */
export const meetingRuleOrders = defineTopic<MeetingRuleOrder>({
  name: "meeting-rule-orders",
  doc: "Orders of administrators: an organisation's own rules for addresses of meetings, whole.",
  keyDoc: "`<org>/o/meeting-rules`",
  partitioning: "entity",
  retention: { cleanup: "delete", retentionMs: days(7) },
  writers: ["control-hub", "hybrid"],
  versions: [
    {
      type: "record",
      name: "MeetingRuleOrder",
      namespace: "hybrid",
      fields: [
        { name: "document", type: ["null", "string"] },
        { name: "requestedAt", type: "long" },
        { name: "ifMatch", type: ["null", "long"] },
        { name: "orderId", type: ["null", "string"] },
      ],
    },
  ],
});
