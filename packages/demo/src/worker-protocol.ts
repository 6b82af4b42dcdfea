import type { LogPlace } from "@hybrid/hybrid";

/** Everything the services' process needs; sent once, over the channel to the parent. */
export interface WorkerOptions {
  readonly log: LogPlace;
  /** Where the services keep what is theirs alone. */
  readonly folder: string;
  readonly partitions: number;
  readonly startAt: number;
  readonly caPem: string;
  readonly graph: {
    readonly baseUrl: string;
    readonly clientId: string;
    readonly certificatePem: string;
    readonly privateKeyPem: string;
  };
  readonly webex: { readonly baseUrl: string; readonly accessToken: string };
  readonly ingest: { readonly port: number; readonly keyPem: string; readonly certPem: string };
  readonly healthPort: number;
  readonly clientStateKey: string;
  /** Signs links to the administrator's page. */
  readonly hubSignInKey: string;
  readonly seed: number;
  /** The name of a mistake made on purpose, so that a test can see the expectations fail. */
  readonly plantedFault: string | null;
  /** Services that run though the day leaves them out. */
  readonly besides: readonly string[];
  /** What chapters set, as environment variables. */
  readonly settings: Readonly<Record<string, string>>;
}

/** The lifetime that subscriptions of the play are asked for, in milliseconds. */
export const subscriptionLifetimeMs = 24 * 3_600_000;

/** What goes on in the services' process. */
export interface WorkerActivity {
  /** Steps so far; unchanged between two looks means that nothing happened between. */
  readonly steps: number;
  readonly callsInFlight: number;
  /** Requests that the services have under way to the clouds. */
  readonly httpInFlight: number;
  /** Anything queued, in flight or not yet applied. */
  readonly busy: boolean;
  /** The same, but for calls under way: when only these are left, they may be waiting for time to pass. */
  readonly busyBesidesCalls: boolean;
  readonly nextDueAt: number | null;
}

/** Where a started worker can be reached. */
export interface WorkerAddresses {
  readonly notificationUrl: string;
  readonly healthUrl: string;
  /** Of the administrator's page. */
  readonly hubUrl: string;
}

/** What the parent asks. */
export type WorkerRequest =
  | { readonly kind: "start"; readonly options: WorkerOptions }
  | { readonly kind: "activity" }
  | { readonly kind: "advanceTo"; readonly at: number };

/** What each kind of request is answered with. */
export interface WorkerAnswers {
  readonly start: WorkerAddresses;
  readonly activity: WorkerActivity;
  readonly advanceTo: null;
}

/** A request with the number its answer will carry. */
export interface NumberedRequest {
  readonly id: number;
  readonly request: WorkerRequest;
}

/** An answer, or the reason why there is none. */
export type NumberedAnswer =
  | { readonly id: number; readonly answer: WorkerAnswers[keyof WorkerAnswers] }
  | { readonly id: number; readonly failure: string };
