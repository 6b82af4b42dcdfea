import type { EventInput, EventPatch, GraphSimulator, UserChange } from "@hybrid/graph-simulator";
import { z } from "zod";
import { type Clouds, mailboxOf, registerApp } from "./clouds.ts";
import { registrationOf } from "./registration.ts";
import {
  appShape,
  directoryRoleShape,
  eventPatchShape,
  eventShape,
  graphFaultsShape,
  guidShape,
  instantShape,
  mailboxStateShape,
  manifestShape,
  personShape,
  repliesShape,
  tenantShape,
  userChangeShape,
  userShape,
  webexFaultsShape,
} from "./shapes.ts";
import { setWebexFaults } from "./webex-scenario.ts";

/** What a request to the control port said. */
export interface ControlCall<Body> {
  readonly params: Readonly<Record<string, string>>;
  readonly body: Body;
}

/** One thing that the control port does. */
export interface ControlRoute {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  /** In a few words, for `GET /`. */
  readonly does: string;
  readonly body: z.ZodType;
  readonly handle: (clouds: Clouds, call: ControlCall<never>) => unknown;
}

const nothing = z.undefined();

/** Keeps the type of the body between its shape and what handles it. */
const route = <Shape extends z.ZodType>(
  address: `${ControlRoute["method"]} /${string}`,
  does: string,
  body: Shape,
  handle: (clouds: Clouds, call: ControlCall<z.infer<Shape>>) => unknown,
): ControlRoute => {
  const [method = "", path = ""] = address.split(" ");
  return { method: method as ControlRoute["method"], path, does, body, handle };
};

const done = { done: true };

const userOf = ({ params }: ControlCall<unknown>): string => params["userId"] ?? "";
const eventOf = ({ params }: ControlCall<unknown>): string => params["eventId"] ?? "";

const looking: readonly ControlRoute[] = [
  route(
    "GET /state",
    "time, what is in flight, counts of requests and deliveries",
    nothing,
    ({ graph, webex, clock }) => ({
      now: new Date(clock.now()).toISOString(),
      graph: {
        activity: graph.activity(),
        requests: graph.metrics.requests,
        deliveries: graph.metrics.deliveries,
        throttled: graph.metrics.throttled,
        retryAfterViolations: graph.metrics.retryAfterViolations,
        subscriptions: graph.listSubscriptions().length,
      },
      webex: { activity: webex.activity(), requests: webex.requestCounts() },
    }),
  ),
  route("GET /subscriptions", "every living subscription", nothing, ({ graph }) => ({
    subscriptions: graph.listSubscriptions(),
  })),
  route("GET /webex/people", "every person of Webex", nothing, ({ webex }) => ({
    people: webex.people(),
  })),
];

const time: readonly ControlRoute[] = [
  route(
    "POST /clock",
    "move time forward: by `advanceMs`, or `to` a moment",
    z.union([z.strictObject({ advanceMs: z.number().min(0) }), z.strictObject({ to: instantShape })]),
    ({ clock }, { body }) => {
      clock.advance("to" in body ? Math.max(0, body.to - clock.now()) : body.advanceMs);
      return { now: new Date(clock.now()).toISOString() };
    },
  ),
];

const faults: readonly ControlRoute[] = [
  route(
    "PUT /faults/graph",
    "what goes wrong at Graph, and how often; {} for nothing",
    graphFaultsShape,
    ({ graph }, { body }) => {
      graph.setFaults(body);
      return done;
    },
  ),
  route(
    "PUT /faults/webex",
    "share of Webex requests that fail, until when all are throttled, and what is odd about its answers",
    webexFaultsShape.extend({
      errorRate: z.number().min(0).max(1).exactOptional(),
      throttleForMs: z.number().min(0).exactOptional(),
    }),
    ({ webex, clock }, { body }) => {
      webex.faults.errorRate(body.errorRate ?? 0);
      webex.faults.throttleUntil(clock.now() + (body.throttleForMs ?? 0));
      setWebexFaults(webex, body);
      return done;
    },
  ),
  route(
    "POST /tenants/:tenantId/throttle",
    "answer every Graph request for the tenant with 429",
    z.strictObject({ forMs: z.number().min(1), retryAfterSeconds: z.int().min(1) }),
    ({ graph, clock }, { params, body }) => {
      const untilMs = clock.now() + body.forMs;
      graph.throttleTenant(params["tenantId"] ?? "", { untilMs, retryAfterSeconds: body.retryAfterSeconds });
      return done;
    },
  ),
];

const administration: readonly ControlRoute[] = [
  route(
    "POST /apps",
    "register an application, or replace its registration",
    appShape,
    ({ graph }, { body }) => {
      registerApp(graph, body);
      return done;
    },
  ),
  route("POST /tenants", "add a tenant", tenantShape, ({ graph }, { body }) => {
    graph.addTenant(body);
    return done;
  }),
  route(
    "PUT /tenants/:tenantId/consent/:clientId",
    "grant consent, take it back (revoked) or remove the application (removed)",
    z.strictObject({
      state: z.enum(["granted", "revoked", "removed"]),
      roles: z.array(z.string().min(1)).exactOptional(),
    }),
    ({ graph }, { params, body }) => {
      const [tenantId, clientId] = [params["tenantId"] ?? "", params["clientId"] ?? ""];
      if (body.state === "granted") graph.grantConsent(tenantId, clientId, body.roles);
      else graph.revokeConsent(tenantId, clientId, body.state);
      return done;
    },
  ),
  route(
    "POST /applications",
    "register an application by its manifest, as Microsoft Graph takes it; answers its appId",
    manifestShape,
    ({ graph }, { body }) => {
      const app = registrationOf(body);
      registerApp(graph, app);
      return { appId: app.clientId };
    },
  ),
  route(
    "PUT /tenants/:tenantId/exchange/:clientId",
    "what an Exchange administrator lets an application do (RBAC for Applications)",
    z.strictObject({ roles: z.array(z.string().min(1)) }),
    ({ graph }, { params, body }) => {
      graph.grantInExchange(params["tenantId"] ?? "", params["clientId"] ?? "", body.roles);
      return done;
    },
  ),
  route(
    "PUT /sign-in",
    "who is signed in at the pages of Entra, and whether they accept; null: the pages ask",
    z.strictObject({ tenantId: guidShape, userId: guidShape, accepts: z.boolean() }).nullable(),
    ({ graph }, { body }) => {
      graph.setSignedIn(body);
      return done;
    },
  ),
  route(
    "PUT /users/:userId/directory-roles",
    "the roles that a user has in Microsoft Entra",
    z.strictObject({ roles: z.array(directoryRoleShape) }),
    ({ graph }, call) => {
      graph.setDirectoryRoles(userOf(call), call.body.roles);
      return done;
    },
  ),
  route(
    "POST /tenants/:tenantId/users",
    "add a user with mailbox",
    userShape,
    ({ graph }, { params, body }) => {
      graph.addMailbox(mailboxOf(params["tenantId"] ?? "", body));
      return done;
    },
  ),
  route("PATCH /users/:userId", "change a user", userChangeShape, ({ graph }, call) => {
    graph.updateUser(userOf(call), call.body as UserChange);
    return done;
  }),
  route("DELETE /users/:userId", "delete a user", nothing, ({ graph }, call) => {
    graph.deleteUser(userOf(call));
    return done;
  }),
  route(
    "PUT /users/:userId/mailbox-state",
    "what is wrong with a mailbox, or `normal`",
    z.strictObject({ state: mailboxStateShape }),
    ({ graph }, call) => {
      graph.setMailboxState(userOf(call), call.body.state);
      return done;
    },
  ),
  route(
    "POST /webex/rooms/:uuid/migrate",
    "move a space of Webex to another region: from now on its id is another",
    z.strictObject({ cluster: z.string().min(1) }),
    ({ webex }, { params, body }) => {
      const room = webex.spaces.rooms.get(params["uuid"] ?? "");
      if (!room) throw new Error("no space has this UUID");
      webex.spaces.migrateRoom(room, body.cluster);
      return done;
    },
  ),
  route("POST /webex/people", "add a person to Webex", personShape, ({ webex }, { body }) =>
    webex.addPerson(body),
  ),
  route(
    "POST /certificates",
    "a certificate by the simulators' authority, for example for your notification endpoint",
    z.strictObject({ hosts: z.array(z.string().min(1)).min(1) }),
    ({ authority }, { body }) => authority.issue(body.hosts),
  ),
];

const people: readonly ControlRoute[] = [
  route("GET /users/:userId/events", "every event as it is stored", nothing, ({ graph }, call) => ({
    events: graph.listEvents(userOf(call)),
  })),
  route("GET /users/:userId/events/:eventId", "one event as it is stored", nothing, ({ graph }, call) =>
    graph.readEvent(userOf(call), eventOf(call)),
  ),
  route("POST /users/:userId/events", "a person writes an invitation", eventShape, ({ graph }, call) =>
    graph.createEvent(userOf(call), call.body as EventInput),
  ),
  route(
    "PATCH /users/:userId/events/:eventId",
    "a person changes an event",
    eventPatchShape,
    ({ graph }, call) => graph.updateEvent(userOf(call), eventOf(call), call.body as EventPatch),
  ),
  route("DELETE /users/:userId/events/:eventId", "a person deletes an event", nothing, ({ graph }, call) => {
    graph.deleteEvent(userOf(call), eventOf(call));
    return done;
  }),
  route(
    "PUT /users/:userId/automatic-replies",
    "a person sets automatic replies",
    repliesShape,
    ({ graph }, call) => {
      graph.setAutomaticReplies(userOf(call), call.body);
      return done;
    },
  ),
];

const lifecycle = z.enum(["reauthorizationRequired", "subscriptionRemoved", "missed"]);
const target = z.union([
  z.strictObject({ userId: guidShape, event: lifecycle }),
  z.strictObject({ subscriptionId: guidShape, event: lifecycle }),
]);

const sendLifecycle = (graph: GraphSimulator, { event, ...to }: z.infer<typeof target>): object => ({
  sent: graph.sendLifecycle(to, event),
});

const subscriptions: readonly ControlRoute[] = [
  route("POST /lifecycle", "send a lifecycle notification", target, ({ graph }, { body }) =>
    sendLifecycle(graph, body),
  ),
  route(
    "POST /users/:userId/drop-subscriptions",
    "remove a user's subscriptions, with a word or silently",
    z.strictObject({ how: z.enum(["silently", "withNotification"]) }),
    ({ graph }, call) => ({ removed: graph.removeSubscription(userOf(call), call.body.how) }),
  ),
  route(
    "POST /users/:userId/forget-sync-state",
    "make every delta token of a mailbox unknown",
    nothing,
    ({ graph }, call) => {
      graph.forgetSyncState(userOf(call));
      return done;
    },
  ),
];

/** Everything that the control port does. */
export const controlRoutes: readonly ControlRoute[] = [
  ...looking,
  ...time,
  ...faults,
  ...administration,
  ...people,
  ...subscriptions,
];
