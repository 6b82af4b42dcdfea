import type { Mailboxes } from "../calendar/mailboxes.ts";
import { utcDateTime } from "../calendar/time-zones.ts";
import type { Dice } from "../dice.ts";
import { badRequest, GraphFault, notSimulated } from "../http/graph-fault.ts";
import type { Delivery } from "../notifications/delivery.ts";
import { type Subscribed, subscribedOf } from "../notifications/subscribed.ts";
import {
  type Subscriptions,
  type SubscriptionTarget,
  type SubscriptionTruth,
} from "../notifications/subscriptions.ts";
import {
  subscriptionCreateSchema,
  subscriptionGaps,
  subscriptionReadOnly,
  subscriptionUpdateSchema,
} from "../schemas/subscription.ts";
import { readBody } from "../schemas/write-body.ts";
import { type Answer, type Call, calendarReaders, type Operation } from "./operation.ts";

/** What the subscription operations need. */
export interface SubscriptionPorts {
  readonly subscriptions: Subscriptions;
  readonly mailboxes: Mailboxes;
  readonly delivery: Delivery;
  readonly dice: Dice;
}

const subscriptionType = "microsoft.graph.subscription";
const pageSize = 100;

const render = (call: Call, truth: SubscriptionTruth, dice: Dice): object => ({
  "@odata.context": `${call.graphUrl}/$metadata#subscriptions/$entity`,
  ...properties(truth, dice),
});

const properties = (truth: SubscriptionTruth, dice: Dice): object => ({
  id: truth.id,
  resource: truth.resource,
  applicationId: truth.clientId,
  changeType: truth.changeTypes.join(","),
  clientState: truth.clientState,
  notificationUrl: truth.notificationUrl,
  notificationQueryOptions: null,
  lifecycleNotificationUrl: truth.lifecycleNotificationUrl,
  expirationDateTime: utcDateTime(truth.expiresAt),
  creatorId: dice.guid("service principal", truth.tenantId, truth.clientId),
  includeResourceData: null,
  latestSupportedTlsVersion: truth.latestSupportedTlsVersion,
  encryptionCertificate: null,
  encryptionCertificateId: null,
  notificationUrlAppId: null,
});

/** Every address must answer a validation request; two addresses, even if equal, are two requests. */
const validate = async (
  ports: SubscriptionPorts,
  urls: readonly (string | null | undefined)[],
): Promise<void> => {
  const asked = urls.filter((url) => url !== null && url !== undefined);
  const answers = await Promise.all(
    asked.map((url) => {
      const requestId = ports.dice.guid("validation", ports.delivery.started, url);
      return ports.delivery.validate(url, `Validation: checking + reachability for Request-Id: ${requestId}`);
    }),
  );
  const wrong = answers.find((answer) => answer !== null);
  if (wrong !== undefined) throw badRequest(wrong, "InvalidRequest");
};

/** Permissions that a subscription needs, by what it is about. */
const readers: Readonly<Record<Subscribed["kind"], readonly string[]>> = {
  events: calendarReaders,
  users: ["User.Read.All", "User.ReadWrite.All", "Directory.Read.All"],
  groups: ["Group.Read.All", "Group.ReadWrite.All", "Directory.Read.All"],
};

const mailboxOf = (ports: SubscriptionPorts, call: Call, user: string): string => {
  const mailbox = ports.mailboxes.user(call.caller.tenantId, user);
  // What a person has delegated lets into that person's mailbox alone.
  if (call.caller.userId !== null && call.caller.userId !== mailbox.spec.userId) throw forbidden();
  try {
    ports.mailboxes.checkUsable(mailbox);
  } catch (thrown) {
    if (thrown instanceof GraphFault && thrown.status === 403) throw forbidden();
    throw thrown;
  }
  return mailbox.spec.userId;
};

const forbidden = (): GraphFault =>
  new GraphFault(
    403,
    "ExtensionError",
    "Operation: Create; Exception: [Status Code: Forbidden; Reason: Access denied]",
  );

const targetOf = (ports: SubscriptionPorts, call: Call, resource: string): SubscriptionTarget => {
  const subscribed = subscribedOf(resource);
  const about = subscribed.kind;
  if (!readers[about].some((role) => call.caller.roles.has(role))) throw forbidden();
  if (subscribed.kind === "events") return { about, userId: mailboxOf(ports, call, subscribed.user) };
  if (subscribed.id === null) return { about, userId: null };
  if (about === "groups")
    throw new GraphFault(404, "Request_ResourceNotFound", `Resource '${subscribed.id}' does not exist.`);
  return { about, userId: ports.mailboxes.user(call.caller.tenantId, subscribed.id).spec.userId };
};

const others = { readOnly: subscriptionReadOnly, gaps: subscriptionGaps };

/** Other ways of delivery, and notifications with data in them. */
const refuseGaps = (body: unknown): void => {
  const given = (body ?? {}) as {
    readonly notificationUrl?: unknown;
    readonly includeResourceData?: unknown;
  };
  if (typeof given.notificationUrl === "string" && /^Event(Hub|Grid):/i.test(given.notificationUrl))
    throw notSimulated("delivery by Event Hubs and Event Grid");
  if (given.includeResourceData === true) throw notSimulated("notifications with resource data");
};

const create =
  (ports: SubscriptionPorts) =>
  async (call: Call): Promise<Answer> => {
    refuseGaps(call.body);
    const given = readBody(subscriptionCreateSchema, call.body, subscriptionType, others);
    const target = targetOf(ports, call, given.resource);
    ports.subscriptions.grantedExpiry(given.expirationDateTime, target.about);
    ports.subscriptions.checkRoom(call.caller, target, given);
    await validate(ports, [given.notificationUrl, given.lifecycleNotificationUrl]);
    // Once more: another request for the same combination may have been faster.
    ports.subscriptions.checkRoom(call.caller, target, given);
    const owner = { clientId: call.caller.clientId, tenantId: call.caller.tenantId };
    const truth = ports.subscriptions.add(owner, target, given, call.prefer.immutableIds);
    return { status: 201, body: render(call, truth, ports.dice) };
  };

const idOf = (call: Call): string => call.params["subscriptionId"] ?? "";

const update =
  (ports: SubscriptionPorts) =>
  async (call: Call): Promise<Answer> => {
    const { subscriptions } = ports;
    const truth = subscriptions.get(call.caller, idOf(call));
    const given = readBody(subscriptionUpdateSchema, call.body, subscriptionType, others);
    const expiresAt =
      given.expirationDateTime === undefined
        ? truth.expiresAt
        : subscriptions.grantedExpiry(given.expirationDateTime, truth.about);
    if (given.notificationUrl !== undefined && given.notificationUrl !== truth.notificationUrl)
      await validate(ports, [given.notificationUrl]);
    const notificationUrl = given.notificationUrl ?? truth.notificationUrl;
    const updated = subscriptions.update(truth.id, { expiresAt, notificationUrl });
    return { status: 200, body: render(call, updated, ports.dice) };
  };

const list =
  (ports: SubscriptionPorts) =>
  (call: Call): Answer => {
    const all = ports.subscriptions.ofOwner(call.caller).sort((a, b) => (a.id < b.id ? -1 : 1));
    const after = call.query.$skiptoken ?? "";
    const left = all.filter(({ id }) => id > after);
    const page = left.slice(0, pageSize);
    const last = page.at(-1);
    const more = last && left.length > page.length;
    return {
      status: 200,
      body: {
        "@odata.context": `${call.graphUrl}/$metadata#subscriptions`,
        value: page.map((truth) => properties(truth, ports.dice)),
        ...(more ? { "@odata.nextLink": `${call.address}?$skiptoken=${last.id}` } : {}),
      },
    };
  };

/** Subscriptions. */
export const subscriptionOperations = (ports: SubscriptionPorts): Operation[] => {
  const common = { family: "subscription", roles: Object.values(readers).flat(), query: [] } as const;
  const path = "/subscriptions";
  const one = `${path}/:subscriptionId`;
  return [
    { ...common, method: "POST", path, cost: "write", handle: create(ports) },
    { ...common, method: "GET", path, cost: "list", query: ["$skiptoken"], handle: list(ports) },
    {
      ...common,
      method: "GET",
      path: one,
      cost: "read",
      handle: (call: Call) => ({
        status: 200,
        body: render(call, ports.subscriptions.get(call.caller, idOf(call)), ports.dice),
      }),
    },
    { ...common, method: "PATCH", path: one, cost: "write", handle: update(ports) },
    {
      ...common,
      method: "DELETE",
      path: one,
      cost: "write",
      handle: (call: Call) => {
        ports.subscriptions.remove(ports.subscriptions.get(call.caller, idOf(call)).id);
        return { status: 204 };
      },
    },
    {
      ...common,
      method: "POST",
      path: `${one}/reauthorize`,
      cost: "reauthorize",
      handle: (call: Call) => {
        ports.subscriptions.get(call.caller, idOf(call));
        return { status: 204 };
      },
    },
  ];
};
