import type { Agenda } from "../agenda.ts";
import type { CalendarChange } from "../calendar/calendar.ts";
import type { SimulatorClock } from "../clock.ts";
import type { Dice } from "../dice.ts";
import { badRequest, GraphFault } from "../http/graph-fault.ts";
import type { SubscriptionCreate } from "../schemas/subscription.ts";
import type { LifecycleEvent } from "./delivery-options.ts";
import { lifetimeMsMax, type Subscribed } from "./subscribed.ts";

/** A live subscription as the simulator holds it. */
export interface SubscriptionTruth {
  readonly id: string;
  readonly clientId: string;
  readonly tenantId: string;
  /** Whose events, or which user; null when it is about all users or groups of the tenant. */
  readonly userId: string | null;
  readonly about: Subscribed["kind"];
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
  readonly directoryChanged: (subscription: SubscriptionTruth, change: DirectoryChange) => void;
  readonly lifecycle: (subscription: SubscriptionTruth, event: LifecycleEvent) => void;
}

/** A change of a user. */
export interface DirectoryChange {
  readonly tenantId: string;
  readonly userId: string;
  readonly changeType: "created" | "updated" | "deleted";
}

/** What a subscription is about, resolved: the object id of the user, or null for all. */
export interface SubscriptionTarget {
  readonly about: Subscribed["kind"];
  readonly userId: string | null;
}

const lifetimeMsMin = 45 * 60_000;
/** Outlook: per mailbox across all applications. Directory: of one application in one tenant. */
const perMailboxMax = 1_000;
const perTenantMax = 100;

/** Subscriptions that hear of the same things lie together. */
const placeOf = (about: Subscribed["kind"], tenantId: string, userId: string | null): string =>
  about === "events" ? `events ${userId}` : `${about} ${tenantId}`;

const changeTypesOf = (changeType: string): string[] =>
  [...new Set(changeType.split(",").map((name) => name.trim()))].sort();

/** All subscriptions, by id, by mailbox and by owner. */
export class Subscriptions {
  readonly #ports: { readonly clock: SimulatorClock; readonly agenda: Agenda; readonly dice: Dice };
  readonly #events: SubscriptionEvents;
  readonly #reauthorizationEveryMs: number | undefined;
  readonly #byId = new Map<string, Held>();
  readonly #byPlace = new Map<string, Map<string, Held>>();
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
  checkRoom(
    owner: SubscriptionOwner,
    { about, userId }: SubscriptionTarget,
    given: SubscriptionCreate,
  ): void {
    const beside = this.#byPlace.get(placeOf(about, owner.tenantId, userId));
    const changeTypes = changeTypesOf(given.changeType).join();
    for (const { truth } of beside?.values() ?? [])
      if (
        truth.clientId === owner.clientId &&
        truth.tenantId === owner.tenantId &&
        truth.userId === userId &&
        truth.changeTypes.join() === changeTypes
      )
        throw new GraphFault(
          409,
          "ExtensionError",
          `Subscription Id ${truth.id} already exists for the requested combination`,
        );
    const inDirectory = about !== "events";
    const [whose, max] = inDirectory ? ["tenant", perTenantMax] : ["mailbox", perMailboxMax];
    const counted = [...(beside?.values() ?? [])].filter(
      ({ truth }) => !inDirectory || truth.clientId === owner.clientId,
    );
    if (counted.length >= max)
      throw new GraphFault(
        403,
        "ExtensionError",
        `The ${whose} has reached its limit of ${max} subscriptions.`,
      );
  }

  /**
   * The granted expiry: at least 45 minutes from now. Throws 400 beyond the maximum lifetime or in the
   * past.
   */
  grantedExpiry(wanted: number, about: Subscribed["kind"]): number {
    const now = this.#ports.clock.now();
    if (wanted <= now) throw badRequest("The subscription would expire in the past.", "InvalidRequest");
    // A minute of grace for clocks that differ.
    const longest = lifetimeMsMax[about];
    if (wanted - now > longest + 60_000)
      throw badRequest(
        `Subscription expiration can only be ${longest / 60_000} minutes in the future.`,
        "InvalidRequest",
      );
    return Math.max(wanted, now + lifetimeMsMin);
  }

  add(
    owner: SubscriptionOwner,
    { about, userId }: SubscriptionTarget,
    given: SubscriptionCreate,
    immutableIds: boolean,
  ): SubscriptionTruth {
    const truth: SubscriptionTruth = {
      ...owner,
      id: this.#ports.dice.guid("subscription", ++this.#created),
      userId,
      about,
      resource: given.resource,
      changeTypes: changeTypesOf(given.changeType),
      notificationUrl: given.notificationUrl,
      lifecycleNotificationUrl: given.lifecycleNotificationUrl ?? null,
      clientState: given.clientState ?? null,
      latestSupportedTlsVersion: given.latestSupportedTlsVersion ?? "v1_2",
      expiresAt: this.grantedExpiry(given.expirationDateTime, about),
      createdAt: this.#ports.clock.now(),
      immutableIds,
    };
    const held: Held = { truth, cancelExpiry: () => undefined, cancelReauthorization: () => undefined };
    this.#byId.set(truth.id, held);
    const place = placeOf(about, owner.tenantId, userId);
    const beside = this.#byPlace.get(place) ?? new Map<string, Held>();
    this.#byPlace.set(place, beside.set(truth.id, held));
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
    const { about, tenantId, userId } = held.truth;
    this.#byPlace.get(placeOf(about, tenantId, userId))?.delete(id);
    return true;
  }

  ofOwner(owner: SubscriptionOwner): SubscriptionTruth[] {
    return this.all().filter(
      (truth) => truth.clientId === owner.clientId && truth.tenantId === owner.tenantId,
    );
  }

  /** Those to the user's events. */
  ofUser(userId: string): SubscriptionTruth[] {
    return [...(this.#byPlace.get(placeOf("events", "", userId))?.values() ?? [])].map(({ truth }) => truth);
  }

  all(): SubscriptionTruth[] {
    return [...this.#byId.values()].map(({ truth }) => truth);
  }

  find(id: string): SubscriptionTruth | null {
    return this.#byId.get(id)?.truth ?? null;
  }

  /** Tells the subscriptions that want to hear of a change. */
  publish(change: CalendarChange): void {
    for (const truth of this.ofUser(change.mailbox.spec.userId))
      if (truth.changeTypes.includes(change.changeType)) this.#events.changed(truth, change);
  }

  /** As {@link publish}; a new user is an update to those who do not ask for creations. */
  publishDirectory(change: DirectoryChange): void {
    for (const { truth } of this.#byPlace.get(placeOf("users", change.tenantId, null))?.values() ?? []) {
      if (truth.userId !== null && truth.userId !== change.userId) continue;
      const types = truth.changeTypes;
      const asUpdate = change.changeType === "created" && !types.includes("created");
      const changeType = asUpdate ? "updated" : change.changeType;
      if (types.includes(changeType)) this.#events.directoryChanged(truth, { ...change, changeType });
    }
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
