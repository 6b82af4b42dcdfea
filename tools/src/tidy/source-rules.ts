import {
  type Fault,
  faultsAt,
  importsOf,
  isTest,
  lineAt,
  literalsOf,
  type Rule,
  type TidyFile,
} from "./rule.ts";

/** What cannot be parsed cannot be held to anything. */
export const syntax: Rule = ({ files }) =>
  files.flatMap(({ path, text, scan }): readonly Fault[] =>
    scan?.fault === undefined
      ? []
      : [{ path, line: lineAt(text, scan.fault.start), rule: "syntax", message: scan.fault.message }],
  );

const isProduct = (path: string): boolean => /^(?:packages\/[^/]+|services\/[^/]+|tools)\/src\//.test(path);

/** Suffixes that contracts give; to add one is to invent a topic's name. */
const derivedName = /^-?(?:[a-z]+-)*-?(?:dead|journal|checkpoint|control|reprocess)$/;

const namesTopic = (text: string, templateTail: boolean, names: ReadonlySet<string>): boolean =>
  names.has(text) || (templateTail && text.startsWith("-") && derivedName.test(text));

/** Topic names are written in contracts alone. */
export const topicNames: Rule = ({ files, topicNames: names }) =>
  files
    .filter(({ path }) => isProduct(path) && !path.startsWith("packages/contracts/"))
    .flatMap((file) =>
      literalsOf(file)
        .filter(({ text, start }) => namesTopic(text, file.text[start] === "}", names))
        .map(({ text, start }) => ({
          path: file.path,
          line: lineAt(file.text, start),
          rule: "topic-name",
          message: `"${text}" is (part of) a topic's name; take the topic from @hybrid/contracts`,
        })),
    );

const unfinished = /\b(?:TODO|FIXME|XXX)\b(?!\s*\(?#\d)/g;

/** Work that is put off has an issue. */
export const unfinishedWork: Rule = ({ files }) =>
  files.flatMap((file) => {
    const fault = ([word]: RegExpExecArray) => ({
      rule: "unfinished",
      message: `${word} without an issue number`,
    });
    if (!file.scan)
      return /\.(?:mjs|sh|ya?ml)$/.test(file.path) ? faultsAt(file, file.text, unfinished, fault) : [];
    return file.scan.spans
      .filter(({ kind }) => kind === "comment")
      .flatMap(({ start, end }) =>
        faultsAt(file, file.text.slice(start, end), unfinished, fault).map((found) => ({
          ...found,
          line: found.line + lineAt(file.text, start) - 1,
        })),
      );
  });

const inTests: readonly (readonly [RegExp, string, string])[] = [
  [/\bsleep\s*\(/g, "sleep", "waits for a time instead of for what is to happen"],
  [
    /\bnew\s+Promise\b[^;]{0,80}?=>\s*\{?\s*(?:void\s+)?setTimeout\b/g,
    "sleep",
    "waits for a time instead of for what is to happen",
  ],
];

/** Tests wait for events. */
export const tests: Rule = ({ files }) =>
  files
    .filter(({ path, scan }) => scan !== undefined && isTest(path))
    .flatMap((file) => [
      ...inTests.flatMap(([pattern, rule, message]) =>
        faultsAt(file, file.scan?.code ?? "", pattern, () => ({ rule, message })),
      ),
      ...importsOf(file)
        .filter(({ text }) => text.endsWith("timers/promises"))
        .map(({ start }) => ({
          path: file.path,
          line: lineAt(file.text, start),
          rule: "sleep",
          message: "waits for a time instead of for what is to happen",
        })),
    ]);

const declaration =
  /^export (?:declare )?(?:async )?(?:abstract )?(?:const|let|function\*?|class|interface|type) ?(?<name>[\w$]+)/;

/** Lines, from 0, that a doc comment ends on. */
const docEnds = (file: TidyFile): ReadonlySet<number> =>
  new Set(
    (file.scan?.spans ?? [])
      .filter(({ kind, start }) => kind === "comment" && file.text.startsWith("/**", start))
      .map(({ end }) => lineAt(file.text, end) - 1),
  );

/** The nearest line above that is not a linter's directive. */
const lineAbove = (file: TidyFile, index: number): number => {
  let above = index - 1;
  while (/^\s*\/\/ (?:oxlint|biome|@ts)/.test(file.lines[above] ?? "")) above--;
  return above;
};

/** Every export of a package has its contract above it; one comment may stand above a block of one-liners. */
export const docComments: Rule = ({ files }) =>
  files
    .filter(({ path }) => /^packages\/[^/]+\/src\/.*\.ts$/.test(path))
    .flatMap((file) => {
      const ends = docEnds(file);
      const documented = new Set<number>();
      return file.lines.flatMap((line, index): readonly Fault[] => {
        const name = declaration.exec(line)?.groups?.["name"];
        if (name === undefined) return [];
        const above = lineAbove(file, index);
        if (ends.has(above) || documented.has(above)) {
          documented.add(index);
          return [];
        }
        const message = `${name} has no doc comment directly above`;
        return [{ path: file.path, line: index + 1, rule: "doc-comment", message }];
      });
    });
