import { type ImportedModule, type Scan, scan } from "./scan.ts";

/** A file of the repository, its path from the root with slashes. */
export interface RepositoryFile {
  readonly path: string;
  readonly text: string;
}

/** A file as rules see it. */
export interface TidyFile extends RepositoryFile {
  readonly lines: readonly string[];
  /** Of TypeScript files alone. */
  readonly scan: Scan | undefined;
}

/** Everything rules may look at. */
export interface Tree {
  readonly files: readonly TidyFile[];
  readonly topicNames: ReadonlySet<string>;
}

/** A broken rule; `line` counts from 1. */
export interface Fault {
  readonly path: string;
  readonly line: number;
  readonly rule: string;
  readonly message: string;
}

/** Looks at the whole tree and names every fault. */
export type Rule = (tree: Tree) => readonly Fault[];

/** Prepares files for rules. */
export const treeOf = (files: readonly RepositoryFile[], topicNames: Iterable<string>): Tree => ({
  files: files.map((file) => ({
    ...file,
    lines: file.text.split("\n"),
    scan: /\.tsx?$/.test(file.path) ? scan(file.text, file.path.endsWith("x")) : undefined,
  })),
  topicNames: new Set(topicNames),
});

/** The line, from 1, that an offset of a text stands on. */
export const lineAt = (text: string, offset: number): number => text.slice(0, offset).split("\n").length;

/** A fault for every match of a global pattern in `text`, which is the file's or has the same lines. */
export const faultsAt = (
  file: TidyFile,
  text: string,
  pattern: RegExp,
  fault: (match: RegExpExecArray) => Pick<Fault, "rule" | "message">,
): readonly Fault[] =>
  [...text.matchAll(pattern)].map((match) => ({
    path: file.path,
    line: lineAt(text, match.index),
    ...fault(match),
  }));

/** Whether a file belongs to a test suite. */
export const isTest = (path: string): boolean => path.endsWith(".test.ts") || /(?:^|\/)test\//.test(path);

/** String literals and templates' stretches of text, without delimiters, with their offset. */
export const literalsOf = (file: TidyFile): readonly { readonly text: string; readonly start: number }[] =>
  (file.scan?.spans ?? [])
    .filter(({ kind }) => kind === "string" || kind === "template")
    .map(({ start, end }) => ({
      text: file.text.slice(start + 1, end).replace(/(?:["'`]|\$\{)$/, ""),
      start,
    }));

/** What a file imports or re-exports: the module's name and where it stands. */
export const importsOf = (file: TidyFile): readonly ImportedModule[] => file.scan?.imports ?? [];
