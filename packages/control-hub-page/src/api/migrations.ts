import { z } from "zod";
import { count, cursor, moment, word } from "./shapes.ts";

/** The latest move of a mailbox between Exchange on premises and the cloud. */
export const MoveRow = z.object({
  /** The part of the user's key behind `u-`. */
  user: word,
  mailAddress: z.string(),
  direction: z.enum(["toCloud", "toOnPremises"]),
  noticedAt: moment,
  completedAt: moment.nullable(),
  /** A word of docs/MIGRATIONS.md; null when it is complete. */
  waitsFor: z.string().nullable(),
  /** Who serves the user on premises; null: nobody does. */
  connector: z.string().nullable(),
  stage: z.string().nullable(),
});

/** Mailboxes that move in one direction without a pause of hours. */
const BatchRow = z.object({
  batch: count,
  direction: z.enum(["toCloud", "toOnPremises"]),
  startedAt: moment,
  latestAt: moment,
  noticed: count,
  completed: count,
  isOver: z.boolean(),
});

/** A cluster of on-premises connectors, and how full it is. */
const ClusterRow = z.object({
  name: z.string(),
  resourceGroup: z.string().nullable(),
  office365Users: count,
  office365UsersMax: count,
  exchangeUsers: count,
  exchangeUsersMax: count,
  load: z.enum(["green", "amber", "red"]),
  isOperational: z.boolean(),
});

/** How moves are asked for. */
export const MovesQuery = z.object({
  /** Every mailbox that ever moved, not only those that wait. */
  all: z.stringbool().default(false),
  cursor: cursor.optional(),
  limit: z.coerce.number().int().min(1).max(100).default(100),
});

/** A page of moves, with what goes on around them. */
export const Moves = z.object({
  rows: z.array(MoveRow),
  next: z.string().nullable(),
  count,
  batches: z.array(BatchRow),
  clusters: z.array(ClusterRow),
});

/** An order about a mailbox that moves: it is looked at now. */
export const MoveOrder = z.object({ order: z.literal("look") });

/** A move. */
export type MoveRow = z.output<typeof MoveRow>;
/** Moves. */
export type Moves = z.output<typeof Moves>;
