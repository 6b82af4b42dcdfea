import { infiniteQueryOptions, QueryClient, queryOptions } from "@tanstack/react-query";
import type {
  ArchiveRole,
  ArchiveWanted,
  AuditPage,
  BulkJob,
  BulkJobs,
  CalendarSetup,
  ConnectorDetail,
  ConnectorPreview,
  Connectors,
  DetailsPreviews,
  DetailsWanted,
  GroupsState,
  HybridCards,
  Me,
  Moves,
  Overview,
  Rooms,
  Rules,
  SessionList,
  Settings,
  SignInWays,
  TeamsPage,
  UserCounts,
  UserDetail,
  UserStateName,
  UsersPage,
} from "../src/api/index.ts";
import { ask, look, Refused, session } from "./api.ts";

/** What the page has looked up. Events say when to look again, so nothing is asked for without a reason. */
export const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 60_000,
      // What was refused is refused again; only who did not answer is asked again.
      retry: (count, error) => error instanceof Refused && error.code === "unreachable" && count < 3,
    },
  },
});

/** Who is signed in. */
export const sessionQuery = queryOptions({ queryKey: ["session"], queryFn: session, retry: false });

/** How often it is looked how far the orders of a file are. */
const bulkEveryMs = 2_000;

/** How people sign in. */
export const signInWaysQuery = queryOptions({
  queryKey: ["sign-in"],
  queryFn: ({ signal }) => look<SignInWays>("/sign-in", signal),
});

const of = <Answer>(org: string, ...path: readonly [string, ...string[]]) =>
  queryOptions({
    queryKey: [org, ...path],
    queryFn: ({ signal }) => look<Answer>(`/o/${org}/${path.map(encodeURIComponent).join("/")}`, signal),
  });

/** The numbers of an organisation. */
export const overviewQuery = (org: string) => of<Overview>(org, "overview");
/** The cards. */
export const hybridQuery = (org: string) => of<HybridCards>(org, "hybrid");
/** Users by state. */
export const countsQuery = (org: string) => of<UserCounts>(org, "user-counts");
/** How far calendars are set up. */
export const calendarQuery = (org: string) => of<CalendarSetup>(org, "calendar");
/** Rules for addresses of meetings. */
export const rulesQuery = (org: string) => of<Rules>(org, "rules");
/** Meeting rooms. */
export const roomsQuery = (org: string) => of<Rooms>(org, "rooms");
/** Whether the person may make connectors. */
export const archiveRoleQuery = (org: string) => of<ArchiveRole>(org, "archive-role");
/** What a connector would read and write; it takes a while. */
export const archivePreviewQuery = (org: string, wanted: Partial<ArchiveWanted>) =>
  queryOptions({
    queryKey: [org, "archive-preview", wanted],
    queryFn: () => ask<ConnectorPreview>(`/o/${org}/archive-previews`, wanted),
    retry: false,
  });
/** One user. */
export const userQuery = (org: string, id: string) => of<UserDetail>(org, "users", id);
/** Prerequisites of groups. */
export const groupsQuery = (org: string) => of<GroupsState>(org, "groups");
/** Archive connectors. */
export const connectorsQuery = (org: string) => of<Connectors>(org, "archive");
/** One connector with its days. */
export const connectorQuery = (org: string, name: string) => of<ConnectorDetail>(org, "archive", name);
/** What settings make of an invitation. */
export const detailsPreviewQuery = (org: string, wanted: DetailsWanted) =>
  queryOptions({
    queryKey: [org, "details-preview", wanted],
    queryFn: () => ask<DetailsPreviews>(`/o/${org}/details-previews`, wanted),
    retry: false,
  });
/** Tenants and settings. */
export const settingsQuery = (org: string) => of<Settings>(org, "settings");

/** Who is signed in to an organisation. */
export const sessionsQuery = (org: string) => of<SessionList>(org, "sessions");
/** Files of orders of the last day; no event tells of them, so they are looked up whenever they are shown. */
export const bulkJobsQuery = (org: string) => queryOptions({ ...of<BulkJobs>(org, "bulk"), staleTime: 0 });
/** One file of orders; looked up again while something of it is under way. */
export const bulkJobQuery = (org: string, id: string) =>
  queryOptions({
    ...of<BulkJob>(org, "bulk", id),
    staleTime: 0,
    refetchInterval: ({ state }) => ((state.data?.outcomes.waiting ?? 0) > 0 ? bulkEveryMs : false),
  });

/** How often a person whose calendar is not in step yet looks again. */
const ownStateEveryMs = 10_000;

/** What is about the person who is signed in. */
export const meQuery = queryOptions({
  queryKey: ["me"],
  queryFn: ({ signal }) => look<Me>("/me", signal),
  // No event tells a person of themselves; what was just connected is tried within a minute.
  refetchInterval: ({ state: { data } }) =>
    data?.user?.isWanted === true && data.user.state !== "active" ? ownStateEveryMs : false,
});
/** Where that person is signed in. */
export const ownSessionsQuery = queryOptions({
  queryKey: ["sessions"],
  queryFn: ({ signal }) => look<SessionList>("/sessions", signal),
});

/** Which users are looked for. */
export interface UserFilters {
  readonly state?: UserStateName | undefined;
  readonly reason?: string | undefined;
  readonly tenant?: string | undefined;
  readonly search?: string | undefined;
}

/** The filters as the service takes them. */
export const filterText = (filters: UserFilters): string => {
  const given = Object.entries(filters).filter((entry): entry is [string, string] => Boolean(entry[1]));
  return new URLSearchParams(given).toString();
};

const pages = <Page extends { readonly next: string | null }>(org: string, name: string, filters: string) =>
  infiniteQueryOptions({
    queryKey: [org, name, "list", filters],
    queryFn: ({ pageParam, signal }) => {
      const asked = new URLSearchParams(filters);
      if (pageParam) asked.set("cursor", pageParam);
      return look<Page>(`/o/${org}/${name}?${asked.toString()}`, signal);
    },
    initialPageParam: "",
    getNextPageParam: (last: Page) => last.next,
  });

/** Users, a page at a time. */
export const usersQuery = (org: string, filters: UserFilters) =>
  pages<UsersPage>(org, "users", filterText(filters));
/** Teams, a page at a time. */
export const teamsQuery = (org: string) => pages<TeamsPage>(org, "teams", "");
/** The audit log, a page at a time. */
export const auditQuery = (org: string) => pages<AuditPage>(org, "audit", "");
/** Mailboxes on the move, or all that ever moved, a page at a time. */
export const movesQuery = (org: string, isAll: boolean) => pages<Moves>(org, "migrations", `all=${isAll}`);
