import { type Fault, faultsAt, type Rule, type TidyFile } from "./rule.ts";

/** These rules and their tests name what they refuse. */
const ownWords = /^(?:pnpm-lock\.yaml|tools\/src\/tidy\/.*|tools\/test\/(?:tidy|citations)\.test\.ts)$/;

/** A comment may break the line anywhere between the words. */
const gap = String.raw`(?:\n\s*(?:\*|\/\/)|\s)+`;
const closed = new RegExp(String.raw`\bDESIGN${gap}section\b|\bdoss(?:ier|iers)\b`, "gi");
const document = /(?<![\w./-])docs\/[\w./-]+\.md\b/g;
const titled = new RegExp(String.raw`(?<![\w./-])(docs\/[\w./-]+\.md),${gap}"([^"]{1,80})"`, "g");
const decision = new RegExp(String.raw`\bADRs?${gap}(\d{1,4})\b`, "g");

const instead = "cite docs/DESIGN.md by a section's title, or a public page";

const oneLine = (text: string): string => text.replaceAll(new RegExp(gap, "g"), " ");

const titlesOf = ({ lines }: TidyFile): ReadonlySet<string> =>
  new Set(lines.flatMap((line) => /^#+ (.+)$/.exec(line)?.[1] ?? []));

/**
 * A text cites what everybody can open: `docs/NAME.md` that exists, a section by its title as
 * `docs/NAME.md, "Title"`, a decision as `ADR n`.
 */
export const citations: Rule = ({ files }) => {
  const documents = new Map(files.map((file) => [file.path, file]));
  const decisions = new Set(
    files.flatMap(({ path }) => Number(/^docs\/adr\/(\d{4})-[^/]+\.md$/.exec(path)?.[1] ?? "0")),
  );
  const faultsOf = (file: TidyFile): readonly Fault[] => {
    const at = (pattern: RegExp, messageOf: (match: RegExpExecArray) => string | undefined) =>
      faultsAt(file, file.text, pattern, (match) => ({
        rule: "citation",
        message: messageOf(match) ?? "",
      })).filter(({ message }) => message !== "");
    return [
      ...at(closed, ([words]) => `nobody outside can open "${oneLine(words)}"; ${instead}`),
      ...at(document, ([path]) => (documents.has(path) ? undefined : `${path} does not exist`)),
      ...at(titled, ([, path = "", title = ""]) => {
        const target = documents.get(path);
        if (!target || titlesOf(target).has(oneLine(title))) return undefined;
        return `${path} has no section "${oneLine(title)}"`;
      }),
      ...at(decision, ([, number]) =>
        decisions.has(Number(number)) ? undefined : `ADR ${number} does not exist in docs/adr`,
      ),
    ];
  };
  return files.filter(({ path }) => !ownWords.test(path)).flatMap(faultsOf);
};
