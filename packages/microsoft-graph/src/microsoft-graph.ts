import { type Clock, callDeadlineMsMax, type ErrorCode, ProviderError, plus } from "@hybrid/kernel";
import { createDelegatedTokenSource } from "./auth/delegated-token-source.ts";
import { choosingTokens, ownerOfKey } from "./auth/delegations.ts";
import {
  createMsalTokenSource,
  type IssuedToken,
  type TokenSource,
  type TokenTerms,
} from "./auth/msal-token-source.ts";
import { createTokenCache, type TokenCache } from "./auth/token-cache.ts";
import { type CalendarView, type CalendarViewPage, calendarView } from "./calls/calendar-view.ts";
import { type CreateEvent, createEvent, deleteEvent } from "./calls/create-event.ts";
import { createMailFolder } from "./calls/create-mail-folder.ts";
import { type CreateMailMessage, createMailMessage } from "./calls/create-mail-message.ts";
import { type CreateMailMessages, createMailMessages } from "./calls/create-mail-messages.ts";
import {
  type CreatedSubscription,
  type CreateSubscription,
  createSubscription,
} from "./calls/create-subscription.ts";
import { type DeleteSubscription, deleteSubscription } from "./calls/delete-subscription.ts";
import type { EventCall } from "./calls/event-call.ts";
import { type EventDelta, eventDelta } from "./calls/event-delta.ts";
import { findMailFolder, type MailFolderPlace } from "./calls/find-mail-folder.ts";
import {
  type FindMailMessages,
  type FoundMailMessage,
  findMailMessages,
  type ListMailMessages,
  listMailMessages,
} from "./calls/find-mail-messages.ts";
import { type FindUserByAddress, type FoundUser, findUserByAddress } from "./calls/find-user-by-address.ts";
import { type EventSnapshot, type GetEvent, getEvent } from "./calls/get-event.ts";
import { getMailboxSettings, type MailboxSettings } from "./calls/get-mailbox-settings.ts";
import { getTenant, type Tenant } from "./calls/groups/get-tenant.ts";
import type { TenantCall } from "./calls/groups/group-call.ts";
import { type GroupCalls, groupCalls } from "./calls/groups/group-calls.ts";
import { type ListDomains, listVerifiedDomains } from "./calls/list-domains.ts";
import {
  type ListOutOfOfficeEvents,
  listOutOfOfficeEvents,
  type OutOfOfficeEvent,
} from "./calls/list-out-of-office-events.ts";
import {
  type AddMailAttachment,
  addMailAttachment,
  type FoundMailAttachment,
  listMailAttachments,
  type MailMessageCall,
} from "./calls/mail-attachments.ts";
import { type MeetingCalls, meetingCalls } from "./calls/meetings/meeting-calls.ts";
import { type ProbedMailbox, probeMailbox } from "./calls/probe-mailbox.ts";
import {
  type ReadAutomaticReplies,
  type RepliesReading,
  readAutomaticReplies,
} from "./calls/read-automatic-replies.ts";
import { type RenewSubscription, renewSubscription } from "./calls/renew-subscription.ts";
import { type UpdateEvent, updateEvent } from "./calls/update-event.ts";
import { type UserDelta, type UserDeltaPage, userDelta } from "./calls/user-delta.ts";
import type { UserCall } from "./calls/user-path.ts";
import { cloudHosts } from "./clouds.ts";
import { type ConsentCalls, createConsentCalls } from "./consent/consent-calls.ts";
import { createGraphClient, type GraphClient } from "./graph-client.ts";
import { createHttp, type Http } from "./http/http.ts";
import { type Breakers, createBreakers } from "./limits/breakers.ts";
import { type Closures, createClosures } from "./limits/closures.ts";
import { createGcraLimiter, type RateLimiter } from "./limits/gcra.ts";
import { defaultGraphLimits, type GraphLimits } from "./limits/graph-limits.ts";
import { createMailboxQueue } from "./limits/mailbox-queue.ts";
import { withQuickRetries } from "./limits/quick-retries.ts";
import { refuseWhileClosedAnywhere } from "./middleware/gate.ts";
import type { SendOptions } from "./middleware/send.ts";
import type { EventDeltaPage } from "./models.ts";
import {
  checkOptions,
  type GraphCertificate,
  type GraphCredential,
  type MicrosoftGraphOptions,
} from "./options.ts";

/** Microsoft Graph as this system uses it; every call throws ProviderError and nothing else. */
export interface MicrosoftGraph {
  readonly subscriptions: {
    create(order: CreateSubscription): Promise<CreatedSubscription>;
    renew(order: RenewSubscription): Promise<Pick<CreatedSubscription, "expiresAt">>;
    delete(order: DeleteSubscription): Promise<void>;
  };
  readonly mailboxes: {
    probe(order: UserCall): Promise<ProbedMailbox>;
    getSettings(order: UserCall): Promise<MailboxSettings>;
  };
  readonly events: {
    get(order: GetEvent): Promise<EventSnapshot>;
    update(order: UpdateEvent): Promise<{ readonly etag: string }>;
    delta(order: EventDelta): AsyncIterable<EventDeltaPage>;
    view(order: CalendarView): Promise<CalendarViewPage>;
  };
  /** What a person does in the own calendar. */
  readonly meetings: MeetingCalls;
  /** Events by which a mailbox is tried. */
  readonly trials: {
    createEvent(order: CreateEvent): Promise<{ readonly eventId: string }>;
    deleteEvent(order: EventCall): Promise<void>;
  };
  /** Who is out of the office. */
  readonly absences: {
    readAutomaticReplies(order: ReadAutomaticReplies): Promise<readonly RepliesReading[]>;
    listEvents(order: ListOutOfOfficeEvents): Promise<readonly OutOfOfficeEvent[]>;
  };
  readonly mail: {
    findFolder(order: MailFolderPlace): Promise<string | null>;
    createFolder(order: MailFolderPlace): Promise<string>;
    createMessage(order: CreateMailMessage): Promise<string>;
    createMessages(order: CreateMailMessages): Promise<readonly (string | ProviderError | null)[]>;
    findMessages(order: FindMailMessages): Promise<readonly FoundMailMessage[]>;
    listMessages(order: ListMailMessages): AsyncIterable<readonly FoundMailMessage[]>;
    listAttachments(order: MailMessageCall): Promise<readonly FoundMailAttachment[]>;
    addAttachment(order: AddMailAttachment): Promise<void>;
  };
  readonly users: {
    findByAddress(order: FindUserByAddress): Promise<FoundUser | null>;
    delta(order: UserDelta): Promise<UserDeltaPage>;
  };
  /** Microsoft 365 groups and their document libraries. */
  readonly groups: GroupCalls;
  /** Signing in of administrators, and what their tenants grant. */
  readonly consent: ConsentCalls;
  readonly tenants: {
    get(order: TenantCall): Promise<Tenant>;
    listVerifiedDomains(order: ListDomains): Promise<readonly string[]>;
  };
  /** Ends everything under way and closes the connections. */
  close(): Promise<void>;
}

interface Foundation {
  readonly options: MicrosoftGraphOptions;
  readonly limits: GraphLimits;
  readonly http: Http;
  readonly breakers: Breakers;
  readonly closures: Closures;
  readonly rateLimiter: RateLimiter;
  readonly closing: AbortSignal;
}

/** The scope of a tenant's token endpoint, which is not Graph's business. */
const tokenScope = (tenantId: string): string => `token ${tenantId}`;

/** What this worker is told to leave alone it leaves alone at once, and the others as soon as they ask. */
const closerOf =
  ({ options, closures, rateLimiter }: Foundation): SendOptions["closeScope"] =>
  (scope, forMs) => {
    closures.close(scope, plus(options.scheduler.now(), forMs));
    rateLimiter.closeScope(scope, forMs);
  };

/** Nobody but the operator can help, so it is said where he looks. */
const alarm =
  "Microsoft Entra refuses the application's credential: the tenant cannot be served until it is replaced";

const credentialOf = ({
  certificate,
  credential,
}: MicrosoftGraphOptions): (() => Promise<GraphCredential>) => {
  if (credential) return credential;
  // One of both is there: the options were checked.
  const fixed = { kind: "certificate", ...(certificate as GraphCertificate) } as const;
  return () => Promise.resolve(fixed);
};

/** Issues tokens with what every request gets: quick retries, Retry-After, breaker, report. */
const issuing = (
  foundation: Foundation,
  source: TokenSource,
  tenantOf: (key: string) => string,
): TokenSource["issue"] => {
  const { options, limits, breakers, closures, rateLimiter, closing } = foundation;
  const { scheduler, random, metrics } = options;
  const closeScope = closerOf(foundation);

  const issueOnce = async (key: string, terms?: TokenTerms): Promise<IssuedToken> => {
    const askedAt = scheduler.now();
    const tenantId = tenantOf(key);
    const report = (status: number | null, code: ErrorCode | "ok"): void =>
      metrics?.onRequest({ tenantId, operation: "token", status, code, ms: scheduler.now() - askedAt });
    try {
      const issued = await source.issue(key, terms);
      if (!issued.isShared) report(200, "ok");
      return issued;
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      report(error.status ?? null, error.code);
      if (error.retryAfterMs !== undefined) closeScope(tokenScope(tenantId), error.retryAfterMs);
      if (error.code === "credentialsRejected") options.logger?.warn({ tenantId, code: error.code }, alarm);
      throw error;
    }
  };

  return async (key, terms) => {
    const tenantId = tenantOf(key);
    const what = `token for tenant ${tenantId}`;
    const budgetEndsAt = plus(scheduler.now(), limits.quickBudgetMs);
    // Everybody who needs the token waits for this one; a clock set back meanwhile must not hold them up.
    const signal = AbortSignal.any([closing, AbortSignal.timeout(callDeadlineMsMax)]);
    const bounds = { scheduler, random, limits, budgetEndsAt, signal, what, repeatable: true };
    return await withQuickRetries(bounds, async () => {
      const gate = { scheduler, closures, rateLimiter };
      await refuseWhileClosedAnywhere(gate, [tokenScope(tenantId)], what);
      return await breakers.run({ tenantId, family: "token", what }, () => issueOnce(key, terms));
    });
  };
};

const createTokens = (foundation: Foundation): TokenCache => {
  const { options, limits, http } = foundation;
  const { scheduler, clientId, sharedTokens, delegations } = options;
  const hosts = cloudHosts(options.cloud);
  const credential = credentialOf(options);
  const { tenantsMax, tokenRefreshBeforeMs: refreshBeforeMs } = limits;
  const application = { hosts, clientId, credential, http, clock: scheduler, tenantsMax };
  const shared = sharedTokens && { tokens: sharedTokens, refreshBeforeMs };
  const ofTenants = createTokenCache({
    scheduler,
    limits,
    issue: issuing(
      foundation,
      createMsalTokenSource({ ...application, ...(shared && { shared }) }),
      (key) => key,
    ),
  });
  if (!delegations) return ofTenants;
  const ofUsers = createTokenCache({
    scheduler,
    limits: { ...limits, tenantsMax: limits.delegatedTokensMax },
    issue: issuing(
      foundation,
      createDelegatedTokenSource({ ...application, delegations }),
      (key) => ownerOfKey(key).tenantId,
    ),
  });
  return choosingTokens(ofTenants, ofUsers, { delegations, now: () => scheduler.now() });
};

const mailCalls = (graph: GraphClient, clock: Clock): MicrosoftGraph["mail"] => ({
  findFolder: findMailFolder(graph),
  createFolder: createMailFolder(graph),
  createMessage: createMailMessage(graph),
  createMessages: createMailMessages(graph, clock),
  findMessages: findMailMessages(graph),
  listMessages: listMailMessages(graph),
  listAttachments: listMailAttachments(graph),
  addAttachment: addMailAttachment(graph),
});

const connect = (foundation: Foundation): Omit<MicrosoftGraph, "close"> => {
  const { options, limits, http, breakers, closures, rateLimiter } = foundation;
  const { scheduler, random, metrics, logger } = options;
  const tokens = createTokens(foundation);
  const graph = createGraphClient({
    hosts: cloudHosts(options.cloud),
    scheduler,
    random,
    limits,
    http,
    tokens,
    closures,
    breakers,
    metrics,
    logger,
    rateLimiter,
    closeScope: closerOf(foundation),
    mailboxQueue: createMailboxQueue({ scheduler, random, limits }),
  });
  const subscriptions = { graph, clock: scheduler, limits };
  const identity = { graph, limits };
  return {
    subscriptions: {
      create: createSubscription(subscriptions),
      renew: renewSubscription(subscriptions),
      delete: deleteSubscription(subscriptions),
    },
    mailboxes: { probe: probeMailbox(graph), getSettings: getMailboxSettings(graph) },
    events: {
      get: getEvent(graph),
      update: updateEvent(graph),
      delta: eventDelta(graph),
      view: calendarView(graph),
    },
    meetings: meetingCalls(graph),
    trials: { createEvent: createEvent(graph), deleteEvent: deleteEvent(graph) },
    absences: {
      readAutomaticReplies: readAutomaticReplies(graph, scheduler),
      listEvents: listOutOfOfficeEvents(graph),
    },
    mail: mailCalls(graph, scheduler),
    users: { findByAddress: findUserByAddress(graph), delta: userDelta(graph) },
    groups: groupCalls(identity),
    consent: createConsentCalls({
      hosts: cloudHosts(options.cloud),
      clientId: options.clientId,
      credential: credentialOf(options),
      http,
      clock: scheduler,
      tenantsMax: limits.tenantsMax,
    }),
    tenants: {
      get: getTenant(identity),
      listVerifiedDomains: listVerifiedDomains(graph),
    },
  };
};

/**
 * Connects one application to Microsoft Graph, tenant by tenant; nothing is sent before the first call.
 * Throws ConfigError that names every fault of the options.
 */
export const createMicrosoftGraph = (options: MicrosoftGraphOptions): MicrosoftGraph => {
  checkOptions(options);
  const limits = { ...defaultGraphLimits, ...options.limits };
  const { ca, proxy, scheduler } = options;
  const http = createHttp({
    connectionsMax: limits.connectionsMax,
    ...(ca === undefined ? {} : { ca }),
    ...(proxy === undefined ? {} : { proxy }),
  });
  const breakers = createBreakers(scheduler, limits, options.logger);
  const closing = new AbortController();
  const closures = createClosures(scheduler);
  const rateLimiter = options.rateLimiter ?? createGcraLimiter(scheduler, closures);
  return {
    ...connect({ options, limits, http, breakers, closures, rateLimiter, closing: closing.signal }),
    close: async () => {
      closing.abort();
      breakers.close();
      await http.close();
    },
  };
};
