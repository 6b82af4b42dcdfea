import type { PendingCall } from "@hybrid/contracts";
import { isControlActor } from "@hybrid/runtime";
import { foldJournal } from "@hybrid/runtime/testing";
import { type Violation, violation } from "../violation.ts";
import type { CheckFrame } from "./codecs.ts";
import { type Evidence, isRetry, isStep, type JournalLine } from "./evidence.ts";

const placeOf = ({ partition, actor, offset }: JournalLine) => ({ partition, actor, offsets: [offset] });

/** `<seq>/<index>` of a pending call. */
const orderKey = ({ seq, index }: Pick<PendingCall, "seq" | "index">): string => `${seq}/${index}`;

/** The pending call that an outcome settles: the end of its call id. */
const settledBy = ({ actor, record }: JournalLine): string | null =>
  record.origin.kind === "outcome" ? record.origin.name.slice(actor.length + 1) : null;

const pendingFaults = (line: JournalLine): readonly Violation[] => {
  const before = (line.previous?.record.pending ?? []).map(orderKey);
  const settled = settledBy(line);
  // A retried outcome was settled when it was parked.
  if (settled !== null && isStep(line) && !isRetry(line) && !before.includes(settled))
    return [
      violation(
        "doubled",
        placeOf(line),
        `the outcome of call ${settled} was applied, and it was not pending`,
      ),
    ];
  const ordered = line.effects.flatMap(({ kind }, index) =>
    kind === "call" ? [orderKey({ seq: line.record.seq, index })] : [],
  );
  const expected = [...before.filter((key) => key !== settled), ...ordered];
  const found = line.record.pending.map(orderKey);
  if (expected.join() === found.join()) return [];
  return [
    violation(
      "stateDiffers",
      placeOf(line),
      `its pending calls are ${found.join()}, and its inputs give ${expected.join()}`,
    ),
  ];
};

const timerFaults = (frame: CheckFrame, line: JournalLine): readonly Violation[] => {
  const { kind, name, offset: dueAt } = line.record.origin;
  // The runtime's own actor has no timers: that origin tells of a clock that was put right.
  if (kind !== "timer" || !isStep(line) || isControlActor(line.actor)) return [];
  const before: unknown = JSON.parse(line.previous?.record.state ?? frame.initialJson);
  const wanted = frame.topology.timers(before).some((each) => each.name === name && each.dueAt === dueAt);
  if (wanted) return [];
  return [
    violation("doubled", placeOf(line), `timer ${name} due at ${dueAt} fired, and the state did not want it`),
  ];
};

/** What waits with a parked actor comes first and in order, and nothing of it disappears. */
const parkingFaults = (line: JournalLine): readonly Violation[] => {
  const before = line.previous?.waiting ?? [];
  const { parking, origin } = line.record;
  if ((parking?.left ?? 0) !== line.waiting.length)
    return [
      violation(
        "stateDiffers",
        placeOf(line),
        `it says that ${parking?.left ?? 0} parked inputs wait, and ${line.waiting.length} do`,
      ),
    ];
  if (!isStep(line) || before.length === 0) return [];
  const first = before[0]?.origin;
  if (isRetry(line) && first?.name === origin.name && first.offset === origin.offset) return [];
  return [
    violation("reordered", placeOf(line), "an input was applied before those that wait with its actor"),
  ];
};

/** State = fold of inputs, same effects, numbers without a gap, time that does not go back (I1, I6). */
const foldFaults = ({ frame, journal, byActor }: Evidence): readonly Violation[] => {
  const lines = journal.flat();
  const { faults } = foldJournal(
    frame.topology,
    lines.map(({ record, actor, partition }) => ({ ...record, actor, partition })),
  );
  return faults.map(({ actor, seq, what }) => {
    const line = byActor.get(actor)?.find((each) => each.record.seq === seq);
    const place = line ? placeOf(line) : { actor };
    if (what === "state")
      return violation("stateDiffers", place, `the state after step ${seq} is not what its inputs give`);
    return violation("replayDiffers", place, `the ${what} of step ${seq} differs from what replay gives`);
  });
};

/** Every step against the machine: states, effects, pending calls, timers. */
export const checkSteps = (evidence: Evidence): readonly Violation[] => [
  ...foldFaults(evidence),
  ...evidence.journal
    .flat()
    .flatMap((line) => [
      ...pendingFaults(line),
      ...timerFaults(evidence.frame, line),
      ...parkingFaults(line),
    ]),
];
