import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  type RouteComponent,
  redirect,
} from "@tanstack/react-router";
import type { UserStateName } from "../src/api/index.ts";
import { Refused } from "./api.ts";
import { Frame } from "./frame.tsx";
import { Fault } from "./page-states.tsx";
import { NoOrganisation, SignedOut } from "./pages/signed-out.tsx";
import { client, sessionQuery } from "./queries.ts";
import { type SettingsPart, settingsParts } from "./settings-parts.ts";

const signedIn = async () => {
  try {
    return await client.ensureQueryData(sessionQuery);
  } catch (error) {
    if (error instanceof Refused && error.status === 401) throw redirect({ to: "/signed-out" });
    throw error;
  }
};

const root = createRootRoute({ component: Outlet, errorComponent: ({ error }) => <Fault error={error} /> });

const start = createRoute({
  getParentRoute: () => root,
  path: "/",
  beforeLoad: async () => {
    const { role, organisations } = await signedIn();
    if (role === "user") throw redirect({ to: "/me" });
    const [org] = organisations;
    if (org !== undefined) throw redirect({ to: "/o/$org/overview", params: { org } });
  },
  component: NoOrganisation,
});

const signedOut = createRoute({ getParentRoute: () => root, path: "/signed-out", component: SignedOut });

const me = createRoute({
  getParentRoute: () => root,
  path: "/me",
  validateSearch: (search) => consentSearch(search),
  beforeLoad: async () => {
    await signedIn();
  },
  component: lazyRouteComponent(() => import("./pages/me.tsx"), "MyPage"),
});

const organisation = createRoute({
  getParentRoute: () => root,
  path: "/o/$org",
  beforeLoad: async () => {
    await signedIn();
  },
  component: Frame,
});

/** What the list of users shows is in the address, so that it can be sent to somebody. */
export interface UsersSearch {
  readonly state?: UserStateName | undefined;
  readonly reason?: string | undefined;
  readonly tenant?: string | undefined;
  readonly open?: string | undefined;
}

const states: readonly string[] = ["notActivated", "error", "active", "disabled"];

const textIn = (search: Readonly<Record<string, unknown>>, name: string): string | undefined => {
  const value = search[name];
  // An id of digits that a person has written comes as a number; one that is exactly the same in digits.
  if (typeof value === "number") return String(value);
  return typeof value === "string" && value !== "" ? value : undefined;
};

const usersSearch = (search: Record<string, unknown>): UsersSearch => {
  const state = textIn(search, "state");
  return {
    state: state !== undefined && states.includes(state) ? (state as UserStateName) : undefined,
    reason: textIn(search, "reason"),
    tenant: textIn(search, "tenant"),
    open: textIn(search, "open"),
  };
};

/** What a wizard is told by Microsoft, which sends the browser back to it. */
export interface ConsentSearch {
  readonly consent?: string | undefined;
  readonly details?: string | undefined;
}

const consentSearch = (search: Record<string, unknown>): ConsentSearch => ({
  consent: textIn(search, "consent"),
  details: textIn(search, "details"),
});

const wizard = <const Path extends string>(path: Path, component: RouteComponent) =>
  createRoute({
    getParentRoute: () => organisation,
    path,
    validateSearch: consentSearch,
    component,
  });

const page = <const Path extends string>(path: Path, component: RouteComponent) =>
  createRoute({ getParentRoute: () => organisation, path, component });

const users = createRoute({
  getParentRoute: () => organisation,
  path: "users",
  validateSearch: usersSearch,
  component: lazyRouteComponent(() => import("./pages/users.tsx"), "Users"),
});

const bulk = createRoute({
  getParentRoute: () => organisation,
  path: "users-bulk",
  validateSearch: (search: Record<string, unknown>): { readonly job?: string | undefined } => ({
    job: textIn(search, "job"),
  }),
  component: lazyRouteComponent(() => import("./pages/bulk.tsx"), "Bulk"),
});

const migrations = createRoute({
  getParentRoute: () => organisation,
  path: "migrations",
  validateSearch: (search: Record<string, unknown>): { readonly all?: boolean | undefined } => ({
    all: search["all"] === true ? true : undefined,
  }),
  component: lazyRouteComponent(() => import("./pages/migrations.tsx"), "Migrations"),
});

const tenantSettings = createRoute({
  getParentRoute: () => organisation,
  path: "settings/$tenant",
  validateSearch: (search: Record<string, unknown>): { readonly part?: SettingsPart | undefined } => ({
    part: settingsParts.find((each) => each === search["part"]),
  }),
  component: lazyRouteComponent(() => import("./pages/tenant-settings.tsx"), "TenantSettings"),
});

const routes = root.addChildren([
  start,
  signedOut,
  me,
  organisation.addChildren([
    users,
    bulk,
    page(
      "sessions",
      lazyRouteComponent(() => import("./pages/sessions.tsx"), "Sessions"),
    ),
    page(
      "overview",
      lazyRouteComponent(() => import("./pages/overview.tsx"), "OverviewPage"),
    ),
    page(
      "hybrid",
      lazyRouteComponent(() => import("./pages/hybrid.tsx"), "Hybrid"),
    ),
    wizard(
      "hybrid/calendar/setup/$step",
      lazyRouteComponent(() => import("./pages/calendar-setup.tsx"), "CalendarSetupPage"),
    ),
    wizard(
      "hybrid/archive/setup/$step",
      lazyRouteComponent(() => import("./pages/archive-setup.tsx"), "ArchiveSetup"),
    ),
    wizard(
      "hybrid/groups/setup/$step",
      lazyRouteComponent(() => import("./pages/groups-setup.tsx"), "GroupsSetup"),
    ),
    page(
      "hybrid/groups/settings",
      lazyRouteComponent(() => import("./pages/groups-settings.tsx"), "GroupsSettings"),
    ),
    page(
      "teams",
      lazyRouteComponent(() => import("./pages/teams.tsx"), "Teams"),
    ),
    page(
      "archive",
      lazyRouteComponent(() => import("./pages/archive.tsx"), "Archive"),
    ),
    page(
      "archive/$connector",
      lazyRouteComponent(() => import("./pages/connector.tsx"), "Connector"),
    ),
    page(
      "archive/$connector/$day",
      lazyRouteComponent(() => import("./pages/archive-day.tsx"), "ArchiveDay"),
    ),
    page(
      "explain",
      lazyRouteComponent(() => import("./pages/explain.tsx"), "Explain"),
    ),
    page(
      "explain/rules",
      lazyRouteComponent(() => import("./pages/rules.tsx"), "RulesPage"),
    ),
    page(
      "workspaces",
      lazyRouteComponent(() => import("./pages/workspaces.tsx"), "Workspaces"),
    ),
    migrations,
    page(
      "audit",
      lazyRouteComponent(() => import("./pages/audit.tsx"), "Audit"),
    ),
    tenantSettings,
    page(
      "settings",
      lazyRouteComponent(() => import("./pages/settings.tsx"), "SettingsPage"),
    ),
  ]),
]);

/** Every address of the page. */
export const router = createRouter({ routeTree: routes, defaultPreload: "intent" });

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
