import type { PolledRecord } from "./port.ts";

/** Where reading goes on behind a record that was polled: what a position says once the record is applied. */
export const nextOffsetOf = ({ offset, nextOffset = offset + 1 }: PolledRecord): number => nextOffset;
