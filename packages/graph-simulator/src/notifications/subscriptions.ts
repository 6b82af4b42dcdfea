import type { Agenda } from "../agenda.ts";
import type { CalendarChange } from "../calendar/calendar.ts";
import type { SimulatorClock } from "../clock.ts";
import type { Dice } from "../dice.ts";
import { badRequest, GraphFault } from "../http/graph-fault.ts";
import type { SubscriptionCreate } from "../schemas/subscription.ts";
import type { LifecycleEvent } from "./delivery-options.ts";

/** A live subscription as the simulator holds it. */
export interface SubscriptionTruth {
  readonly id: string;
  readonly clientId: string;
  readonly tenantId: string;
  readonly userId: string;
  readonly resource: string;
  /** Sorted. */
  readonly changeTypes: readonly string[];
  readonly notificationUrl: string;
  readonly lifecycleNotificationUrl: string | null;
  readonly clientState: string | null;
  readonly latestSupportedTlsVersion: string;
  readonly expiresAt: number;
  readonly createdAt: number;
  /** Whether its notifications carry immutable ids. */
  readonly immutableIds: boolean;
}

/** Who owns a subscription: one application in one tenant. */
export interface SubscriptionOwner {
  readonly clientId: string;
  readonly tenantId: string;
}

interface Held {
  truth: SubscriptionTruth;
  cancelExpiry: () => void;
  cancelReauthorization: () => void;
}

/** What the store does besides holding: tells the notifier. */
export interface SubscriptionEvents {
  readonly changed: (subscription: SubscriptionTruth, change: CalendarChange) => void;
  readonly lifecycle: (subscription: SubscriptionTruth, event: LifecycleEvent) => void;
}

/** Outlook: shortest and longest lifetime, and subscriptions per mailbox across all applications. */
const lifetimeMsMin = 45 * 60_000;
const lifetimeMsMax = 10_080 * 60_000;
const perMailboxMax = 1_000;

const resourceShape = /^\/?users\/([^/?]+)\/events$/i;

/** The user that a subscription's resource names. Throws Graph's 400 for any other resource. */
export const userOfResource = (resource: string): string => {
  const [, user] = resourceShape.exec(resource) ?? [];
  if (user === undefined)
    throw badRequest(
      `The simulator knows subscriptions to users/{id}/events only, not '${resource}'.`,
      "InvalidRequest",
    );
  return decodeURIComponent(user);
};

const changeTypesOf = (changeType: string): string[] =>
  [...new Set(changeType.split(",").map((name) => name.trim()))].sort();

/** All subscriptions, by id, by mailbox and by owner. */
export class Subscriptions {
  readonly #ports: { readonly clock: SimulatorClock; readonly agenda: Agenda; readonly dice: Dice };
  readonly #events: SubscriptionEvents;
  readonly #reauthorizationEveryMs: number | undefined;
  readonly #byId = new Map<string, Held>();
  readonly #byUser = new Map<string, Map<string, Held>>();
  #created = 0;

  constructor(
    ports: { readonly clock: SimulatorClock; readonly agenda: Agenda; readonly dice: Dice },
    events: SubscriptionEvents,
    reauthorizationEveryMs: number | undefined,
  ) {
    this.#ports = ports;
    this.#events = events;
    this.#reauthorizationEveryMs = reauthorizationEveryMs;
  }

  /** Throws 409 for a live subscription to the same combination, 403 when the mailbox has too many. */
  checkRoom(owner: SubscriptionOwner, userId: string, given: SubscriptionCreate): void {
    const ofUser = this.#byUser.get(userId);
    const changeTypes = changeTypesOf(given.changeType).join();
    for (const { truth } of ofUser?.values() ?? [])
      if (
        truth.clientId === owner.clientId &&
        truth.tenantId === owner.tenantId &&
        truth.changeTypes.join() === changeTypes
      )
        throw new GraphFault(
          409,
          "ExtensionError",
          `Subscription Id ${truth.id} already exists for the requested combination`,
        );
    if ((ofUser?.size ?? 0) >= perMailboxMax)
      throw new GraphFault(
        403,
        "ExtensionError",
        `The mailbox has reached its limit of ${perMailboxMax} subscriptions.`,
      );
  }

  /**
   * The granted expiry: at least 45 minutes from now. Throws 400 beyond the maximum lifetime or in the
   * past.
   */
  grantedExpiry(wanted: number): number {
    const now = this.#ports.clock.now();
    if (wanted <= now) throw badRequest("The subscription would expire in the past.", "InvalidRequest");
    // A minute of grace for clocks that differ.
    if (wanted - now > lifetimeMsMax + 60_000)
      throw badRequest(
        `Subscription expiration can only be ${lifetimeMsMax / 60_000} minutes in the future.`,
        "InvalidRequest",
      );
    return Math.max(wanted, now + lifetimeMsMin);
  }

  add(
    owner: SubscriptionOwner,
    userId: string,
    given: SubscriptionCreate,
    immutableIds: boolean,
  ): SubscriptionTruth {
    const truth: SubscriptionTruth = {
      ...owner,
      id: this.#ports.dice.guid("subscription", ++this.#created),
      userId,
      resource: given.resource,
      changeTypes: changeTypesOf(given.changeType),
      notificationUrl: given.notificationUrl,
      lifecycleNotificationUrl: given.lifecycleNotificationUrl ?? null,
      clientState: given.clientState ?? null,
      latestSupportedTlsVersion: given.latestSupportedTlsVersion ?? "v1_2",
      expiresAt: this.grantedExpiry(given.expirationDateTime),
      createdAt: this.#ports.clock.now(),
      immutableIds,
    };
    const held: Held = { truth, cancelExpiry: () => undefined, cancelReauthorization: () => undefined };
    this.#byId.set(truth.id, held);
    const ofUser = this.#byUser.get(userId) ?? new Map<string, Held>();
    this.#byUser.set(userId, ofUser.set(truth.id, held));
    this.#scheduleExpiry(held);
    this.#scheduleReauthorization(held);
    return truth;
  }

  /** Throws 404 unless the owner has such a subscription. */
  get(owner: SubscriptionOwner, id: string): SubscriptionTruth {
    const truth = this.#byId.get(id)?.truth;
    if (truth?.clientId === owner.clientId && truth.tenantId === owner.tenantId) return truth;
    throw new GraphFault(404, "ResourceNotFound", "The object was not found.");
  }

  update(
    id: string,
    change: Partial<Pick<SubscriptionTruth, "expiresAt" | "notificationUrl">>,
  ): SubscriptionTruth {
    const held = this.#byId.get(id);
    if (!held) throw new GraphFault(404, "ResourceNotFound", "The object was not found.");
    held.truth = { ...held.truth, ...change };
    this.#scheduleExpiry(held);
    return held.truth;
  }

  /** Removes without a word; false when it was gone already. */
  remove(id: string): boolean {
    const held = this.#byId.get(id);
    if (!held) return false;
    held.cancelExpiry();
    held.cancelReauthorization();
    this.#byId.delete(id);
    this.#byUser.get(held.truth.userId)?.delete(id);
    return true;
  }

  ofOwner(owner: SubscriptionOwner): SubscriptionTruth[] {
    return this.all().filter(
      (truth) => truth.clientId === owner.clientId && truth.tenantId === owner.tenantId,
    );
  }

  ofUser(userId: string): SubscriptionTruth[] {
    return [...(this.#byUser.get(userId)?.values() ?? [])].map(({ truth }) => truth);
  }

  all(): SubscriptionTruth[] {
    return [...this.#byId.values()].map(({ truth }) => truth);
  }

  find(id: string): SubscriptionTruth | null {
    return this.#byId.get(id)?.truth ?? null;
  }

  /** Tells the subscriptions that want to hear of a change. */
  publish(change: CalendarChange): void {
    for (const { truth } of this.#byUser.get(change.mailbox.spec.userId)?.values() ?? [])
      if (truth.changeTypes.includes(change.changeType)) this.#events.changed(truth, change);
  }

  #scheduleExpiry(held: Held): void {
    held.cancelExpiry();
    held.cancelExpiry = this.#ports.agenda.at(held.truth.expiresAt, () => void this.remove(held.truth.id));
  }

  #scheduleReauthorization(held: Held): void {
    const everyMs = this.#reauthorizationEveryMs;
    if (everyMs === undefined) return;
    held.cancelReauthorization = this.#ports.agenda.at(this.#ports.clock.now() + everyMs, () => {
      this.#events.lifecycle(held.truth, "reauthorizationRequired");
      this.#scheduleReauthorization(held);
    });
  }
}
