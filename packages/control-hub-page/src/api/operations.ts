import { z } from "zod";
import {
  ArchiveRole,
  ArchiveWanted,
  ConnectorCreate,
  ConnectorDetail,
  ConnectorOrder,
  ConnectorPreview,
  Connectors,
} from "./archive.ts";
import { BulkFile, BulkJob, BulkJobs, bulkMax } from "./bulk.ts";
import { CalendarOrder, CalendarSetup, ConsentLink, ConsentOrder, TrialOrder } from "./calendar.ts";
import { GroupsOrder, GroupsState, TeamOrder, TeamsPage, TeamsQuery } from "./groups.ts";
import { Me } from "./me.ts";
import { AuditPage, HybridCards, Overview, Settings, TenantOrder } from "./overview.ts";
import {
  type Role,
  SessionAnswer,
  SessionEnding,
  SessionList,
  SessionsEnded,
  SignInWays,
} from "./session.ts";
import { cursor, orgName, word } from "./shapes.ts";
import { OrderTaken, UserCounts, UserDetail, UserOrder, UsersPage, UsersQuery } from "./users.ts";

/** An operation of the API. Its checks, its description and its tests follow from this. */
export interface Operation {
  readonly method: "GET" | "POST";
  /** Below `/api`; parts in braces are parameters. */
  readonly path: string;
  readonly summary: string;
  /** What is asked of the person, by the table `rolesThatMay`; null: nobody needs to be signed in. */
  readonly role: Role | null;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** Of a body that is no JSON: what it is, and its bytes at most. */
  readonly file?: { readonly type: "text/csv"; readonly bytesMax: number };
  readonly answer: { readonly type: string; readonly schema: z.ZodType };
  /** 200 when left out. */
  readonly status?: number;
}

const json = (schema: z.ZodType): Operation["answer"] => ({ type: "application/json", schema });
const csv: Operation["answer"] = { type: "text/csv", schema: z.string() };
const org = z.object({ org: orgName });
const ofOrg = <Shape extends z.ZodRawShape>(shape: Shape) => org.extend(shape);

const taken = { answer: json(OrderTaken), status: 202 } as const;

/** Every operation of the API. */
export const operations = {
  session: {
    method: "GET",
    path: "/session",
    summary: "Who is signed in, and the token that goes with changes.",
    role: "user",
    answer: json(SessionAnswer),
  },
  endSession: {
    method: "POST",
    path: "/session/end",
    summary: "Ends the session.",
    role: "user",
    answer: json(z.object({})),
  },
  me: {
    method: "GET",
    path: "/me",
    summary: "What is known of the person who is signed in.",
    role: "user",
    answer: json(Me),
  },
  myExport: {
    method: "GET",
    path: "/me/export.json",
    summary: "What is stored here about the person who is signed in.",
    role: "user",
    answer: json(z.looseObject({})),
  },
  orderMe: {
    method: "POST",
    path: "/me/orders",
    summary: "Connects the person's own calendar, or disconnects it.",
    role: "user",
    body: z.object({ order: z.enum(["connect", "disconnect"]) }),
    ...taken,
  },
  signInWays: {
    method: "GET",
    path: "/sign-in",
    summary: "How people sign in here.",
    role: null,
    answer: json(SignInWays),
  },
  ownSessions: {
    method: "GET",
    path: "/sessions",
    summary: "Where the person is signed in.",
    role: "user",
    answer: json(SessionList),
  },
  endOwnSession: {
    method: "POST",
    path: "/sessions/end",
    summary: "Ends one of the person's own sessions, or all but the one that asks.",
    role: "user",
    body: SessionEnding,
    answer: json(SessionsEnded),
  },
  sessions: {
    method: "GET",
    path: "/o/{org}/sessions",
    summary: "Who is signed in to the organisation.",
    role: "full",
    params: org,
    answer: json(SessionList),
  },
  endSessions: {
    method: "POST",
    path: "/o/{org}/sessions/end",
    summary: "Ends a session of the organisation, or all that its person has there.",
    role: "full",
    params: org,
    body: SessionEnding,
    answer: json(SessionsEnded),
  },
  overview: {
    method: "GET",
    path: "/o/{org}/overview",
    summary: "The numbers of an organisation.",
    role: "readOnly",
    params: org,
    answer: json(Overview),
  },
  hybrid: {
    method: "GET",
    path: "/o/{org}/hybrid",
    summary: "A card for each service: its state and what is missing.",
    role: "readOnly",
    params: org,
    answer: json(HybridCards),
  },
  userCounts: {
    method: "GET",
    path: "/o/{org}/user-counts",
    summary: "How many users there are in each state.",
    role: "readOnly",
    params: org,
    answer: json(UserCounts),
  },
  users: {
    method: "GET",
    path: "/o/{org}/users",
    summary: "Users, filtered, a page at a time.",
    role: "readOnly",
    params: org,
    query: UsersQuery,
    answer: json(UsersPage),
  },
  userReport: {
    method: "GET",
    path: "/o/{org}/users.csv",
    summary: "The User Status Report: every user that the filters choose, as CSV.",
    role: "readOnly",
    params: org,
    query: UsersQuery.omit({ cursor: true, limit: true, sort: true }),
    answer: csv,
  },
  user: {
    method: "GET",
    path: "/o/{org}/users/{user}",
    summary: "All that is known of one user. Its ETag is the version that orders may be given for.",
    role: "readOnly",
    params: ofOrg({ user: word }),
    answer: json(UserDetail),
  },
  orderUser: {
    method: "POST",
    path: "/o/{org}/users/{user}/orders",
    summary: "Switches a user on or off, or tries again now; the outcome comes as an event.",
    role: "support",
    params: ofOrg({ user: word }),
    body: UserOrder,
    ...taken,
  },
  calendarSetup: {
    method: "GET",
    path: "/o/{org}/calendar",
    summary: "How far the calendars of the organisation are set up.",
    role: "readOnly",
    params: org,
    answer: json(CalendarSetup),
  },
  orderCalendar: {
    method: "POST",
    path: "/o/{org}/calendar/orders",
    summary: "Observes or writes from now on, or synchronises people.",
    role: "full",
    params: org,
    body: CalendarOrder,
    ...taken,
  },
  consentLink: {
    method: "POST",
    path: "/o/{org}/consent-links",
    summary: "Where an administrator of a tenant signs in and accepts permissions; the way back leads here.",
    role: "full",
    params: org,
    body: ConsentOrder,
    answer: json(ConsentLink),
  },
  tryMailbox: {
    method: "POST",
    path: "/o/{org}/tenants/{tenant}/trials",
    summary: "Puts an event into a mailbox and removes it; each step is a line of JSON, told when it ends.",
    role: "full",
    params: ofOrg({ tenant: word }),
    body: TrialOrder,
    answer: { type: "application/x-ndjson", schema: z.string() },
  },
  bulkJobs: {
    method: "GET",
    path: "/o/{org}/bulk",
    summary: "Files of orders of the last day.",
    role: "support",
    params: org,
    answer: json(BulkJobs),
  },
  planBulk: {
    method: "POST",
    path: "/o/{org}/bulk",
    summary: "Looks at a file of orders about users, and says what each line would do. Nothing is ordered.",
    role: "support",
    params: org,
    body: BulkFile,
    file: { type: "text/csv", bytesMax: bulkMax.bytes },
    answer: json(BulkJob),
    status: 201,
  },
  bulkJob: {
    method: "GET",
    path: "/o/{org}/bulk/{job}",
    summary: "A file of orders: what it would do, and what became of it.",
    role: "support",
    params: ofOrg({ job: word }),
    answer: json(BulkJob),
  },
  applyBulk: {
    method: "POST",
    path: "/o/{org}/bulk/{job}/apply",
    summary: "Gives the orders of a file, each for the version that was looked at.",
    role: "support",
    params: ofOrg({ job: word }),
    answer: json(BulkJob),
    status: 202,
  },
  bulkReport: {
    method: "GET",
    path: "/o/{org}/bulk/{job}/report.csv",
    summary: "What each line of a file comes to, and what became of it, as CSV.",
    role: "support",
    params: ofOrg({ job: word }),
    answer: csv,
  },
  groups: {
    method: "GET",
    path: "/o/{org}/groups",
    summary: "What Microsoft 365 groups have of their prerequisites, and what they lack.",
    role: "readOnly",
    params: org,
    answer: json(GroupsState),
  },
  orderGroups: {
    method: "POST",
    path: "/o/{org}/groups/orders",
    summary: "Configures, authorises, checks or switches groups.",
    role: "full",
    params: org,
    body: GroupsOrder,
    ...taken,
  },
  teams: {
    method: "GET",
    path: "/o/{org}/teams",
    summary: "Teams and where each stands with its group.",
    role: "readOnly",
    params: org,
    query: TeamsQuery,
    answer: json(TeamsPage),
  },
  orderTeam: {
    method: "POST",
    path: "/o/{org}/teams/{team}/orders",
    summary: "Connects a team, disconnects it, or tries again.",
    role: "full",
    params: ofOrg({ team: word }),
    body: TeamOrder,
    ...taken,
  },
  connectors: {
    method: "GET",
    path: "/o/{org}/archive",
    summary: "Archive connectors.",
    role: "readOnly",
    params: org,
    answer: json(Connectors),
  },
  archiveRole: {
    method: "GET",
    path: "/o/{org}/archive-role",
    summary: "Whether the person may make archive connectors.",
    role: "readOnly",
    params: org,
    answer: json(ArchiveRole),
  },
  previewConnector: {
    method: "POST",
    path: "/o/{org}/archive-previews",
    summary: "What a connector would read and whose mailboxes it would write to. It only reads.",
    role: "full",
    params: org,
    body: ArchiveWanted,
    answer: json(ConnectorPreview),
  },
  createConnector: {
    method: "POST",
    path: "/o/{org}/archive/orders",
    summary: "Makes a connector under a name that no other has; the archive role is needed.",
    role: "full",
    params: org,
    body: ConnectorCreate,
    ...taken,
  },
  connector: {
    method: "GET",
    path: "/o/{org}/archive/{connector}",
    summary: "An archive connector with the days of its status log.",
    role: "readOnly",
    params: ofOrg({ connector: word }),
    answer: json(ConnectorDetail),
  },
  connectorLog: {
    method: "GET",
    path: "/o/{org}/archive/{connector}/log.csv",
    summary: "The status log as CSV, one line a day.",
    role: "readOnly",
    params: ofOrg({ connector: word }),
    query: z.object({ day: z.iso.date().optional() }),
    answer: csv,
  },
  orderConnector: {
    method: "POST",
    path: "/o/{org}/archive/{connector}/orders",
    summary: "Pauses a connector, lets it go on, or reads a window again.",
    role: "full",
    params: ofOrg({ connector: word }),
    body: ConnectorOrder,
    ...taken,
  },
  settings: {
    method: "GET",
    path: "/o/{org}/settings",
    summary: "The tenants of an organisation and its settings.",
    role: "readOnly",
    params: org,
    answer: json(Settings),
  },
  orderTenant: {
    method: "POST",
    path: "/o/{org}/tenants/{tenant}/orders",
    summary: "Activates a tenant again with its settings, deactivates it, or gives it other settings.",
    role: "full",
    params: ofOrg({ tenant: word }),
    body: TenantOrder,
    ...taken,
  },
  audit: {
    method: "GET",
    path: "/o/{org}/audit",
    summary: "Who did what on this page, newest first.",
    role: "readOnly",
    params: org,
    query: z.object({ cursor: cursor.optional() }),
    answer: json(AuditPage),
  },
  events: {
    method: "GET",
    path: "/o/{org}/events",
    summary: "What changes, as server-sent events.",
    role: "readOnly",
    params: org,
    answer: { type: "text/event-stream", schema: z.string() },
  },
  openapi: {
    method: "GET",
    path: "/openapi.json",
    summary: "This document.",
    role: null,
    answer: json(z.looseObject({})),
  },
} as const satisfies Readonly<Record<string, Operation>>;

/** The name of an operation. */
export type OperationName = keyof typeof operations;
