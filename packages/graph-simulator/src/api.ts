import type { Dispatcher } from "undici";
import type { EventInput, EventPatch, EventTruth } from "./calendar/event-truth.ts";
import type { AutomaticRepliesInput, MailboxSpec, MailboxState } from "./calendar/mailbox-spec.ts";
import type { SimulatorClock } from "./clock.ts";
import type { SignedIn } from "./entra/browser.ts";
import type { DirectoryRole } from "./entra/directory-roles.ts";
import type { SimulatedCloudName } from "./entra/simulated-clouds.ts";
import type { AppRegistration, TenantSpec } from "./entra/tenants.ts";
import type { GroupOptions } from "./groups/group.ts";
import type { GroupControls } from "./groups/group-controls.ts";
import type { FaultRates } from "./http/faults.ts";
import type { SimulatorMetrics } from "./http/metrics.ts";
import type { DeliveryOptions, LifecycleEvent } from "./notifications/delivery-options.ts";
import type { SubscriptionTruth } from "./notifications/subscriptions.ts";

/** What the simulator needs to start. */
export interface GraphSimulatorOptions {
  readonly clock: SimulatorClock;
  /** Same seed, same ids, duplicates, delays and faults; 1 when left out. */
  readonly seed?: number;
  /** Key and certificate of the HTTPS server, valid for `localhost`. */
  readonly tls: { readonly keyPem: string; readonly certPem: string };
  /** The certificate authority that notification endpoints are trusted by. */
  readonly caPem?: string;
  /** Carries deliveries instead of an own undici Agent with `caPem`. The caller closes it. */
  readonly dispatcher?: Dispatcher;
  /** Real time, for `exp` and `nbf` of client assertions only; `Date.now` when left out. */
  readonly wallClock?: () => number;
  readonly delivery?: DeliveryOptions;
  /** No faults when left out. */
  readonly faults?: FaultRates;
  /** How groups behave; see there for what is left out. */
  readonly groups?: GroupOptions;
  /** The national cloud, which tokens are for; `worldwide` when left out. */
  readonly cloud?: SimulatedCloudName;
  /** Serve on this port; 0 (any free one) when left out. */
  readonly port?: number;
  /** Listen on this address; `127.0.0.1` when left out. */
  readonly host?: string;
  /** The name in `baseUrl`, which the certificate must hold; `localhost` when left out. */
  readonly publicName?: string;
  /**
   * Real time that every Graph request takes at least and at most, milliseconds, drawn from the seed; so that
   * the limit of four at once can be met. None when left out.
   */
  readonly latencyMs?: readonly [number, number];
}

/** What goes on at this moment; lets a discrete-event demo know when virtual time may move. */
export interface Activity {
  /** Requests being served plus deliveries and validations awaiting an answer. */
  readonly inFlight: number;
  /**
   * Requests and deliveries ever started; unchanged between two looks means that nothing happened
   * between.
   */
  readonly total: number;
  /** The earliest delivery, retry, expiry on the simulator's clock; null when nothing is due. */
  readonly nextDueAt: number | null;
}

/** What a person does in Outlook, and what a test may look at; all in process, at once, without HTTP. */
export interface UserActions {
  /** Puts an event into the user's calendar and invites the attendees. Throws when the input is not valid. */
  createEvent(userId: string, input: EventInput): EventTruth;
  /** Changes an event the way a person does; an organiser's change reaches the attendees. */
  updateEvent(userId: string, eventId: string, patch: EventPatch): EventTruth;
  /** Deletes an event; an organiser's deletion cancels it for the attendees. */
  deleteEvent(userId: string, eventId: string): void;
  /** The stored truth; throws RangeError when there is no such event. `eventId` in either id format. */
  readEvent(userId: string, eventId: string): EventTruth;
  /** Every stored event of the mailbox (single instances, series masters), oldest first. */
  listEvents(userId: string): readonly EventTruth[];
  /** The occurrences of a series that lie in [fromMs, toMs), changed ones too; RangeError when it is none. */
  listInstances(userId: string, seriesId: string, fromMs: number, toMs: number): readonly EventTruth[];
  setAutomaticReplies(userId: string, replies: AutomaticRepliesInput): void;
}

/** A message as it is stored. */
export interface MailTruth {
  readonly id: string;
  readonly immutableId: string;
  /** Path of folder names, `Inbox/Projects` for example. */
  readonly folder: string;
  readonly subject: string;
  readonly body: { readonly contentType: "html" | "text"; readonly content: string };
  readonly from: { readonly address: string; readonly name: string } | null;
  readonly to: readonly { readonly address: string; readonly name: string }[];
  readonly isDraft: boolean;
  readonly isRead: boolean;
  /** Milliseconds since 1970, as all times here. */
  readonly sentAt: number;
  readonly receivedAt: number;
  readonly createdAt: number;
  readonly internetMessageId: string;
  /** Values of single-value extended properties by id. */
  readonly extendedProperties: Readonly<Record<string, string>>;
  readonly attachments: readonly {
    readonly name: string;
    readonly contentType: string | null;
    readonly isInline: boolean;
    readonly contentId: string | null;
    /** Base64. */
    readonly contentBytes: string;
    readonly size: number;
  }[];
}

/** What a person does with their mail. All throw RangeError when there is no such user or folder. */
export interface MailUserActions {
  /** Every message of the mailbox, in the order of creation. */
  listMail(userId: string): readonly MailTruth[];
  /** Paths of all folders. */
  listMailFolders(userId: string): readonly string[];
  /** `messageId` in either id format. */
  deleteMail(userId: string, messageId: string): void;
  deleteMailFolder(userId: string, path: string): void;
  renameMailFolder(userId: string, path: string, displayName: string): void;
}

/** What an administrator may change of a user; what is left out stays. */
export type UserChange = Partial<Pick<MailboxSpec, "displayName" | "locale" | "profile">>;

/** A running simulator of Microsoft Graph and the Microsoft Entra token endpoint. */
export interface GraphSimulator extends UserActions, MailUserActions {
  /** `https://<name>:<port>`: Graph under `/v1.0`, Entra under `/<tenant>`. */
  readonly baseUrl: string;
  readonly port: number;
  readonly metrics: SimulatorMetrics;
  /** Microsoft 365 groups, in process. */
  readonly groups: GroupControls;

  registerApp(app: AppRegistration): void;
  addTenant(tenant: TenantSpec): void;
  /** Lets the app into the tenant, with `roles` or its default roles. */
  grantConsent(tenantId: string, clientId: string, roles?: readonly string[]): void;
  /**
   * Takes the consent away: tokens issued before are refused (401), new ones are not issued.
   * `revoked` yields AADSTS65001 (the default), `removed` AADSTS700016.
   */
  revokeConsent(tenantId: string, clientId: string, how?: "revoked" | "removed"): void;
  /** What an Exchange administrator lets the app do besides (RBAC for Applications); no token shows it. */
  grantInExchange(tenantId: string, clientId: string, roles: readonly string[]): void;
  /** Whom the pages of Entra find signed in, and what they do; null: a person in a browser is asked. */
  setSignedIn(signedIn: SignedIn | null): void;
  /** Replaces the roles that a user has in Microsoft Entra. */
  setDirectoryRoles(userId: string, roles: readonly DirectoryRole[]): void;
  /** Ends every refresh token of a user, as a change of the password does. */
  revokeSignIns(userId: string): void;

  addMailbox(mailbox: MailboxSpec): void;
  /** What an administrator changes of a user; directory delta shows it. */
  updateUser(userId: string, change: UserChange): void;
  setMailboxState(userId: string, state: MailboxState): void;
  /** Deletes the user: every request for it answers 404 Request_ResourceNotFound from now on. */
  deleteUser(userId: string): void;

  /** Live subscriptions, of one user or of all. */
  listSubscriptions(userId?: string): readonly SubscriptionTruth[];
  /** Queues a lifecycle notification for one subscription, or for all of a user. Returns how many. */
  sendLifecycle(
    target: { readonly subscriptionId: string } | { readonly userId: string },
    event: LifecycleEvent,
  ): number;
  /** Drops the subscriptions of a user; silently, or with `subscriptionRemoved`. Returns how many. */
  removeSubscription(userId: string, how: "silently" | "withNotification"): number;
  /** Makes every delta token of the mailbox answer 410 SyncStateNotFound. */
  forgetSyncState(userId: string): void;

  /** Until `untilMs` on the clock, every Graph request for the tenant answers 429 with Retry-After. */
  throttleTenant(
    tenantId: string,
    throttle: { readonly untilMs: number; readonly retryAfterSeconds: number },
  ): void;
  /** Replaces the fault rates from now on. */
  setFaults(faults: FaultRates): void;

  activity(): Activity;
  /** Ends deliveries, closes the server; nothing of the simulator runs afterwards. */
  stop(): Promise<void>;
}
