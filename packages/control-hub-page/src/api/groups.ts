import { z } from "zod";
import { count, cursor, moment, word } from "./shapes.ts";

/** A prerequisite as it was found. */
export const PrerequisiteRow = z.object({
  name: z.string(),
  state: z.enum(["met", "missing", "unknown"]),
  found: z.string().nullable(),
});

/** What groups have and lack in an organisation. */
export const GroupsState = z.object({
  /** False: nobody has said yet in which tenant groups are to be made. */
  isConfigured: z.boolean(),
  isAuthorised: z.boolean(),
  isEnabled: z.boolean(),
  checks: z.array(PrerequisiteRow),
  usersSeen: count,
  usersLinked: count,
  unlinked: z.array(z.object({ person: z.string(), reason: z.string() })),
  checkedAt: moment.nullable(),
  teams: z.object({ connected: count, waiting: count, blocked: count }),
});

const uuid = z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);

/** How groups are to be. */
export const GroupsWanted = z.object({
  tenantId: uuid,
  webexOrgUuid: uuid,
  mode: z.enum(["everyTeam", "optIn"]),
  visibility: z.enum(["private", "public"]),
  welcomeMail: z.boolean(),
  namePrefix: z.string().max(64),
  nameSuffix: z.string().max(64),
  language: z.string().max(35).nullable(),
  botPersonUuid: uuid.nullable(),
});

/** An order about groups. */
export const GroupsOrder = z.discriminatedUnion("order", [
  z.object({ order: z.enum(["check", "authorise", "revoke", "enable", "disable"]) }),
  z.object({ order: z.literal("configure"), options: GroupsWanted }),
  z.object({
    order: z.literal("confirm"),
    prerequisite: z.enum(["messagingEntitlement", "microsoftContent", "linkedFolders", "tenantName"]),
    /** Null takes it back. */
    value: z.string().min(1).max(253).nullable(),
  }),
]);

/** A team and its group. */
export const TeamRow = z.object({
  id: word,
  name: z.string().nullable(),
  standing: z.enum(["noticed", "making", "connected", "blocked", "disconnected"]),
  reason: z.string().nullable(),
  groupId: z.string().nullable(),
  libraryUrl: z.string().nullable(),
  spacesLinked: count,
  spacesWaiting: count,
  refused: z.array(z.object({ person: z.string(), reason: z.string() })),
  refusedCount: count,
  nextTryAt: moment.nullable(),
  at: moment,
});

/** How teams are asked for. */
export const TeamsQuery = z.object({
  cursor: cursor.optional(),
  limit: z.coerce.number().int().min(1).max(100).default(100),
});

/** A page of teams. */
export const TeamsPage = z.object({ rows: z.array(TeamRow), next: z.string().nullable(), count });

/** An order about a team. */
export const TeamOrder = z.object({ order: z.enum(["connect", "disconnect", "retry"]) });

/** The state of groups. */
export type GroupsState = z.output<typeof GroupsState>;
/** What is ordered. */
export type GroupsOrder = z.output<typeof GroupsOrder>;
/** A team. */
export type TeamRow = z.output<typeof TeamRow>;
/** Teams. */
export type TeamsPage = z.output<typeof TeamsPage>;
/** How groups are wanted. */
export type GroupsWanted = z.output<typeof GroupsWanted>;
