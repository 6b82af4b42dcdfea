import { InvalidArgumentError } from "commander";

/** A moment in ISO 8601, or a date alone as it was given. Throws InvalidArgumentError. */
export const momentOrDay = (text: string): string => {
  const at = moment(text);
  return /^\d{4}-\d\d-\d\d$/.test(text) ? text : at;
};

/** A moment that was given, as ISO 8601 in UTC. Throws InvalidArgumentError. */
export const moment = (text: string): string => {
  const at = Date.parse(text);
  if (Number.isNaN(at))
    throw new InvalidArgumentError("must be a date, or a date and time, for example 2026-01-05T07:00:00Z");
  return new Date(at).toISOString();
};
