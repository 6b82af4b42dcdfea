const dayMs = 86_400_000;
const daysOfEra = 146_097;

const digits = (number: number, count: number): string => String(number).padStart(count, "0");

/**
 * The day of a time, UTC, as `YYYY-MM-DD`. Counts in eras of 400 years whose years begin in March, so that a
 * leap day is the last one of its year.
 */
export const dayOf = (at: number): string => {
  const fromEra = Math.floor(at / dayMs) + 719_468;
  const era = Math.floor(fromEra / daysOfEra);
  const day = fromEra - era * daysOfEra;
  const year = Math.floor(
    (day - Math.floor(day / 1_460) + Math.floor(day / 36_524) - Math.floor(day / 146_096)) / 365,
  );
  const ofYear = day - (365 * year + Math.floor(year / 4) - Math.floor(year / 100));
  const month = Math.floor((5 * ofYear + 2) / 153);
  const date = ofYear - Math.floor((153 * month + 2) / 5) + 1;
  const calendarMonth = month < 10 ? month + 3 : month - 9;
  const calendarYear = year + era * 400 + (calendarMonth <= 2 ? 1 : 0);
  return `${digits(calendarYear, 4)}-${digits(calendarMonth, 2)}-${digits(date, 2)}`;
};
