import { InvalidArgumentError } from "commander";

/** The value of an option that counts something: 0 or more. Throws InvalidArgumentError. */
export const wholeNumber = (text: string): number => {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0)
    throw new InvalidArgumentError("must be a whole number, 0 or more");
  return value;
};
