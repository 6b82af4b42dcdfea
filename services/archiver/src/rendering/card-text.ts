// An adaptive card as lines of text: what a reader saw, and none of what could act.

const depthMax = 12;
const linesMax = 300;
const lineMax = 2_000;

type Fields = Readonly<Record<string, unknown>>;

const fieldsOf = (value: unknown): Fields | null =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : null;

const textsOf = (element: Fields): readonly string[] => {
  const shown = ["title", "text", "value", "altText", "label", "placeholder", "url"].flatMap((name) => {
    const text = element[name];
    return typeof text === "string" && text.trim() !== "" ? [text.trim().slice(0, lineMax)] : [];
  });
  return shown.length === 0 ? [] : [shown.join(": ")];
};

const partsOf = (element: Fields): readonly unknown[] =>
  [
    "body",
    "items",
    "columns",
    "facts",
    "inlines",
    "choices",
    "images",
    "rows",
    "cells",
    "actions",
    "card",
  ].flatMap((name) => {
    const part = element[name];
    if (Array.isArray(part)) return part as readonly unknown[];
    return part === undefined ? [] : [part];
  });

const walk = (value: unknown, depth: number, lines: string[]): void => {
  if (lines.length >= linesMax || depth > depthMax) return;
  if (typeof value === "string") {
    lines.push(value.slice(0, lineMax));
    return;
  }
  const element = fieldsOf(value);
  if (!element) return;
  lines.push(...textsOf(element));
  for (const part of partsOf(element)) walk(part, depth + 1, lines);
};

/** The lines of a card, 300 at most, in the order in which they are shown. */
export const cardLines = (card: unknown): readonly string[] => {
  const lines: string[] = [];
  walk(card, 0, lines);
  return lines.slice(0, linesMax);
};

/** What somebody answered on a card, one line a field. */
export const inputLines = (inputs: Readonly<Record<string, unknown>>): readonly string[] =>
  Object.entries(inputs)
    .slice(0, linesMax)
    .map(([name, value]) =>
      `${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`.slice(0, lineMax),
    );
