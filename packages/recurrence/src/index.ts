export { type Expansion, endOfSeries, type Occurrence, occurrencesIn, type Series } from "./occurrences.ts";
export { type Recurrence, readRecurrence, type Weekday, weekdays } from "./recurrence.ts";
export { firstZone, instantOfLocal, localOfInstant, type ZoneChoice, zoneNamed } from "./zones.ts";
