import type { AddressInfo } from "node:net";
import { Agenda } from "./agenda.ts";
import type { GraphSimulator, GraphSimulatorOptions, UserActions } from "./api.ts";
import { Calendar } from "./calendar/calendar.ts";
import { addressOf, changeOfPerson } from "./calendar/event-input.ts";
import { etagOf } from "./calendar/event-render.ts";
import type { EventTruth } from "./calendar/event-truth.ts";
import { idsOf, type Mailbox } from "./calendar/mailbox.ts";
import { mergeSettings, repliesOfPerson } from "./calendar/mailbox-settings.ts";
import { Mailboxes } from "./calendar/mailboxes.ts";
import type { CalendarItem, StoredEvent } from "./calendar/stored-event.ts";
import { createDice } from "./dice.ts";
import { AccessTokens } from "./entra/access-tokens.ts";
import { Tenants } from "./entra/tenants.ts";
import { addEntraRoutes } from "./entra/token-endpoint.ts";
import { FaultPlan } from "./http/faults.ts";
import { Metrics } from "./http/metrics.ts";
import { addOperations, createServer } from "./http/server.ts";
import { Throttling } from "./http/throttling.ts";
import { Delivery } from "./notifications/delivery.ts";
import { Notifier } from "./notifications/notifications.ts";
import { Subscriptions } from "./notifications/subscriptions.ts";
import { eventOperations } from "./operations/events.ts";
import { subscriptionOperations } from "./operations/subscriptions.ts";
import { userOperations } from "./operations/users.ts";

/** The parts of a running simulator. */
interface Parts {
  readonly options: GraphSimulatorOptions;
  readonly agenda: Agenda;
  readonly metrics: Metrics;
  readonly tenants: Tenants;
  readonly mailboxes: Mailboxes;
  readonly faults: FaultPlan;
  readonly delivery: Delivery;
  readonly notifier: Notifier;
  readonly subscriptions: Subscriptions;
  readonly calendar: Calendar;
  readonly throttling: Throttling;
  readonly traffic: { inFlight: number; total: number };
  administrator: { readonly tenantId: string; readonly accepts: boolean } | null;
}

const assemble = (
  options: GraphSimulatorOptions,
): Parts & { readonly dice: ReturnType<typeof createDice> } => {
  const { clock, delivery: deliveryOptions = {} } = options;
  const dice = createDice(options.seed ?? 1);
  const agenda = new Agenda(clock);
  const metrics = new Metrics();
  const faults = new FaultPlan(dice, options.faults ?? {});
  const mailboxes = new Mailboxes(dice);
  const { caPem, dispatcher } = options;
  const delivery = new Delivery({
    clock,
    agenda,
    dice,
    metrics,
    caPem,
    dispatcher,
    options: deliveryOptions,
  });
  const duplicateWeights = deliveryOptions.duplicateWeights ?? [0.6, 0.3, 0.1];
  const notifier = new Notifier({ delivery, dice, faults, metrics, duplicateWeights });
  const subscriptions = new Subscriptions(
    { clock, agenda, dice },
    {
      changed: (subscription, change) => notifier.changed(subscription, change),
      lifecycle: (subscription, event) => notifier.lifecycle(subscription, event),
    },
    deliveryOptions.reauthorizationEveryMs,
  );
  const calendar = new Calendar({ clock, dice, mailboxes }, (change) => subscriptions.publish(change));
  return {
    options,
    dice,
    agenda,
    metrics,
    faults,
    mailboxes,
    delivery,
    notifier,
    subscriptions,
    calendar,
    tenants: new Tenants(),
    throttling: new Throttling(clock, metrics),
    traffic: { inFlight: 0, total: 0 },
    administrator: null,
  };
};

const truthOf = (item: CalendarItem): EventTruth => {
  const master = item.kind === "event" ? item.event : item.occurrence.master;
  const times = item.kind === "event" ? item.event : item.occurrence;
  const event = { ...master, ...idsOf(item), startAt: times.startAt, endAt: times.endAt };
  const { location } = event;
  const place = {
    displayName: location.displayName,
    ...(location.locationUri ? { locationUri: location.locationUri } : {}),
  };
  return {
    id: event.id,
    immutableId: event.immutableId,
    iCalUId: event.iCalUId,
    changeKey: event.changeKey,
    etag: etagOf(event.changeKey),
    type: item.kind === "event" ? event.type : "occurrence",
    subject: event.subject,
    body: event.body,
    location: location.displayName === "" ? null : place,
    startAt: event.startAt,
    endAt: event.endAt,
    timeZone: event.zone,
    isAllDay: event.isAllDay,
    isOrganizer: event.isOrganizer,
    isCancelled: event.isCancelled,
    organizer: event.organizer,
    attendees: event.attendees.map(({ address, name, type }) => ({ address, name, type })),
    sensitivity: event.sensitivity,
    isOnlineMeeting: event.online !== null,
    joinUrl: event.online?.joinUrl ?? null,
    recurrence: item.kind === "event" ? event.recurrence : null,
    cancelledOccurrences: event.cancelledDates,
    extendedProperties: [...event.extendedProperties.values()],
    versions: event.versions,
    patchesByApp: event.patchesByApp,
  };
};

const eventTruth = (event: StoredEvent): EventTruth => truthOf({ kind: "event", event });

const itemOf = (mailbox: Mailbox, eventId: string): CalendarItem => {
  const item = mailbox.find(eventId);
  if (!item) throw new RangeError(`user ${mailbox.spec.userId} has no event ${eventId}`);
  return item;
};

const userActions = ({ mailboxes, calendar, options }: Parts): UserActions => ({
  createEvent: (userId, input) => {
    const organizer = input.organizer ? { organizer: addressOf(input.organizer) } : {};
    return eventTruth(
      calendar.create(mailboxes.get(userId), { change: changeOfPerson(input), ...organizer }),
    );
  },
  updateEvent: (userId, eventId, patch) => {
    const mailbox = mailboxes.get(userId);
    const item = itemOf(mailbox, eventId);
    return eventTruth(calendar.update(mailbox, item, changeOfPerson(patch), { kind: "person" }));
  },
  deleteEvent: (userId, eventId) => {
    const mailbox = mailboxes.get(userId);
    calendar.remove(mailbox, itemOf(mailbox, eventId));
  },
  readEvent: (userId, eventId) => truthOf(itemOf(mailboxes.get(userId), eventId)),
  listEvents: (userId) => mailboxes.get(userId).list().map(eventTruth),
  setAutomaticReplies: (userId, replies) => {
    const mailbox = mailboxes.get(userId);
    mailbox.settings = mergeSettings(mailbox.settings, repliesOfPerson(replies), options.clock.now());
  },
});

const controls = (parts: Parts) => {
  const { subscriptions, notifier, mailboxes, tenants, throttling, faults } = parts;
  return {
    registerApp: (app) => tenants.registerApp(app),
    addTenant: (tenant) => tenants.addTenant(tenant),
    grantConsent: (tenantId, clientId, roles) => tenants.grant(tenantId, clientId, roles),
    revokeConsent: (tenantId, clientId, how = "revoked") => tenants.revoke(tenantId, clientId, how),
    setAdministrator: (administrator) => {
      parts.administrator = administrator;
    },
    addMailbox: (mailbox) => mailboxes.add(mailbox),
    setMailboxState: (userId, state) => {
      mailboxes.get(userId).state = state;
    },
    deleteUser: (userId) => {
      for (const { id } of subscriptions.ofUser(mailboxes.get(userId).spec.userId)) subscriptions.remove(id);
      mailboxes.delete(userId);
    },
    listSubscriptions: (userId) =>
      userId === undefined ? subscriptions.all() : subscriptions.ofUser(userId),
    sendLifecycle: (target, event) => {
      const found =
        "userId" in target
          ? subscriptions.ofUser(target.userId)
          : [subscriptions.find(target.subscriptionId)].filter((subscription) => subscription !== null);
      for (const subscription of found) notifier.lifecycle(subscription, event);
      return found.length;
    },
    removeSubscription: (userId, how) => {
      const found = subscriptions.ofUser(userId);
      for (const subscription of found) {
        subscriptions.remove(subscription.id);
        if (how === "withNotification") notifier.lifecycle(subscription, "subscriptionRemoved");
      }
      return found.length;
    },
    forgetSyncState: (userId) => {
      mailboxes.get(userId).syncGeneration++;
    },
    throttleTenant: (tenantId, throttle) => throttling.throttleTenant(tenantId, throttle),
    setFaults: (rates) => {
      faults.rates = rates;
    },
    activity: () => ({
      inFlight: parts.traffic.inFlight + parts.delivery.inFlight,
      total: parts.traffic.total + parts.delivery.started,
      nextDueAt: parts.agenda.nextDueAt(),
    }),
  } satisfies Omit<GraphSimulator, keyof UserActions | "baseUrl" | "port" | "metrics" | "stop">;
};

/**
 * Starts a simulator of Microsoft Graph v1.0 (calendars, mailbox settings, subscriptions) and of the
 * Microsoft Entra token endpoint on 127.0.0.1. It holds its own truth and knows nothing of the clients
 * that talk to it.
 */
export const startGraphSimulator = async (options: GraphSimulatorOptions): Promise<GraphSimulator> => {
  const parts = assemble(options);
  const { clock } = options;
  const {
    dice,
    tenants,
    mailboxes,
    throttling,
    faults,
    metrics,
    traffic,
    delivery,
    subscriptions,
    calendar,
  } = parts;
  const tokens = await AccessTokens.create({ clock, dice, tenants });
  let baseUrl = "";
  const ports = {
    clock,
    dice,
    tokens,
    mailboxes,
    throttling,
    faults,
    metrics,
    traffic,
    baseUrl: () => baseUrl,
  };
  const server = createServer(options.tls, ports);
  const wallClock = options.wallClock ?? Date.now;
  addEntraRoutes(server, { ...ports, wallClock, tenants, administrator: () => parts.administrator });
  const operations = [
    ...subscriptionOperations({ subscriptions, mailboxes, delivery, dice }),
    ...eventOperations(calendar, faults),
    ...userOperations(clock),
  ];
  addOperations(server, operations, ports);
  await server.listen({ host: "127.0.0.1", port: options.port ?? 0 });
  const { port } = server.server.address() as AddressInfo;
  baseUrl = `https://localhost:${port}`;
  return {
    ...userActions(parts),
    ...controls(parts),
    baseUrl,
    port,
    metrics,
    stop: async () => {
      parts.agenda.stop();
      await delivery.stop();
      await server.close();
    },
  };
};
