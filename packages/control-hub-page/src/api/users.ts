import { z } from "zod";
import { count, cursor, moment, word } from "./shapes.ts";

/** The states of a user as people see them. */
export const UserStateName = z.enum(["notActivated", "error", "active", "disabled"]);

/** A row of the list of users. */
export const UserRow = z.object({
  /** The part of the user's key behind `u-`. */
  id: word,
  state: UserStateName,
  /** A code of docs/ERRORS.md, of the conflict report, or of waiting; null: nothing to explain. */
  reason: z.string().nullable(),
  mailAddress: z.string(),
  tenantId: z.string(),
  nextTryAt: moment.nullable(),
  changedAt: moment.nullable(),
  /** What an order of this version may be given for; 0 while the directory does not know the user. */
  version: z.int().min(0),
  /** Since when the calendar of an Active user cannot be read, and why. */
  unreadable: z.object({ since: moment, code: z.string() }).nullable(),
});

/** How the list is asked for. */
export const UsersQuery = z.object({
  state: UserStateName.optional(),
  reason: z.string().max(64).optional(),
  tenant: z.string().max(64).optional(),
  /** A part of the mail address, in any case. */
  search: z.string().max(200).optional(),
  /** `attention`: Error by next try, then Not activated, then the rest by address. Ignored when searching. */
  sort: z.enum(["attention", "address"]).default("attention"),
  cursor: cursor.optional(),
  limit: z.coerce.number().int().min(1).max(100).default(100),
});

/** A page of the list. */
export const UsersPage = z.object({
  rows: z.array(UserRow),
  /** Asks for the next page; null behind the last one. */
  next: z.string().nullable(),
  /** Users that match. */
  count,
  /** False: there are more than the count says. */
  isCountExact: z.boolean(),
});

/** How many users there are in each state. */
export const UserCounts = z.object({
  all: count,
  notActivated: count,
  error: count,
  active: count,
  disabled: count,
});

/** One change of a user. */
export const HistoryEntry = z.object({
  at: moment,
  from: z.string(),
  to: z.string(),
  cause: z.string(),
  reason: z.string().nullable(),
  failures: count,
});

/** All that is known of a user. */
export const UserDetail = UserRow.extend({
  objectId: z.string(),
  isWanted: z.boolean(),
  /** What stands in the way, codes of the conflict report. */
  obstacles: z.array(z.string()),
  failures: count,
  cause: z.string().nullable(),
  subscriptionEndsAt: moment.nullable(),
  connector: z.string().nullable(),
  webex: z
    .object({
      personId: z.string(),
      hasSignedIn: z.boolean(),
      mayMessage: z.boolean().nullable(),
      isLinked: z.boolean(),
    })
    .nullable(),
  /** Newest first; what this installation has seen since its view was made. */
  history: z.array(HistoryEntry),
  /** The latest order that somebody waits for, and what became of it. */
  lastOrder: z.object({ orderId: z.string(), outcome: z.string(), version: z.int(), at: moment }).nullable(),
});

/** An order about a user. */
export const UserOrder = z.object({ order: z.enum(["enable", "disable", "retry"]) });

/** An order was written down; its outcome comes as an event. */
export const OrderTaken = z.object({ orderId: z.string() });

/** A row. */
export type UserRow = z.output<typeof UserRow>;
/** What the list may be asked for. */
export type UsersQuery = z.output<typeof UsersQuery>;
/** A page. */
export type UsersPage = z.output<typeof UsersPage>;
/** Counts by state. */
export type UserCounts = z.output<typeof UserCounts>;
/** A user, whole. */
export type UserDetail = z.output<typeof UserDetail>;
/** A state. */
export type UserStateName = z.output<typeof UserStateName>;
/** What is ordered of a user. */
export type UserOrderName = z.output<typeof UserOrder>["order"];
/** The number of an order. */
export type OrderTaken = z.output<typeof OrderTaken>;
