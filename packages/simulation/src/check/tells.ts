import { inPartition } from "@hybrid/kernel";
import { type Violation, violation } from "../violation.ts";
import { type Evidence, isRetry, isStep, type JournalLine } from "./evidence.ts";
import { couldIgnore } from "./idle.ts";

const tellKey = (teller: string, seq: number, to: string): string => `${teller} ${seq} ${to}`;

interface Heard {
  readonly lines: JournalLine[];
}

const heardTells = (lines: readonly JournalLine[]): ReadonlyMap<string, Heard> => {
  const heard = new Map<string, Heard>();
  for (const line of lines) {
    const { kind, name, offset } = line.record.origin;
    // Heard when it was applied or parked; a retry only takes it from those that wait.
    const isHeard = isStep(line) ? !isRetry(line) : (line.record.parking?.kept ?? null) !== null;
    if (kind !== "tell" || !isHeard) continue;
    const key = tellKey(name, offset, line.actor);
    const known = heard.get(key);
    if (known) known.lines.push(line);
    else heard.set(key, { lines: [line] });
  }
  return heard;
};

const deadTells = ({ deadLetters, frame }: Evidence): ReadonlySet<string> =>
  new Set(
    deadLetters.flatMap(({ originTopic, originOffset, payload }) => {
      const start = `${frame.service} tell `;
      if (originOffset >= 0 || !originTopic.startsWith(start) || !payload) return [];
      const { to } = JSON.parse(Buffer.from(payload).toString()) as { readonly to: string };
      return [`${originTopic.slice(start.length)} ${to}`];
    }),
  );

/** What an actor tells another one is heard in the same commit, once. */
export const checkTells = (evidence: Evidence): readonly Violation[] => {
  const dead = deadTells(evidence);
  return evidence.journal.flatMap((lines) => {
    const heard = heardTells(lines);
    const expected = new Set<string>();
    const faults = lines.flatMap((line) => {
      const { actor, record, partition, effects, offset, commit } = line;
      const tells = effects.flatMap((effect) =>
        effect.kind === "tell" ? [{ to: inPartition(effect.to, partition), input: effect.input }] : [],
      );
      return [...new Set(tells.map(({ to }) => to))].flatMap((to) => {
        const key = tellKey(actor, record.seq, to);
        expected.add(key);
        const own = tells.filter((tell) => tell.to === to);
        const found = heard.get(key)?.lines ?? [];
        const place = { partition, actor: to, offsets: [offset, ...found.map((each) => each.offset)] };
        if (found.length > own.length)
          return [
            violation("doubled", place, `what ${actor} told it at step ${record.seq} was applied again`),
          ];
        if (found.some((each) => each.commit !== commit))
          return [violation("tornBatch", place, `what ${actor} told it stands in another commit`)];
        if (found.length === own.length || dead.has(`${actor} ${to}`)) return [];
        const silent = commit && own.some(({ input }) => couldIgnore(evidence, { actor: to, input, commit }));
        return silent
          ? []
          : [violation("lost", place, `what ${actor} told it at step ${record.seq} is missing`)];
      });
    });
    const invented = [...heard].flatMap(([key, { lines: found }]) =>
      expected.has(key)
        ? []
        : found.map(({ partition, actor, offset }) =>
            violation(
              "doubled",
              { partition, actor, offsets: [offset] },
              "it was told something nobody said",
            ),
          ),
    );
    return [...faults, ...invented];
  });
};
