/** Why an input could not be applied, as a dead letter or a parked actor says it. */
export type PoisonCause =
  | "undecodable"
  | "malformed"
  | "mapFailed"
  | "misrouted"
  | "stepFailed"
  | "illegalEffect"
  | "tooManyTells"
  | "tooLarge"
  | "timerKept"
  | "parkedFull"
  | "dropped";

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

/** JSON text of a value. Throws {@link PoisonError} when JSON cannot hold it. */
export const jsonOf = (value: unknown, what: string): string => {
  const text = poisoning("illegalEffect", `${what} cannot be written as JSON`, () => JSON.stringify(value));
  if (typeof text !== "string") throw new PoisonError("illegalEffect", `${what} cannot be written as JSON`);
  return text;
};
