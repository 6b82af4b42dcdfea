import type { RE2JS } from "re2js";
import type { CompiledLines } from "./compiled-rules.ts";
import { type Details, filled } from "./details.ts";
import type { LinesRule } from "./rule.ts";

/** Longer lines are prose. */
const lineMax = 300;
/** Places of one text that are looked at for one word of one rule. */
const placesMax = 20;

/** Finds what lines tell together, such as a meeting's number on one and its passcode on the next. */
export const meetingsInLines = (
  text: string,
  rules: readonly CompiledLines[],
  organizer: "internal" | "external",
): readonly { readonly rule: LinesRule; readonly details: Details }[] => {
  const wanted = rules.filter(({ rule }) => rule.organizer === "any" || rule.organizer === organizer);
  const lower = wanted.length > 0 ? text.toLowerCase() : "";
  // A few letters change their length with their case; then offsets would not be those of the text.
  const searched = lower.length === text.length ? lower : text;
  return wanted.flatMap((compiled) => {
    const groups = firstIn(text, searched, compiled);
    if (!groups) return [];
    return [{ rule: compiled.rule, details: filled(compiled.rule, { groups, parts: null, text: null }) }];
  });
};

const firstIn = (
  text: string,
  searched: string,
  { rule, contains, lines }: CompiledLines,
): readonly string[] | undefined => {
  for (const word of contains) {
    let at = searched.indexOf(word);
    for (let place = 0; at >= 0 && place < placesMax; place++) {
      const groups = groupsFrom(text, lineStart(text, at), { lines, within: rule.within });
      if (groups) return groups;
      at = searched.indexOf(word, at + word.length);
    }
  }
  return undefined;
};

/** Where the line begins; a longer line than any of interest counts from within. */
const lineStart = (text: string, at: number): number => {
  const from = Math.max(0, at - lineMax);
  return from + text.slice(from, at).lastIndexOf("\n") + 1;
};

const groupsFrom = (
  text: string,
  from: number,
  { lines, within }: { readonly lines: readonly RE2JS[]; readonly within: number },
): readonly string[] | undefined => {
  const found: string[] = [];
  let at = from;
  for (const [nth, pattern] of lines.entries()) {
    let left = nth === 0 ? 1 : within;
    for (;;) {
      if (left === 0 || at > text.length) return undefined;
      const newline = text.indexOf("\n", at);
      const end = newline < 0 ? text.length : newline;
      const line = text.slice(at, Math.min(end, at + lineMax)).trim();
      at = end + 1;
      if (line === "") continue;
      left -= 1;
      const matcher = pattern.matcher(line);
      if (!matcher.find()) continue;
      for (let group = 1; group <= matcher.groupCount(); group++) found.push(matcher.group(group) ?? "");
      break;
    }
  }
  return found;
};
