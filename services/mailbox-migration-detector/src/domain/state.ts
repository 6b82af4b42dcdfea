import type { ConnectorAssignment, ConnectorCluster, MailboxMigration, UserState } from "@hybrid/contracts";
import type { EpochMs } from "@hybrid/kernel";

/** What the directory says of a user, as far as it matters here. */
export interface Entry {
  readonly version: number;
  readonly enabled: boolean;
  readonly attemptGeneration: number;
  readonly tenantId: string;
  readonly objectId: string;
  readonly connector: { readonly resourceGroup: string | null } | null;
}

/** Where a mailbox is known to be. */
export type Place = "unknown" | "cloud" | "onPremises";

/** Which connector the user has. */
export type Assignment =
  | { readonly stage: "none" }
  /** The organisation was asked for a cluster. */
  | { readonly stage: "asked" }
  | {
      readonly stage: "reserved" | "serving";
      readonly cluster: string;
      readonly mailbox: ConnectorAssignment["mailbox"];
    }
  | { readonly stage: "unassigned"; readonly reason: string };

/** A move under way. */
export type Move = Pick<MailboxMigration, "direction" | "noticedAt">;

/** A user. */
export interface User {
  readonly kind: "user";
  readonly entry: Entry | null;
  /** What the cloud side says: it serves the user while this is `active`. */
  readonly cloud: { readonly to: UserState; readonly reason: string | null } | null;
  readonly place: Place;
  /** A finding that contradicts `place`, waiting for the second one. */
  readonly doubt: Exclude<Place, "unknown"> | null;
  readonly isForced: boolean;
  readonly assignment: Assignment;
  readonly move: Move | null;
  readonly probeAt: EpochMs | null;
  readonly inFlight: number | null;
  readonly calls: number;
  readonly failures: number;
}

/** A cluster with its users. */
export interface Cluster extends ConnectorCluster {
  readonly office365: number;
  readonly exchange: number;
  /** Taken away: it is kept while it has users, and takes nobody. */
  readonly isGone: boolean;
}

/** A batch of moves in one direction. */
export interface Batch {
  readonly number: number;
  readonly startedAt: EpochMs;
  readonly latestAt: EpochMs;
  readonly noticed: number;
  readonly completed: number;
  /** Null: it was told as it is. */
  readonly tellAt: EpochMs | null;
}

/** An organisation: its clusters and the batches that go on. */
export interface Organisation {
  readonly kind: "organisation";
  readonly clusters: Readonly<Record<string, Cluster>>;
  readonly batches: Readonly<Partial<Record<Move["direction"], Batch>>>;
  readonly batchesSoFar: number;
}

/** The state of any actor of the service. */
export type State = { readonly kind: "unknown" } | User | Organisation;

/** What every actor starts from. */
export const initial: State = { kind: "unknown" };

/** A user of whom nothing is known yet. */
export const newUser: User = {
  kind: "user",
  entry: null,
  cloud: null,
  place: "unknown",
  doubt: null,
  isForced: false,
  assignment: { stage: "none" },
  move: null,
  probeAt: null,
  inFlight: null,
  calls: 0,
  failures: 0,
};

/** An organisation without connectors. */
export const newOrganisation: Organisation = {
  kind: "organisation",
  clusters: {},
  batches: {},
  batchesSoFar: 0,
};
