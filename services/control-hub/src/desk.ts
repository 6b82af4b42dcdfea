import type { ArchiveTerms } from "@hybrid/contracts";
import type { AppName, CloudName, ConnectorPreview, TrialStep } from "@hybrid/control-hub-page/api";
import type { Scheduler } from "@hybrid/kernel";
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
  /** Puts an event into a mailbox and takes it away; each step as it ends. */
  tryMailbox(trial: MailboxTrial): AsyncIterable<TrialStep>;
  /** Whether the person may make archive connectors. */
  mayArchive(address: string): boolean;
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
