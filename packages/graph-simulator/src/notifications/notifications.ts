import type { CalendarChange } from "../calendar/calendar.ts";
import { etagOf } from "../calendar/event-render.ts";
import { utcDateTime } from "../calendar/time-zones.ts";
import { type Dice, pickWeighted } from "../dice.ts";
import type { FaultPlan } from "../http/faults.ts";
import type { Metrics } from "../http/metrics.ts";
import type { Delivery } from "./delivery.ts";
import type { LifecycleEvent } from "./delivery-options.ts";
import type { DirectoryChange, SubscriptionTruth } from "./subscriptions.ts";

/** What turns changes into notifications needs. */
export interface NotifierPorts {
  readonly delivery: Delivery;
  readonly dice: Dice;
  readonly faults: FaultPlan;
  readonly metrics: Metrics;
  readonly duplicateWeights: readonly number[];
}

const indiaOffsetMs = 5.5 * 3_600_000;

/** Makes notifications as Graph does: 1 to 3 for one change, in the spellings that its own examples vary. */
export class Notifier {
  readonly #ports: NotifierPorts;
  #lifecycleEvents = 0;
  #directoryChanges = 0;

  constructor(ports: NotifierPorts) {
    this.#ports = ports;
  }

  changed(subscription: SubscriptionTruth, change: CalendarChange): void {
    const { dice, delivery, faults, metrics, duplicateWeights } = this.#ports;
    const name = `${subscription.id} ${change.ids.id} ${change.changeKey} ${change.changeType}`;
    if (faults.losesNotification(name)) {
      metrics.deliveries.lost++;
      return;
    }
    const copies = 1 + pickWeighted(duplicateWeights, dice.draw("duplicates", name));
    for (let copy = 1; copy <= copies; copy++)
      delivery.enqueue(
        subscription.notificationUrl,
        this.#changeItem(subscription, change, `${name} ${copy}`),
        `${name} ${copy}`,
      );
  }

  directoryChanged(subscription: SubscriptionTruth, { userId, changeType }: DirectoryChange): void {
    const { delivery } = this.#ports;
    const name = `directory ${subscription.id} ${userId} ${++this.#directoryChanges}`;
    const resource = `Users/${userId}`;
    const resourceData = { "@odata.type": "#Microsoft.Graph.User", "@odata.id": resource, id: userId };
    const item = { ...this.#commonItem(subscription, name), changeType, resource, resourceData };
    delivery.enqueue(subscription.notificationUrl, item, name);
  }

  /** Nothing when the subscription has no lifecycle address. */
  lifecycle(subscription: SubscriptionTruth, lifecycleEvent: LifecycleEvent): void {
    if (subscription.lifecycleNotificationUrl === null) return;
    const name = `lifecycle ${subscription.id} ${++this.#lifecycleEvents}`;
    const item = { ...this.#commonItem(subscription, name), lifecycleEvent };
    this.#ports.delivery.enqueue(subscription.lifecycleNotificationUrl, item, name);
  }

  #commonItem(subscription: SubscriptionTruth, name: string): Record<string, unknown> {
    const at = subscription.expiresAt;
    const inIndia = this.#ports.dice.draw("expiry offset", name) < 0.1;
    const expiry = inIndia ? utcDateTime(at + indiaOffsetMs).replace("Z", "+05:30") : utcDateTime(at);
    return {
      subscriptionId: subscription.id,
      subscriptionExpirationDateTime: expiry,
      ...(subscription.clientState === null ? {} : { clientState: subscription.clientState }),
      tenantId: subscription.tenantId,
    };
  }

  #changeItem(subscription: SubscriptionTruth, change: CalendarChange, name: string): object {
    const { dice } = this.#ports;
    const { userId, tenantId } = subscription;
    const id = subscription.immutableIds ? change.ids.immutableId : change.ids.id;
    const forms = [
      `Users/${userId}/Events/${id}`,
      `users/${userId}@${tenantId}/events/${id}`,
      `Users('${userId}')/Events('${id}')`,
    ];
    const resource = forms[Math.floor(dice.draw("resource form", name) * forms.length)] ?? "";
    const hasId = dice.draw("item id", name) < 0.5;
    return {
      ...(hasId ? { id: dice.bytes("item id", name).toString("base64url").slice(0, 13) } : {}),
      ...this.#commonItem(subscription, name),
      changeType: change.changeType,
      resource,
      resourceData: {
        "@odata.type":
          dice.draw("type case", name) < 0.5 ? "#Microsoft.Graph.Event" : "#microsoft.graph.event",
        "@odata.id": resource,
        "@odata.etag": etagOf(change.changeKey),
        id,
      },
    };
  }
}
