import { z } from "zod";
import { count, moment, word } from "./shapes.ts";

/** A day of a status log; available = success + partial + skipped + failed. */
export const ArchiveDayRow = z.object({
  /** `YYYY-MM-DD`, UTC. */
  day: z.string(),
  completedAt: moment,
  source: count,
  available: count,
  success: count,
  partial: count,
  skipped: count,
  failed: count,
});

/** A connector as it stands. */
export const ConnectorRow = z.object({
  name: word,
  state: z.enum(["running", "paused"]),
  createdBy: z.string(),
  createdAt: moment,
  tenants: z.array(z.string()),
  catchAll: z.string().nullable(),
  people: count,
  spaces: count,
  archivedTo: moment,
  /** How much of the round under way is done, 0 to 1; null between rounds. */
  progress: z.number().min(0).max(1).nullable(),
  nextRoundAt: moment.nullable(),
  openItems: count,
  problem: z.string().nullable(),
  lastDay: ArchiveDayRow.nullable(),
});

/** All connectors. */
export const Connectors = z.object({ connectors: z.array(ConnectorRow) });

/** A copy that no mailbox got. */
export const FailedItem = z.object({
  at: moment,
  itemId: z.string(),
  sourceUserId: z.string(),
  userPrincipalName: z.string().nullable(),
  reason: z.string(),
});

/** A connector with its days, newest first, and what failed lately. */
export const ConnectorDetail = ConnectorRow.extend({
  days: z.array(ArchiveDayRow),
  failures: z.array(FailedItem),
});

/** An order about a connector. */
export const ConnectorOrder = z.object({ order: z.enum(["pause", "resume"]) });

/** A day. */
export type ArchiveDayRow = z.output<typeof ArchiveDayRow>;
/** A connector. */
export type ConnectorRow = z.output<typeof ConnectorRow>;
/** Connectors. */
export type Connectors = z.output<typeof Connectors>;
/** A connector, whole. */
export type ConnectorDetail = z.output<typeof ConnectorDetail>;
