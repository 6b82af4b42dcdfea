/** Why an input could not be applied, as the dead letter says it. */
export type PoisonCause =
  | "undecodable"
  | "mapFailed"
  | "misrouted"
  | "stepFailed"
  | "illegalEffect"
  | "tooManyTells"
  | "tooLarge"
  | "timerKept";

/** An input that its actor cannot take; `message` is one sentence for the operator, without content. */
export class PoisonError extends Error {
  override readonly name = "PoisonError";
  readonly poison: PoisonCause;

  constructor(poison: PoisonCause, message: string, options?: ErrorOptions) {
    super(message, options);
    this.poison = poison;
  }
}

/** Runs `work`; whatever it throws becomes poison of the given cause. */
export const poisoning = <Value>(poison: PoisonCause, message: string, work: () => Value): Value => {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof PoisonError) throw cause;
    throw new PoisonError(poison, message, { cause });
  }
};
