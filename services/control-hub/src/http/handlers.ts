import { operations, type UserDetail, type UserOrderName } from "@hybrid/control-hub-page/api";
import { HttpFault } from "@hybrid/http-api";
import { connectorCsv, connectorDetail, connectorsOf } from "../adapters/archive.ts";
import { auditPage } from "../adapters/audit.ts";
import { groupsState, hasTeam, teamsPage } from "../adapters/groups.ts";
import { hybridCards, overviewOf, settingsOf } from "../adapters/overview.ts";
import { usersPage } from "../adapters/user-pages.ts";
import { userReport } from "../adapters/user-report.ts";
import { userCounts, userDetail } from "../adapters/users.ts";
import { whyNoRetry } from "../domain/bulk.ts";
import type { Asked, Handlers } from "./asked.ts";
import { bulkHandlers } from "./bulk-handlers.ts";
import { connectorHandlers } from "./connector-handlers.ts";
import { csvNamed } from "./csv-reply.ts";
import { explainHandlers } from "./explain-handlers.ts";
import { found, give, type HandlerPorts, missing, orgOf } from "./giving.ts";
import { meHandlers } from "./me-handlers.ts";
import { openApiDocument } from "./openapi.ts";
import { placeHandlers } from "./place-handlers.ts";
import { sessionIdOf } from "./session-cookie.ts";
import { sessionHandlers } from "./session-handlers.ts";
import { setUpHandlers } from "./set-up-handlers.ts";

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

const orderUser = (ports: HandlerPorts) => async (asked: Asked<"orderUser">) => {
  const { user: id } = asked.params;
  const { order } = asked.body;
  const user = found(await userDetail(ports.views, orgOf(asked), id), "user");
  const ifMatch = versionGiven(asked.request.headers["if-match"]);
  // Looked at within: an order that comes again has changed the user itself.
  return give(ports, asked, { act: `users.${order}`, about: id, order: null }, async (act) => {
    if (ifMatch !== null && ifMatch !== user.version)
      throw new HttpFault(
        412,
        "changedMeanwhile",
        "The user was changed meanwhile. Look again, then decide.",
      );
    mustBeOpenTo(user, order);
    const change = { kind: "toggleUser", enabled: order !== "disable" } as const;
    await ports.orders.ofUser(act, id, change, { ifMatch, orderId: act.orderId });
  });
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

type Looks = Pick<
  Handlers,
  "overview" | "hybrid" | "userCounts" | "users" | "user" | "userReport" | "settings" | "audit"
>;

const looks = ({ views, clock, books, desk }: HandlerPorts): Looks => ({
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
  settings: (asked) => ({
    ...settingsOf(views.organisations, orgOf(asked)),
    languages: desk.languages,
  }),
  audit: (asked) => auditPage(views.histories, orgOf(asked), asked.query.cursor),
});

type OfOthers = Pick<Handlers, "groups" | "teams" | "connectors" | "connector" | "connectorLog">;

const others = ({ views, clock }: HandlerPorts): OfOthers => ({
  groups: (asked) => groupsState(views.organisations, orgOf(asked)),
  teams: (asked) => teamsPage(views.organisations, orgOf(asked), asked.query),
  connectors: async (asked) => ({ connectors: await connectorsOf(views.organisations, orgOf(asked)) }),
  connector: async (asked) =>
    found(await connectorDetail(views, orgOf(asked), asked.params.connector), "connector"),
  connectorLog: async (asked) => {
    const detail = found(await connectorDetail(views, orgOf(asked), asked.params.connector), "connector");
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
  ...setUpHandlers(ports),
  ...connectorHandlers(ports),
  ...explainHandlers(ports),
  ...placeHandlers(ports),
  events: (asked) => {
    const id = sessionIdOf(asked.request) ?? "";
    const isSignedIn = async () => (await ports.sessions.find(id, ports.clock.now())) !== null;
    ports.events.open(orgOf(asked), asked, isSignedIn);
  },
  openapi: () => openApiDocument(operations),
});
