import { days } from "@hybrid/kernel";
import { defineTopic } from "../define-topic.ts";

/** The directory has erased a person; every service that keeps something of the person does now. */
export interface UserErasure {
  readonly orderId: string;
  readonly objectId: string;
  /** Ids by which services know the person: the user's, the Entra object's, those at Webex. */
  readonly ids: readonly string[];
  readonly at: number;
}

/** People who are to be erased everywhere, one copy in every partition. */
export const userErasures = defineTopic<UserErasure>({
  name: "user-erasures",
  doc: "People who are to be erased: each service forgets them and removes their records.",
  keyDoc: "`<org>/u-<user>`",
  partitioning: "broadcast",
  retention: { cleanup: "delete", retentionMs: days(7) },
  writers: ["directory"],
  operatorReads: "tells how far an erasure has come",
  versions: [
    {
      type: "record",
      name: "UserErasure",
      namespace: "hybrid",
      fields: [
        { name: "orderId", type: "string" },
        { name: "objectId", type: "string" },
        { name: "ids", type: { type: "array", items: "string" } },
        { name: "at", type: "long" },
      ],
    },
  ],
});
