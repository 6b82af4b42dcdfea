import type { ActorId, CallFailure, EpochMs, OrgId } from "@hybrid/kernel";

/** A call as the runtime sees it: only its kind matters. */
export interface RawCall {
  readonly kind: string;
}

/** A call that a step ordered. */
export interface CallOrder {
  readonly actor: ActorId;
  readonly seq: number;
  readonly index: number;
  readonly order: RawCall;
}

/** How a call ended, on its way back to its actor. */
export interface Outcome {
  readonly actor: ActorId;
  readonly seq: number;
  readonly index: number;
  readonly ending: CallEnding;
}

/** What a call's handler brought: its input as JSON, or why there is none. */
export type CallEnding =
  | { readonly kind: "ok"; readonly json: string }
  | { readonly kind: "failed"; readonly failure: CallFailure };

/** `actorId/seq/index`: the same for every repetition of the same order. */
export const callIdOf = ({ actor, seq, index }: { actor: ActorId; seq: number; index: number }): string =>
  `${actor}/${seq}/${index}`;

/** A call that observe mode keeps back. */
export interface ObservedCall {
  readonly callId: string;
  readonly kind: string;
  readonly heldAt: EpochMs;
}

/** What an organisation's actors would have written outside; ids and kinds, no content. */
export interface ObservedReport {
  readonly org: OrgId;
  /** Whether observe mode is on, in every partition that runs here. */
  readonly on: boolean;
  /** Calls kept back, by kind. What an actor would order after their outcomes is not among them. */
  readonly calls: Readonly<Record<string, number>>;
  /** The latest of them, newest first, at most {@link observedCallsMax}. */
  readonly latest: readonly ObservedCall[];
}

/** The most calls that a report names. */
export const observedCallsMax = 100;
