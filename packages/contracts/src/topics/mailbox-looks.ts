import { hours } from "@hybrid/kernel";
import { defineTopic } from "../define-topic.ts";

/** Somebody looks at a user's presence now. */
export interface MailboxLook {
  readonly at: number;
}

/** Looks at users, so that their mailboxes are read at once. */
export const mailboxLooks = defineTopic<MailboxLook>({
  name: "mailbox-looks",
  doc: "Somebody looks at a user's presence, so the mailbox is read at once.",
  keyDoc: "`<org>/u-<user>`",
  partitioning: "entity",
  retention: { cleanup: "delete", retentionMs: hours(24) },
  writers: ["presence"],
  versions: [
    {
      type: "record",
      name: "MailboxLook",
      namespace: "hybrid",
      fields: [{ name: "at", type: "long" }],
    },
  ],
});
