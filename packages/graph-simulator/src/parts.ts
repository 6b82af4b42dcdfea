import { Agenda } from "./agenda.ts";
import { type GraphSimulatorOptions } from "./api.ts";
import { Calendar } from "./calendar/calendar.ts";
import { Mailboxes } from "./calendar/mailboxes.ts";
import { createDice } from "./dice.ts";
import { DirectoryChanges } from "./directory/directory-changes.ts";
import { Drives } from "./drives/drives.ts";
import type { SignedIn } from "./entra/browser.ts";
import { DirectoryRoles } from "./entra/directory-roles.ts";
import { SignIns } from "./entra/sign-ins.ts";
import { Tenants } from "./entra/tenants.ts";
import { Groups } from "./groups/groups.ts";
import { FaultPlan } from "./http/faults.ts";
import { Metrics } from "./http/metrics.ts";
import { Throttling } from "./http/throttling.ts";
import { MailStores } from "./mail/mail-store.ts";
import { UploadBudget, UploadSessions } from "./mail/upload-sessions.ts";
import { Delivery } from "./notifications/delivery.ts";
import { Notifier } from "./notifications/notifications.ts";
import { Subscriptions } from "./notifications/subscriptions.ts";

/** The parts of a running simulator. */
export interface Parts {
  readonly options: GraphSimulatorOptions;
  readonly agenda: Agenda;
  readonly metrics: Metrics;
  readonly tenants: Tenants;
  readonly mailboxes: Mailboxes;
  readonly directoryChanges: DirectoryChanges;
  readonly groups: Groups;
  readonly drives: Drives;
  readonly faults: FaultPlan;
  readonly delivery: Delivery;
  readonly notifier: Notifier;
  readonly subscriptions: Subscriptions;
  readonly calendar: Calendar;
  readonly throttling: Throttling;
  readonly mail: {
    readonly stores: MailStores;
    readonly budget: UploadBudget;
    readonly sessions: UploadSessions;
  };
  readonly traffic: { inFlight: number; total: number };
  readonly directoryRoles: DirectoryRoles;
  readonly signIns: SignIns;
  signedIn: SignedIn | null;
}

/** Puts the parts together; nothing listens yet. */
export const assemble = (
  options: GraphSimulatorOptions,
): Parts & { readonly dice: ReturnType<typeof createDice> } => {
  const { clock, delivery: deliveryOptions = {} } = options;
  const dice = createDice(options.seed ?? 1);
  const agenda = new Agenda(clock);
  const metrics = new Metrics();
  const faults = new FaultPlan(dice, options.faults ?? {}, options.latencyMs);
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
      directoryChanged: (subscription, change) => notifier.directoryChanged(subscription, change),
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
    directoryChanges: new DirectoryChanges(),
    groups: new Groups({ clock, dice, mailboxes }, options.groups ?? {}),
    drives: new Drives({ clock, dice }),
    throttling: new Throttling(clock, metrics),
    mail: {
      stores: new MailStores(),
      budget: new UploadBudget(clock),
      sessions: new UploadSessions({ clock, dice }),
    },
    traffic: { inFlight: 0, total: 0 },
    directoryRoles: new DirectoryRoles(),
    signIns: new SignIns({ clock, dice }),
    signedIn: null,
  };
};
