import { days } from "@hybrid/kernel";
import { defineTopic } from "../define-topic.ts";

/** What a connector archives, and where to. */
export interface ArchiveTerms {
  /** Entra tenants in which a participant's *Email* may have a mailbox, asked in this order. */
  readonly tenants: readonly string[];
  /** Address of the mailbox that gets what belongs to nobody's; null: that counts as failed. */
  readonly catchAll: string | null;
  /** An item with more bytes of files loses its largest ones. */
  readonly itemBytesMax: number;
  /** Whether files that Webex cannot scan for malware are archived all the same. */
  readonly allowsUnscannable: boolean;
  /** Only these participants get copies, by address in lower case; empty: all do. */
  readonly people: readonly string[];
  /** Only these spaces are archived, by UUID; empty: all are. */
  readonly spaces: readonly string[];
}

/** An order of an administrator to one archive connector; fields that an order does not use are null. */
export interface ArchiveCommand {
  readonly kind: "create" | "pause" | "resume" | "rerun";
  /** Who gives the order, by mail address. */
  readonly by: string;
  readonly terms: ArchiveTerms | null;
  readonly pollEveryMs: number | null;
  /** Of a re-run, or where a new connector begins; milliseconds since 1970. */
  readonly from: number | null;
  readonly to: number | null;
  readonly requestedAt: number;
}

/** A connector as it stands: the latest record is the present one. */
export interface ArchiveStatus {
  readonly name: string;
  readonly createdBy: string;
  readonly createdAt: number;
  readonly state: "running" | "paused";
  readonly terms: ArchiveTerms;
  readonly pollEveryMs: number;
  readonly startsAt: number;
  /** Everything before is with the spaces. */
  readonly archivedTo: number;
  /** The round under way: its stretch and how far it is; null between rounds. */
  readonly roundFrom: number | null;
  readonly roundTo: number | null;
  readonly roundAt: number | null;
  readonly nextRoundAt: number | null;
  readonly openItems: number;
  readonly failures: number;
  /** Code of docs/ERRORS.md of the last failure; null after a success. */
  readonly problem: string | null;
  /** Events before this were older than Webex gives out; null: none were. */
  readonly lostBefore: number | null;
  readonly reruns: number;
}

/** One day of a status log; available = success + partial + skipped + failed. */
export interface ArchiveDay {
  /** `YYYY-MM-DD`, UTC. */
  readonly day: string;
  readonly completedAt: number;
  readonly source: number;
  readonly available: number;
  readonly success: number;
  readonly partial: number;
  readonly skipped: number;
  readonly failed: number;
}

/** The status log of a connector: the latest record is the whole of it. */
export interface ArchiveLog {
  readonly connector: string;
  readonly days: readonly ArchiveDay[];
}

/** A copy that failed. */
export interface ArchiveFailure {
  readonly connector: string;
  readonly at: number;
  readonly itemId: string;
  readonly sourceUserId: string;
  readonly userPrincipalName: string | null;
  readonly reason: string;
}

const termsSchema = {
  type: "record",
  name: "ArchiveTerms",
  fields: [
    { name: "tenants", type: { type: "array", items: "string" } },
    { name: "catchAll", type: ["null", "string"] },
    { name: "itemBytesMax", type: "long" },
    { name: "allowsUnscannable", type: "boolean" },
    { name: "people", type: { type: "array", items: "string" } },
    { name: "spaces", type: { type: "array", items: "string" } },
  ],
} as const;

const keyDoc = "`<org>/c-<connector>`";

/** Orders of administrators to archive connectors. */
export const archiveCommands = defineTopic<ArchiveCommand>({
  name: "archive-commands",
  doc: "Orders of administrators to archive connectors: created, paused, resumed, a window run again.",
  keyDoc,
  partitioning: "entity",
  retention: { cleanup: "delete", retentionMs: days(7) },
  writers: ["hybrid"],
  versions: [
    {
      type: "record",
      name: "ArchiveCommand",
      namespace: "hybrid",
      fields: [
        {
          name: "kind",
          type: {
            type: "enum",
            name: "ArchiveCommandKind",
            symbols: ["create", "pause", "resume", "rerun"],
          },
        },
        { name: "by", type: "string" },
        { name: "terms", type: ["null", termsSchema] },
        { name: "pollEveryMs", type: ["null", "long"] },
        { name: "from", type: ["null", "long"] },
        { name: "to", type: ["null", "long"] },
        { name: "requestedAt", type: "long" },
      ],
    },
  ],
});

/** Every archive connector as it stands. */
export const archiveStatus = defineTopic<ArchiveStatus>({
  name: "archive-status",
  doc: "An archive connector as it stands: terms, state, progress, problem.",
  keyDoc,
  partitioning: "entity",
  retention: { cleanup: "compact" },
  writers: ["archiver"],
  operatorReads: "shows archive connectors",
  versions: [
    {
      type: "record",
      name: "ArchiveStatus",
      namespace: "hybrid",
      fields: [
        { name: "name", type: "string" },
        { name: "createdBy", type: "string" },
        { name: "createdAt", type: "long" },
        { name: "state", type: { type: "enum", name: "ArchiveState", symbols: ["running", "paused"] } },
        { name: "terms", type: termsSchema },
        { name: "pollEveryMs", type: "long" },
        { name: "startsAt", type: "long" },
        { name: "archivedTo", type: "long" },
        { name: "roundFrom", type: ["null", "long"] },
        { name: "roundTo", type: ["null", "long"] },
        { name: "roundAt", type: ["null", "long"] },
        { name: "nextRoundAt", type: ["null", "long"] },
        { name: "openItems", type: "long" },
        { name: "failures", type: "int" },
        { name: "problem", type: ["null", "string"] },
        { name: "lostBefore", type: ["null", "long"] },
        { name: "reruns", type: "int" },
      ],
    },
  ],
});

/** The status log of every archive connector, day by day. */
export const archiveLog = defineTopic<ArchiveLog>({
  name: "archive-log",
  doc: "The status log of an archive connector, whole: counts of each day.",
  keyDoc,
  partitioning: "entity",
  retention: { cleanup: "compact" },
  writers: ["archiver"],
  operatorReads: "shows archive connectors",
  versions: [
    {
      type: "record",
      name: "ArchiveLog",
      namespace: "hybrid",
      fields: [
        { name: "connector", type: "string" },
        {
          name: "days",
          type: {
            type: "array",
            items: {
              type: "record",
              name: "ArchiveDay",
              fields: [
                { name: "day", type: "string" },
                { name: "completedAt", type: "long" },
                { name: "source", type: "long" },
                { name: "available", type: "long" },
                { name: "success", type: "long" },
                { name: "partial", type: "long" },
                { name: "skipped", type: "long" },
                { name: "failed", type: "long" },
              ],
            },
          },
        },
      ],
    },
  ],
});

/** Copies that no mailbox got. */
export const archiveFailures = defineTopic<ArchiveFailure>({
  name: "archive-failures",
  doc: "A copy that no mailbox got, with the reason; a person without mailbox comes once.",
  keyDoc,
  partitioning: "entity",
  retention: { cleanup: "delete", retentionMs: days(30) },
  writers: ["archiver"],
  operatorReads: "shows archive connectors",
  versions: [
    {
      type: "record",
      name: "ArchiveFailure",
      namespace: "hybrid",
      fields: [
        { name: "connector", type: "string" },
        { name: "at", type: "long" },
        { name: "itemId", type: "string" },
        { name: "sourceUserId", type: "string" },
        { name: "userPrincipalName", type: ["null", "string"] },
        { name: "reason", type: "string" },
      ],
    },
  ],
});
