import type { OrgId } from "@hybrid/kernel";
import { type ObservedCall, type ObservedReport, observedCallsMax } from "../call.ts";
import type { CallGate } from "./call-gate.ts";

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
