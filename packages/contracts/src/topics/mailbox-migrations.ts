import { defineTopic } from "../define-topic.ts";

/** The latest move of a user's mailbox. */
export interface MailboxMigration {
  readonly direction: "toCloud" | "toOnPremises";
  readonly noticedAt: number;
  /** When the other side had taken the user over; null: it has not yet. */
  readonly completedAt: number | null;
  /** What it waits for, a word of docs/MIGRATIONS.md; null when it is complete. */
  readonly waitsFor: string | null;
  readonly at: number;
}

/** The latest move of every mailbox that has ever moved. */
export const mailboxMigrations = defineTopic<MailboxMigration>({
  name: "mailbox-migrations",
  doc: "The latest move of a user's mailbox between Exchange on premises and Exchange Online.",
  keyDoc: "`<org>/u-<user>`",
  partitioning: "entity",
  retention: { cleanup: "compact" },
  writers: ["mailbox-migration-detector"],
  operatorReads: "shows migrations",
  versions: [
    {
      type: "record",
      name: "MailboxMigration",
      namespace: "hybrid",
      fields: [
        {
          name: "direction",
          type: { type: "enum", name: "MigrationDirection", symbols: ["toCloud", "toOnPremises"] },
        },
        { name: "noticedAt", type: "long" },
        { name: "completedAt", type: ["null", "long"] },
        { name: "waitsFor", type: ["null", "string"] },
        { name: "at", type: "long" },
      ],
    },
  ],
});
