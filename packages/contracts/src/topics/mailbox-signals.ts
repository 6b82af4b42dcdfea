import { days } from "@hybrid/kernel";
import { defineTopic } from "../define-topic.ts";

/** What the migration detector found out about a user's mailbox. */
export interface MailboxSignal {
  /** `cloud`: a mailbox in Exchange Online answers again. `onPremises`: it lives with the connector. */
  readonly location: "cloud" | "onPremises";
  readonly observedAt: number;
}

/** Findings of the mailbox migration detector. */
export const mailboxSignals = defineTopic<MailboxSignal>({
  name: "mailbox-signals",
  doc: "Where a user's mailbox was found to live.",
  keyDoc: "`<org>/u-<user>`",
  partitioning: "entity",
  retention: { cleanup: "delete", retentionMs: days(7) },
  writers: ["mailbox-migration-detector"],
  versions: [
    {
      type: "record",
      name: "MailboxSignal",
      namespace: "hybrid",
      fields: [
        {
          name: "location",
          type: { type: "enum", name: "MailboxLocation", symbols: ["cloud", "onPremises"] },
        },
        { name: "observedAt", type: "long" },
      ],
    },
  ],
});
