import { type Fault, faultsAt, lineAt, type Rule, type TidyFile } from "./rule.ts";

/** This list, its test and its document name what they refuse. */
const ownWords = /^(?:docs\/HACKING\.md|tools\/(?:src\/tidy\/plain-words|test\/plain-words\.test)\.ts)$/;

/** A comment may break the line anywhere between the words. */
const gap = String.raw`(?:\n\s*(?:\*|\/\/)|\s)+`;
const phrase = (words: string, end = String.raw`\b`): RegExp =>
  new RegExp(String.raw`\b(?:${words.replaceAll(" ", gap)})${end}`, "gi");

/** Where a sentence, or a part of one, is over. */
const end = String.raw`(?=\s*(?:[.,;:!?)"'\`|]|\*\/|$))`;

/** What readers stumble over, and what to say instead (docs/HACKING.md, "Plain English"). */
const riddles: readonly (readonly [RegExp, string])[] = [
  [phrase("anew"), 'say "again", or what happens: recreated, rewritten'],
  [phrase("who(?:m)?ever"), "name who it is: a client, a reader, the next owner"],
  [phrase("shall"), 'say "must", "is to" or "will"'],
  [phrase("(?:so many|for so long)"), "name the number or the time"],
  [/\bSo (?:long|much|often)\b(?! that\b)/g, "name the time, the size or the pace"],
  [phrase("at the latest after"), 'say "after ... at most"'],
  [
    phrase("(?:stays?|left|kept|returned|(?:given|sent|comes) back) as (?:it is|they are)", end),
    'say "unchanged"',
  ],
];

/** The stretches of a file that people read: all of a document; comments and literals of a source. */
const proseOf = (file: TidyFile): readonly { readonly text: string; readonly start: number }[] => {
  if (file.path.endsWith(".md")) return [{ text: file.text, start: 0 }];
  return (file.scan?.spans ?? [])
    .filter(({ kind }) => kind !== "regex")
    .map(({ start, end: behind }) => ({ text: file.text.slice(start, behind), start }));
};

/** Documents, comments and messages are plain English. */
export const plainWords: Rule = ({ files }) =>
  files
    .filter(({ path }) => !ownWords.test(path) && !path.includes("/golden/"))
    .flatMap((file) =>
      proseOf(file).flatMap(({ text, start }) =>
        riddles.flatMap(([pattern, instead]): readonly Fault[] =>
          faultsAt(file, text, pattern, ([words]) => ({
            rule: "plain-english",
            message: `"${words.replaceAll(new RegExp(gap, "g"), " ")}": ${instead}`,
          })).map((fault) => ({ ...fault, line: fault.line + lineAt(file.text, start) - 1 })),
        ),
      ),
    );
