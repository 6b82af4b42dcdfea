import { adminOutcomes, meetingRules } from "@hybrid/contracts";
import { type ActorId, type EpochMs, emit, type Step } from "@hybrid/kernel";
import type { Call, Input } from "./inputs.ts";
import { initial, type MeetingRulesKept, type State } from "./state.ts";

/**
 * An order about an organisation's rules for addresses of meetings. One that was given for another version of
 * them changes nothing.
 */
export const onRulesOrdered = (
  before: MeetingRulesKept | null,
  { document, ifMatch, orderId }: Extract<Input, { readonly kind: "rulesOrdered" }>,
  { self, now }: { readonly self: ActorId; readonly now: EpochMs },
): Step<State, Input, Call> => {
  const version = before?.version ?? 0;
  const answer = (outcome: "applied" | "unchanged" | "versionConflict", after: number) =>
    orderId === null ? [] : [emit(adminOutcomes, self, { orderId, outcome, version: after, at: now })];
  const state = before ?? initial;
  if (ifMatch !== null && ifMatch !== version) return { state, effects: answer("versionConflict", version) };
  if (document === (before?.document ?? null)) return { state, effects: answer("unchanged", version) };
  const next: MeetingRulesKept = { kind: "meetingRules", version: version + 1, document };
  const published = emit(meetingRules, self, { version: next.version, document, changedAt: now });
  return { state: next, effects: [published, ...answer("applied", next.version)] };
};
