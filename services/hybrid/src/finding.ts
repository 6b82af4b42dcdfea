import colours from "picocolors";
import { forPeople, table } from "./tables.ts";

/** What a look at one thing found. */
export interface Finding {
  readonly what: string;
  /** `waits`: nothing is wrong, but a person has to do something first. */
  readonly state: "ok" | "warning" | "failed" | "waits";
  readonly found: string;
  /** What a person does about it; null when nothing is to be done. */
  readonly todo: string | null;
}

/** All is well. */
export const ok = (what: string, found: string): Finding => ({ what, state: "ok", found, todo: null });

/** It works, but not for long, or not in full. */
export const warning = (what: string, found: string, todo: string): Finding => ({
  what,
  state: "warning",
  found,
  todo,
});

/** It does not work. */
export const failed = (what: string, found: string, todo: string): Finding => ({
  what,
  state: "failed",
  found,
  todo,
});

/** A person's turn. */
export const waits = (what: string, found: string, todo: string): Finding => ({
  what,
  state: "waits",
  found,
  todo,
});

const paints = { ok: colours.green, warning: colours.yellow, failed: colours.red, waits: colours.cyan };

/** A state as a terminal shows it. */
export const stateText = ({ state }: Finding): string => (forPeople() ? paints[state](state) : state);

/** Findings as a table. */
export const findingsTable = (findings: readonly Finding[]): string =>
  table(
    ["what", "state", "found", "what to do"],
    findings.map((one) => [one.what, stateText(one), one.found, one.todo ?? ""]),
  );
