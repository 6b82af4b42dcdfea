import { archiveFailures, archiveImports, archiveLog } from "@hybrid/contracts";
import { type ActorId, emit, entityKeyOf, type Step, tell } from "@hybrid/kernel";
import type { Call, DayLog, Input, InputOf, Report, State, StatusLog } from "./archive-state.ts";
import { numbers } from "./numbers.ts";
import { addTallies, emptyTally } from "./terms.ts";
import { dayOf } from "./utc-day.ts";

const withReport = (days: readonly DayLog[], { tally }: Report, now: number): readonly DayLog[] => {
  const day = dayOf(now);
  const known = days.find((each) => each.day === day) ?? { day, ...emptyTally };
  const today: DayLog = { ...addTallies(known, tally), day, completedAt: now };
  return [...days.filter((each) => each.day !== day), today]
    .sort((a, b) => (a.day < b.day ? -1 : 1))
    .slice(-numbers.logDays);
};

/** One input to a connector's status log; it stands beside the connector, in the same partition. */
export const stepLog = (
  log: StatusLog | null,
  input: InputOf<"log">,
  now: number,
  self: ActorId,
): Step<State, Input, Call> => {
  const { report } = input;
  const next: StatusLog = { kind: "log", days: withReport(log?.days ?? [], report, now) };
  const connector = entityKeyOf(self);
  return {
    state: next,
    effects: [
      emit(archiveLog, connector, { connector: report.connector, days: next.days }),
      emit(archiveImports, connector, {
        connector: report.connector,
        at: now,
        ...report.tally,
        items: report.done ?? [],
      }),
      ...report.failures.map((failure) =>
        emit(archiveFailures, connector, { connector: report.connector, at: now, ...failure }),
      ),
      tell<Input>(connector, { kind: "itemsDone", items: report.items }),
    ],
  };
};
