import type { OrgId } from "@hybrid/kernel";
import type { CallGate, ObservedCall } from "./call-gate.ts";

/** What an organisation's actors would have written outside; ids and kinds, no content. */
export interface ObservedReport {
  readonly org: OrgId;
  /** Whether observe mode is on, in every partition that runs here. */
  readonly on: boolean;
  /** Calls kept back, by kind. What an actor would order after their outcomes is not among them. */
  readonly calls: Readonly<Record<string, number>>;
  /** The latest of them, newest first, at most {@link observedCallsMax}. */
  readonly latest: readonly ObservedCall[];
}

/** So many calls a report names. */
export const observedCallsMax = 100;

/** Puts the report together from the gates of all partitions. */
export const observedReport = (org: OrgId, gates: readonly CallGate[]): ObservedReport => {
  const calls: Record<string, number> = {};
  const latest: ObservedCall[] = [];
  for (const gate of gates) {
    const observed = gate.observed(org, observedCallsMax);
    for (const [kind, count] of observed.calls) calls[kind] = (calls[kind] ?? 0) + count;
    latest.push(...observed.latest);
  }
  latest.sort((a, b) => b.heldAt - a.heldAt);
  const on = gates.length > 0 && gates.every((gate) => gate.observes(org));
  return { org, on, calls, latest: latest.slice(0, observedCallsMax) };
};
