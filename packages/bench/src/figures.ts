import { median } from "simple-statistics";
import type { Bench, FigureSpec, Goal } from "./bench.ts";
import { spreadPercent } from "./spread.ts";

/** A figure as it was found. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** Largest minus smallest sample in percent of the median. */
  readonly spreadPercent: number;
  readonly samples: readonly number[];
  readonly goal: Goal | null;
  /** Null without a goal, and when the samples lie too far apart to say. */
  readonly met: boolean | null;
}

/** Whether a value reaches its goal. */
export const reaches = (value: number, goal: Goal): boolean =>
  goal.kind === "atLeast" ? value >= goal.value : value <= goal.value;

/** Samples further apart than their median is large say nothing about a goal. */
const spreadPercentMax = 100;

const figureOf = (spec: FigureSpec, samples: readonly number[]): Figure => {
  const value = median([...samples]);
  const spread = spreadPercent(samples);
  const met = spec.goal === null || spread > spreadPercentMax ? null : reaches(value, spec.goal);
  return {
    name: spec.name,
    value,
    unit: spec.unit,
    spreadPercent: spread,
    samples,
    goal: spec.goal,
    met,
  };
};

/**
 * The figures of a bench from its samples, in the order of its declaration. Throws TypeError for a figure
 * without a sample and for samples of a figure that the bench does not declare.
 */
export const figuresOf = (
  bench: Pick<Bench, "name" | "figures">,
  samples: ReadonlyMap<string, readonly number[]>,
): readonly Figure[] => {
  const declared = new Set(bench.figures.map(({ name }) => name));
  const stray = [...samples.keys()].find((name) => !declared.has(name));
  if (stray !== undefined)
    throw new TypeError(`bench ${bench.name} measured ${stray}, which is not declared`);
  return bench.figures.map((spec) => {
    const found = samples.get(spec.name) ?? [];
    if (found.length === 0) throw new TypeError(`bench ${bench.name} measured no ${spec.name}`);
    return figureOf(spec, found);
  });
};

/** A number with three digits that count, more before the point, never an exponent. */
export const numberText = (value: number): string => {
  const size = Math.abs(value);
  if (size >= 100) return value.toFixed(0);
  if (size >= 10) return value.toFixed(1);
  if (size >= 1 || size === 0) return value.toFixed(2);
  return value.toFixed(Math.min(9, 2 - Math.floor(Math.log10(size))));
};

/** The line for a pipe: `name value unit`. */
export const plainLine = ({ name, value, unit }: Figure): string => `${name} ${numberText(value)} ${unit}`;

const verdictOf = ({ goal, met }: Figure): string => {
  if (goal === null) return "";
  const sign = goal.kind === "atLeast" ? ">=" : "<=";
  const verdict = met === null ? "TOO NOISY" : met ? "met" : "MISSED";
  return `goal ${sign} ${goal.value} ${verdict}`;
};

/** The line for a person: the figure in columns, its goal, whether it is met, and its samples' spread. */
export const personLine = (figure: Figure): string => {
  const { name, value, unit, samples } = figure;
  const spread =
    samples.length > 1 ? `spread ${figure.spreadPercent.toFixed(0)} % of ${samples.length}` : "one sample";
  const columns = [
    name.padEnd(26),
    numberText(value).padStart(9),
    unit.padEnd(16),
    verdictOf(figure).padEnd(24),
  ];
  return `${columns.join(" ")} ${spread}`;
};
