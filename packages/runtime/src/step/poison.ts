import { KeysMissing } from "@hybrid/sealing";

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
  | "unreadable"
  | "parkedFull"
  | "dropped";

/** A message stands in journal records and dead letters, and may name what a service's code has made up. */
const messageCharsMax = 500;

/** An input that its actor cannot take; `message` is one sentence for the operator, without content. */
export class PoisonError extends Error {
  override readonly name = "PoisonError";
  readonly poisonCause: PoisonCause;

  constructor(poisonCause: PoisonCause, message: string, options?: ErrorOptions) {
    super(message.length > messageCharsMax ? `${message.slice(0, messageCharsMax)}…` : message, options);
    this.poisonCause = poisonCause;
  }
}

/** Whatever was thrown, as poison: of the given cause when it is not poison already. */
export const poisonOf = (thrown: unknown, poison: PoisonCause, message: string): PoisonError =>
  thrown instanceof PoisonError ? thrown : new PoisonError(poison, message, { cause: thrown });

/** Runs `work`; whatever it throws becomes poison of the given cause, but for {@link KeysMissing}. */
export const poisoning = <Value>(poison: PoisonCause, message: string, work: () => Value): Value => {
  try {
    return work();
  } catch (thrown) {
    // Nobody's fault: the same is done again once the keys are there.
    if (thrown instanceof KeysMissing) throw thrown;
    throw poisonOf(thrown, poison, message);
  }
};

/** JSON text of a value. Throws {@link PoisonError} when JSON cannot hold it. */
export const jsonOf = (value: unknown, what: string): string => {
  const text = poisoning("illegalEffect", `${what} cannot be written as JSON`, () => JSON.stringify(value));
  if (typeof text !== "string") throw new PoisonError("illegalEffect", `${what} cannot be written as JSON`);
  return text;
};
