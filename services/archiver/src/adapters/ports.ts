import type { Clock, OrgId } from "@hybrid/kernel";
import type { MicrosoftGraph } from "@hybrid/microsoft-graph";
import type { WebexClient } from "@hybrid/webex";

/**
 * Keeps content until it is imported; keys are paths of `A-Z a-z 0-9 _ . - /`. All reject with ProviderError.
 */
export interface BlobStore {
  /** Stores or replaces. */
  put(key: string, bytes: Buffer, signal: AbortSignal): Promise<void>;
  /** The bytes, or null when there is nothing. */
  get(key: string, signal: AbortSignal): Promise<Buffer | null>;
  /** What is not there is fine. */
  delete(key: string, signal: AbortSignal): Promise<void>;
}

/** What this service needs of Webex. */
export type WebexPort = Pick<
  WebexClient,
  "listEvents" | "listMemberships" | "getMessage" | "getContent" | "getRoom"
>;

/** What this service needs of Microsoft Graph. */
export interface GraphPort {
  readonly mail: MicrosoftGraph["mail"];
  readonly users: Pick<MicrosoftGraph["users"], "findByAddress">;
  readonly groups: Pick<MicrosoftGraph["groups"], "listPeople">;
}

/** What carries out the calls. */
export interface ArchiverPorts {
  readonly webex: WebexPort;
  readonly graph: GraphPort;
  readonly blobs: BlobStore;
  readonly clock: Clock;
  readonly logger: { warn(fields: object, message: string): void };
}

/** Where the event of a piece of content waits, as Webex told it. */
export const eventKey = (org: OrgId, content: string): string => `${org}/${content}/event`;
/** Where its mail waits. */
export const mailKey = (org: OrgId, content: string): string => `${org}/${content}/mail`;
