import { csvForm } from "@hybrid/control-hub-page/api";
import { stringify } from "csv-stringify/sync";

/** A cell of a table. */
export type CsvCell = string | number | null;

/** Spreadsheets take a text for UTF-8 by it. */
export const byteOrderMark = csvForm.begin;

/** A moment as CSV has it, with its offset: UTC. */
export const csvMoment = (at: number | null): string => (at === null ? "" : new Date(at).toISOString());

/** Lines of CSV. */
export const csvLines = (rows: readonly (readonly CsvCell[])[]): string =>
  stringify(rows as CsvCell[][], csvForm.options);

/** A table as a whole file. */
export const csvTable = (head: readonly string[], rows: readonly (readonly CsvCell[])[]): string =>
  byteOrderMark + csvLines([head, ...rows]);
