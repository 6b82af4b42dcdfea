import { z } from "zod";
import { SyncState, TenantRow } from "./overview.ts";
import { moment } from "./shapes.ts";
import { UserCounts } from "./users.ts";

/** The clouds of Microsoft 365 that keep to themselves. */
export const CloudName = z.enum(["worldwide", "gccHigh", "dod", "china"]);

/** The registrations in Microsoft Entra. */
export const AppName = z.enum(["calendar", "groups", "archive"]);

/** A permission that a registration asks for. */
export const AskedPermission = z.object({ name: z.string(), isRequired: z.boolean() });

/** How far the calendars of an organisation are set up. */
export const CalendarSetup = z.object({
  /** The one that this installation reaches. */
  cloud: CloudName,
  permissions: z.array(AskedPermission),
  tenants: z.array(TenantRow),
  /** Observe: what would be written is decided and reported alone. Null: nobody has said it lately. */
  mode: z.enum(["observe", "live"]).nullable(),
  modeSince: moment.nullable(),
  sources: z.array(SyncState),
  counts: UserCounts,
});

/** An order about the calendars of an organisation. */
export const CalendarOrder = z.object({ order: z.enum(["observe", "live", "synchronise"]) });

/** What an administrator of a tenant is asked for. */
export const ConsentOrder = z.object({
  app: AppName,
  /** The tenant that is meant; that of the person who signs in when left out. */
  tenantId: z.guid().optional(),
});

/** Where the browser goes to sign in at Microsoft. */
export const ConsentLink = z.object({ url: z.url() });

/** Which mailbox is tried: a mail address, or the user's object id. */
export const TrialOrder = z.object({ mailbox: z.string().trim().min(3).max(254) });

/** A step of a trial, as it ended; one on each line of the answer. */
export const TrialStep = z.object({
  name: z.enum(["consent", "found", "settings", "created", "removed"]),
  isDone: z.boolean(),
  /** Why it failed; null when it did not. */
  code: z.string().nullable(),
});

/** A cloud. */
export type CloudName = z.output<typeof CloudName>;
/** A registration. */
export type AppName = z.output<typeof AppName>;
/** The set-up. */
export type CalendarSetup = z.output<typeof CalendarSetup>;
/** A link. */
export type ConsentLink = z.output<typeof ConsentLink>;
/** A step. */
export type TrialStep = z.output<typeof TrialStep>;
