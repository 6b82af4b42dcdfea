import type { ConnectorAssignment, ConnectorCluster, UserState } from "@hybrid/contracts";
import type { ActorId, CallFailure, Effect, EpochMs } from "@hybrid/kernel";
import type { Numbers } from "./numbers.ts";
import type { Entry, Move } from "./state.ts";

/** What a decision needs besides state and input. */
export interface Moment {
  readonly now: EpochMs;
  readonly self: ActorId;
  readonly numbers: Numbers;
}

/** Which kind of mailbox a connector serves. */
export type MailboxKind = ConnectorAssignment["mailbox"];

/** What reaches a user. */
export type UserInput =
  | { readonly kind: "directoryChanged"; readonly entry: Entry; readonly removed: boolean }
  | { readonly kind: "cloudChanged"; readonly to: UserState; readonly reason: string | null }
  | { readonly kind: "forced" }
  | { readonly kind: "clusterChosen"; readonly cluster: string; readonly mailbox: MailboxKind }
  | { readonly kind: "clusterRefused"; readonly reason: "noCluster" | "noRoom" }
  | { readonly kind: "mailboxAnswered"; readonly number: number }
  | { readonly kind: "probeFailed"; readonly number: number; readonly failure: CallFailure };

/** What reaches an organisation. */
export type OrganisationInput =
  | { readonly kind: "clusterPut"; readonly name: string; readonly cluster: ConnectorCluster }
  | { readonly kind: "clusterRemoved"; readonly name: string }
  | {
      readonly kind: "clusterWanted";
      readonly user: ActorId;
      readonly resourceGroup: string | null;
      readonly mailbox: MailboxKind;
      /** The cluster that the user has, to be kept if it can; the user gives its place back otherwise. */
      readonly present: { readonly cluster: string; readonly mailbox: MailboxKind } | null;
    }
  | { readonly kind: "clusterLeft"; readonly cluster: string; readonly mailbox: MailboxKind }
  | {
      readonly kind: "moved";
      readonly direction: Move["direction"];
      readonly stage: "noticed" | "completed";
    };

/** Any input of the service. */
export type Input = UserInput | OrganisationInput | { readonly kind: "timerFired" };

/** What is ordered outside. */
export interface Call {
  readonly kind: "probeMailbox";
  readonly number: number;
  readonly tenantId: string;
  readonly objectId: string;
}

/** What a step of the service orders. */
export type Order = Effect<Input, Call>;
