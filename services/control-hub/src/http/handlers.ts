import { operations, type UserDetail, type UserOrderName } from "@hybrid/control-hub-page/api";
import type { Clock, OrgId } from "@hybrid/kernel";
import type { View } from "@hybrid/view";
import type { AddressBooks } from "../adapters/address-books.ts";
import { connectorCsv, connectorDetail, connectorsOf } from "../adapters/archive.ts";
import { auditPage } from "../adapters/audit.ts";
import type { BulkJobs } from "../adapters/bulk-jobs.ts";
import { groupsState, hasTeam, teamsPage } from "../adapters/groups.ts";
import type { Act, Orders } from "../adapters/orders.ts";
import { hybridCards, overviewOf, settingsOf, tenantSettings } from "../adapters/overview.ts";
import { usersPage } from "../adapters/user-pages.ts";
import { userReport } from "../adapters/user-report.ts";
import { userCounts, userDetail } from "../adapters/users.ts";
import { whyNoRetry } from "../domain/bulk.ts";
import type { Asked, Handlers } from "./asked.ts";
import { bulkHandlers } from "./bulk-handlers.ts";
import type { EventStreams } from "./event-streams.ts";
import { HttpFault } from "./http-fault.ts";
import { type MePorts, meHandlers } from "./me-handlers.ts";
import { openApiDocument } from "./openapi.ts";
import type { RepeatedOrders } from "./repeated-orders.ts";
import { sessionIdOf } from "./session-cookie.ts";
import { type SessionPorts, sessionHandlers } from "./session-handlers.ts";

/** What answers are made from. */
export interface HandlerPorts extends SessionPorts, MePorts {
  readonly views: { readonly organisations: View; readonly histories: View };
  readonly books: AddressBooks;
  readonly bulk: BulkJobs;
  readonly clock: Clock;
  readonly orders: Orders;
  readonly repeated: RepeatedOrders;
  readonly events: EventStreams;
}

type OfOrg = Pick<Asked<"overview">, "org" | "session" | "request">;

const orgOf = ({ org }: { readonly org: OrgId | null }): OrgId => {
  if (org === null) throw new TypeError("the path of this operation names no organisation");
  return org;
};

const missing = (what: string): HttpFault => new HttpFault(404, "notFound", `There is no such ${what}.`);

const found = <Value>(value: Value | null, what: string): Value => {
  if (value === null) throw missing(what);
  return value;
};

const etagOf = ({ version, changedAt }: UserDetail): string => `"${version}.${changedAt ?? 0}"`;

/** The version that an order is given for; null: whatever it is. */
const versionGiven = (header: string | undefined): number | null => {
  if (header === undefined || header === "*") return null;
  const version = /^"(?<version>\d{1,15})(?:\.\d{1,16})?"$/.exec(header)?.groups?.["version"];
  if (version === undefined) throw new HttpFault(400, "badRequest", "If-Match must be the ETag of the user.");
  return Number(version);
};

const whyNot = {
  notEnabled: "The user is switched off: switch it on first.",
  keptBack: "The user is kept back.",
  nothingToRetry: "There is nothing to try again.",
} as const;

const mustBeOpenTo = (user: UserDetail, order: UserOrderName): void => {
  const isKeptBack = user.obstacles.length > 0;
  const code = order === "retry" ? whyNoRetry({ ...user, isKeptBack }) : null;
  if (code !== null) throw new HttpFault(409, code, whyNot[code]);
};

/** Writes an order once, with who gives it. */
const give = async (
  { repeated }: HandlerPorts,
  asked: OfOrg,
  { act, about, order }: { readonly act: string; readonly about: string | null; readonly order: unknown },
  write: (entry: Act) => Promise<void>,
): Promise<{ readonly orderId: string }> => {
  const { session, request } = asked;
  if (session === null) throw new TypeError("an order needs somebody who gives it");
  const key = request.headers["idempotency-key"];
  const given = {
    key: typeof key === "string" ? key : undefined,
    by: session.csrfToken,
    order: [act, about, order],
  };
  const orderId = await repeated.once(given, (id) =>
    write({
      org: orgOf(asked),
      by: session.name,
      role: session.role,
      act,
      about,
      details: order === null ? null : JSON.stringify(order),
      orderId: id,
    }),
  );
  return { orderId };
};

const orderUser = (ports: HandlerPorts) => async (asked: Asked<"orderUser">) => {
  const { user: id } = asked.params;
  const { order } = asked.body;
  const user = found(await userDetail(ports.views, orgOf(asked), id), "user");
  const ifMatch = versionGiven(asked.request.headers["if-match"]);
  if (ifMatch !== null && ifMatch !== user.version)
    throw new HttpFault(412, "changedMeanwhile", "The user was changed meanwhile. Look again, then decide.");
  mustBeOpenTo(user, order);
  return give(ports, asked, { act: `users.${order}`, about: id, order: null }, (act) =>
    ports.orders.ofUser(
      act,
      id,
      { kind: "toggleUser", enabled: order !== "disable" },
      { ifMatch, orderId: act.orderId },
    ),
  );
};

const orderGroups = (ports: HandlerPorts) => (asked: Asked<"orderGroups">) => {
  const { order, ...rest } = asked.body;
  const details = Object.keys(rest).length === 0 ? null : rest;
  return give(ports, asked, { act: `groups.${order}`, about: null, order: details }, (act) => {
    const { body } = asked;
    if (body.order === "configure")
      return ports.orders.ofGroups(act, null, { kind: "configure", options: body.options });
    if (body.order === "confirm")
      return ports.orders.ofGroups(act, null, {
        kind: "confirm",
        prerequisite: body.prerequisite,
        value: body.value,
      });
    return ports.orders.ofGroups(act, null, { kind: body.order });
  });
};

const orderTeam = (ports: HandlerPorts) => (asked: Asked<"orderTeam">) => {
  const { team } = asked.params;
  const { order } = asked.body;
  if (!hasTeam(ports.views.organisations, orgOf(asked), team)) throw missing("team");
  return give(ports, asked, { act: `teams.${order}`, about: team, order: null }, (act) =>
    ports.orders.ofGroups(act, team, order === "connect" ? { kind: order, name: null } : { kind: order }),
  );
};

const orderConnector = (ports: HandlerPorts) => (asked: Asked<"orderConnector">) => {
  const { connector } = asked.params;
  const { order } = asked.body;
  found(connectorDetail(ports.views, orgOf(asked), connector), "connector");
  return give(ports, asked, { act: `archive.${order}`, about: connector, order: null }, (act) =>
    ports.orders.ofConnector(act, connector, order),
  );
};

const orderTenant = (ports: HandlerPorts) => (asked: Asked<"orderTenant">) => {
  const { tenant } = asked.params;
  const { order } = asked.body;
  const settings = found(tenantSettings(ports.views.organisations, orgOf(asked), tenant), "tenant");
  return give(ports, asked, { act: `tenants.${order}`, about: tenant, order: null }, (act) =>
    ports.orders.ofTenant(
      act,
      tenant,
      order === "activate" ? { kind: "activateTenant", settings } : { kind: "deactivateTenant" },
    ),
  );
};

const csvNamed = (reply: Asked<"userReport">["reply"], name: string): void => {
  void reply
    .type("text/csv; charset=utf-8")
    .header("content-disposition", `attachment; filename="${name}.csv"`);
};

type Looks = Pick<
  Handlers,
  "overview" | "hybrid" | "userCounts" | "users" | "user" | "userReport" | "settings" | "audit"
>;

const looks = ({ views, clock, books }: HandlerPorts): Looks => ({
  overview: (asked) => overviewOf(views.organisations, orgOf(asked), clock.now()),
  hybrid: (asked) => hybridCards(views.organisations, orgOf(asked)),
  userCounts: (asked) => userCounts(views.organisations, orgOf(asked)),
  users: (asked) => usersPage({ view: views.organisations, books }, orgOf(asked), asked.query),
  user: async (asked) => {
    const user = found(await userDetail(views, orgOf(asked), asked.params.user), "user");
    const etag = etagOf(user);
    void asked.reply.header("etag", etag);
    return asked.request.headers["if-none-match"] === etag ? asked.reply.code(304).send() : user;
  },
  userReport: (asked) => {
    csvNamed(asked.reply, `users-${orgOf(asked)}`);
    return userReport({ view: views.organisations, books }, orgOf(asked), asked.query);
  },
  settings: (asked) => settingsOf(views.organisations, orgOf(asked)),
  audit: (asked) => auditPage(views.histories, orgOf(asked), asked.query.cursor),
});

type OfOthers = Pick<Handlers, "groups" | "teams" | "connectors" | "connector" | "connectorLog">;

const others = ({ views, clock }: HandlerPorts): OfOthers => ({
  groups: (asked) => groupsState(views.organisations, orgOf(asked)),
  teams: (asked) => teamsPage(views.organisations, orgOf(asked), asked.query),
  connectors: (asked) => ({ connectors: connectorsOf(views.organisations, orgOf(asked)) }),
  connector: (asked) => found(connectorDetail(views, orgOf(asked), asked.params.connector), "connector"),
  connectorLog: (asked) => {
    const detail = found(connectorDetail(views, orgOf(asked), asked.params.connector), "connector");
    csvNamed(asked.reply, `archive-${detail.name}${asked.query.day ? `-${asked.query.day}` : ""}`);
    return connectorCsv(detail, clock.now(), asked.query.day);
  },
});

/** What answers each operation. */
export const handlersOf = (ports: HandlerPorts): Handlers => ({
  ...sessionHandlers(ports),
  ...bulkHandlers(ports.bulk),
  ...meHandlers(ports),
  ...looks(ports),
  ...others(ports),
  orderUser: orderUser(ports),
  orderGroups: orderGroups(ports),
  orderTeam: orderTeam(ports),
  orderConnector: orderConnector(ports),
  orderTenant: orderTenant(ports),
  events: (asked) => {
    const id = sessionIdOf(asked.request) ?? "";
    const isSignedIn = async () => (await ports.sessions.find(id, ports.clock.now())) !== null;
    ports.events.open(orgOf(asked), asked, isSignedIn);
  },
  openapi: () => openApiDocument(operations),
});
