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
export const ConnectorOrder = z.discriminatedUnion("order", [
  z.object({ order: z.enum(["pause", "resume"]) }),
  /** Reads a window again; what mailboxes have is skipped. */
  z
    .object({ order: z.literal("rerun"), from: moment, to: moment })
    .refine(({ from, to }) => from < to, { error: "must end after it begins", path: ["to"] }),
]);

const address = z
  .string()
  .trim()
  .toLowerCase()
  .max(254)
  .regex(/^[^\s@,]+@[^\s@,]+$/, "is no mail address");

/** What a connector is to archive, and where to. */
export const ArchiveWanted = z.strictObject({
  tenants: z.array(z.guid()).min(1).max(20),
  /** The mailbox for what belongs to nobody's. */
  catchAll: address.nullable().default(null),
  /** Files of one message at most. */
  itemBytesMax: z
    .int()
    .min(0)
    .max(150 * 1_048_576)
    .default(10 * 1_048_576),
  /** Also files that Webex cannot scan for malware. */
  allowsUnscannable: z.boolean().default(false),
  /** Only these participants; everybody when there are neither people nor groups. */
  people: z.array(address).max(1_000).default([]),
  groups: z.array(z.guid()).max(100).default([]),
  /** Only these spaces, by UUID; all when there is none. */
  spaces: z.array(z.guid()).max(1_000).default([]),
});

/** A connector that is to be made. */
export const ConnectorCreate = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9_.-]{1,40}$/, "must be 1 to 40 of A-Z a-z 0-9 _ . -"),
  /** That the person has the right to archive what people write to each other. */
  acceptsTerms: z.literal(true),
  wanted: ArchiveWanted,
  /** Archive from here on; a day ago when left out. */
  from: moment.nullable().default(null),
  /** Who makes it, where the sign-in names no person; else it must be the person who is signed in. */
  by: address.optional(),
});

const problem = z.string().nullable();

/** What is reviewed before a connector is made. */
export const ConnectorPreview = z.object({
  source: z.object({ officer: z.string().nullable(), problem }),
  consent: z.array(z.object({ tenantId: z.string(), problem })).readonly(),
  /** Null where the source or the tenants cannot be asked. */
  mapping: z
    .object({
      first: z
        .array(
          z.object({
            email: z.string(),
            state: z.enum(["mailbox", "noUser", "noMailbox"]),
            userPrincipalName: z.string().nullable(),
          }),
        )
        .readonly(),
      participants: count,
      withMailbox: count,
      withoutMailbox: count,
      seen: z.object({ from: moment, to: moment }).nullable(),
    })
    .nullable(),
  mappingProblem: problem,
});

/** Whether somebody may make a connector. */
export const ArchiveRole = z.object({
  /** The address that the sign-in names; null: the person says it. */
  by: z.string().nullable(),
  holdsRole: z.boolean(),
});

/** A day. */
export type ArchiveDayRow = z.output<typeof ArchiveDayRow>;
/** A connector. */
export type ConnectorRow = z.output<typeof ConnectorRow>;
/** Connectors. */
export type Connectors = z.output<typeof Connectors>;
/** What is to be archived. */
export type ArchiveWanted = z.output<typeof ArchiveWanted>;
/** The review. */
export type ConnectorPreview = z.output<typeof ConnectorPreview>;
/** The role. */
export type ArchiveRole = z.output<typeof ArchiveRole>;
/** A connector, whole. */
export type ConnectorDetail = z.output<typeof ConnectorDetail>;
