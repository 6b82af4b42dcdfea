import { checkCalls } from "./check/calls.ts";
import type { CheckFrame } from "./check/codecs.ts";
import { checkCommits, placeCommits } from "./check/commits.ts";
import { evidenceOf } from "./check/evidence.ts";
import { checkFencing, fencedCommits } from "./check/fencing.ts";
import { checkInputs } from "./check/inputs.ts";
import { checkOutputs } from "./check/outputs.ts";
import { checkPosts } from "./check/posts.ts";
import { checkRestores } from "./check/restores.ts";
import { checkSteps } from "./check/steps.ts";
import { checkTells } from "./check/tells.ts";
import type { Stamped } from "./history.ts";
import { type Violation, violation } from "./violation.ts";

/**
 * Checks one history: every breach of I1 to I6 that can be seen in it, none when it is sound. It compares
 * what the owners were told with what is in the log at the end (after Jepsen's queue workloads) and with the
 * machine itself; the order of events is the only clock it knows. Throws when the history has no end or holds
 * what cannot be decoded.
 */
export const checkHistory = (frame: CheckFrame, events: readonly Stamped[]): readonly Violation[] => {
  const evidence = evidenceOf(frame, events);
  placeCommits(evidence);
  const fenced = fencedCommits(evidence);
  return [
    ...(evidence.stuck === null ? [] : [violation("stuck", {}, evidence.stuck)]),
    ...checkFencing(evidence, fenced),
    ...checkCommits(evidence),
    ...checkInputs(evidence),
    ...checkTells(evidence),
    ...checkPosts(evidence),
    ...checkSteps(evidence),
    ...checkRestores(evidence, fenced),
    ...checkCalls(evidence),
    ...checkOutputs(evidence, fenced),
  ];
};
