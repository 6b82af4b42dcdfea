import type { ArchiveTerms, OrganisationSettings } from "@hybrid/contracts";
import type {
  AppName,
  CloudName,
  ConnectorPreview,
  DetailsPreviews,
  DetailsWanted,
  Explained,
  TrialStep,
} from "@hybrid/control-hub-page/api";
import type { EpochMs, Scheduler } from "@hybrid/kernel";
import type { Clients, ServiceSettings } from "@hybrid/service";
import type { FastifyBaseLogger } from "fastify";

/** What a link for an administrator of a tenant is for. */
export interface ConsentErrand {
  readonly org: string;
  readonly app: AppName;
  /** The tenant that is meant; null: that of the person who signs in. */
  readonly tenantId: string | null;
  /** Where the browser goes when the visit is over. */
  readonly returnTo: string;
}

/** A permission that a registration asks for. */
export interface AskedPermission {
  readonly name: string;
  readonly isRequired: boolean;
}

/** Which mailbox is tried. */
export interface MailboxTrial {
  readonly tenantId: string;
  readonly mailbox: string;
  readonly signal: AbortSignal;
}

/** What an event or a text is judged by. */
export interface Judging {
  /** Null: nobody has said anything. */
  readonly settings: OrganisationSettings | null;
  /** The organisation's own document of rules, as text; null: the shipped ones alone. */
  readonly rules: string | null;
  /** Whose invitation it is. */
  readonly organizer: "internal" | "external";
  readonly now: EpochMs;
}

/** Where an event is. */
export interface EventPlace {
  readonly tenantId: string;
  readonly objectId: string;
  readonly eventId: string;
  readonly signal: AbortSignal;
}

/**
 * What other services know or do at once, and the page shows. No service knows another: `hybrid`, which puts
 * them together, fills this.
 */
export interface HubDesk {
  /** Which cloud of Microsoft this installation reaches. */
  readonly cloud: CloudName;
  /** Services to which observe mode is said: all that write for people, and all that there are. */
  readonly observed: { readonly on: readonly string[]; readonly off: readonly string[] };
  readonly permissions: Readonly<Record<AppName, readonly AskedPermission[]>>;
  consentLink(errand: ConsentErrand): Promise<string>;
  /** Where a user connects the own calendar, and whence the browser goes when that is over. */
  connectLink(returnTo: string): Promise<string>;
  /** Puts an event into a mailbox and takes it away; each step as it ends. */
  tryMailbox(trial: MailboxTrial): AsyncIterable<TrialStep>;
  /** Whether the person may make archive connectors. */
  mayArchive(address: string): boolean;
  /** What would be done with a text, a document or an event; null: it begins like JSON and is no event. */
  explainText(text: string, by: Judging): Explained | null;
  /** The same of an event of a mailbox; null: it has none with this id. Rejects with ProviderError. */
  explainEvent(place: EventPlace, by: Judging): Promise<Explained | null>;
  /** Languages that join details are written in. */
  readonly languages: readonly string[];
  /** What settings make of an invitation, in each language that they leave. */
  previewDetails(wanted: DetailsWanted): DetailsPreviews["previews"];
  /** What is reviewed before a connector is made. It only reads. */
  previewConnector(terms: ArchiveTerms, signal: AbortSignal): Promise<ConnectorPreview>;
}

/** How the desk is made, and which settings it needs. */
export interface DeskSource<Values = unknown> {
  readonly settings: ServiceSettings<Values>;
  open(ports: {
    readonly values: Values;
    readonly clients: Pick<Clients, "graph" | "archiveGraph" | "webex">;
    readonly scheduler: Scheduler;
    readonly logger: FastifyBaseLogger;
  }): Promise<HubDesk>;
}
