import { z } from "zod";
import { SettingsOrdered, SettingsWanted } from "./join-settings.ts";
import { count, moment } from "./shapes.ts";
import { UserCounts, UserStateName } from "./users.ts";

/** Why users need somebody, and how many. */
export const Need = z.object({ state: UserStateName, reason: z.string(), count });

/** Tries that are due in an hour: after a failure, and once a day. */
export const HourOfTries = z.object({ at: moment, soon: count, daily: count });

/** How far a source of people is. */
export const SyncState = z.object({
  source: z.string(),
  phase: z.string(),
  read: count,
  endedAt: moment.nullable(),
  nextAt: moment.nullable(),
  trouble: z.string().nullable(),
});

/** The numbers of an organisation. */
export const Overview = z.object({
  at: moment,
  counts: UserCounts,
  triedWithinAnHour: count,
  triedWithinADay: count,
  needs: z.array(Need),
  hours: z.array(HourOfTries),
  unreadableCalendars: count,
  sources: z.array(SyncState),
});

/** A card: where a service stands, and what is missing. */
export const HybridCard = z.object({
  service: z.enum(["calendar", "groups", "archive"]),
  state: UserStateName,
  /** What is missing or stands in the way; codes that the page has words for. */
  missing: z.array(z.string()),
  /** Numbers that the card tells. */
  figures: z.record(z.string(), z.number()),
  lastAt: moment.nullable(),
});

/** All cards. */
export const HybridCards = z.object({ cards: z.array(HybridCard) });

/** A tenant of Microsoft Entra and what the organisation wants of it. */
export const TenantRow = z.object({
  tenantId: z.string(),
  status: z.enum(["active", "suspended", "deactivated"]),
  decidedAt: moment,
  users: count,
  settings: SettingsWanted,
  /** Who lets us into calendars: an administrator for all, or each user for the own one. */
  consent: z.enum(["organisation", "user"]),
  /** Goes as `If-Match` with an order that gives other settings; the same as long as the settings are. */
  etag: z.string(),
});

/** What is set. */
export const Settings = z.object({
  tenants: z.array(TenantRow),
  /** Those that join details are written in. */
  languages: z.array(z.string()),
});

/** An order about a tenant. */
export const TenantOrder = z.discriminatedUnion("order", [
  z.object({ order: z.enum(["activate", "deactivate"]) }),
  z.object({ order: z.literal("configure"), settings: SettingsOrdered }),
]);

/** An act in the audit log. */
export const AuditRow = z.object({
  id: z.string(),
  at: moment,
  by: z.string(),
  role: z.string(),
  act: z.string(),
  about: z.string().nullable(),
  details: z.string().nullable(),
});

/** A page of the audit log, newest first. */
export const AuditPage = z.object({ rows: z.array(AuditRow), next: z.string().nullable() });

/** The numbers. */
export type Overview = z.output<typeof Overview>;
/** A need. */
export type Need = z.output<typeof Need>;
/** One card. */
export type HybridCard = z.output<typeof HybridCard>;
/** The cards. */
export type HybridCards = z.output<typeof HybridCards>;
/** The settings. */
export type Settings = z.output<typeof Settings>;
/** One act. */
export type AuditRow = z.output<typeof AuditRow>;
/** Acts. */
export type AuditPage = z.output<typeof AuditPage>;
