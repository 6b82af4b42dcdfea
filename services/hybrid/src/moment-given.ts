import { InvalidArgumentError } from "commander";

/** A moment that was given, as ISO 8601 in UTC. Throws InvalidArgumentError. */
export const moment = (text: string): string => {
  const at = Date.parse(text);
  if (Number.isNaN(at))
    throw new InvalidArgumentError("must be a date, or a date and time, for example 2026-01-05T07:00:00Z");
  return new Date(at).toISOString();
};
