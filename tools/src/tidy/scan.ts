import { type Comment, parseSync, type StringLiteral, Visitor } from "oxc-parser";

/** A stretch of TypeScript that is not code. */
export interface Span {
  readonly kind: "comment" | "string" | "template" | "regex";
  /** Offset of the first character, delimiters included, and of the one behind the last. */
  readonly start: number;
  readonly end: number;
}

/** A module that a file names: in an import, a re-export, a lazy import or the type of one. */
export interface ImportedModule {
  readonly text: string;
  /** Offset of its literal. */
  readonly start: number;
}

/** A source file as rules see it, which must not mistake text for code. */
export interface Scan {
  /** In the order of the text. */
  readonly spans: readonly Span[];
  readonly imports: readonly ImportedModule[];
  /** The text with comments and the contents of literals blanked; offsets and lines stay. */
  readonly code: string;
  /** Why it cannot be parsed, and at which offset; undefined for a sound file. */
  readonly fault: { readonly message: string; readonly start: number } | undefined;
}

const blanked = (text: string): string => text.replaceAll(/[^\n]/g, " ");

const codeOf = (text: string, spans: readonly Span[]): string => {
  const parts: string[] = [];
  let at = 0;
  for (const { start, end } of spans) {
    parts.push(text.slice(at, start), blanked(text.slice(start, end)));
    at = end;
  }
  return [...parts, text.slice(at)].join("");
};

const kindOf = (value: unknown, regex: unknown): Span["kind"] | undefined => {
  if (regex !== undefined) return "regex";
  return typeof value === "string" ? "string" : undefined;
};

const isText = (node: { readonly type: string } | null | undefined): node is StringLiteral =>
  node?.type === "Literal" && "value" in node && typeof node.value === "string";

/** Takes TypeScript apart, with tags in it where `hasTags` says so. */
export const scan = (text: string, hasTags = false): Scan => {
  const { program, comments, errors } = parseSync(hasTags ? "file.tsx" : "file.ts", text);
  const spans: Span[] = comments.map(({ start, end }: Comment) => ({ kind: "comment", start, end }));
  const imports: ImportedModule[] = [];
  const named = (source: { readonly type: string } | null | undefined): void => {
    if (isText(source)) imports.push({ text: source.value, start: source.start });
  };
  new Visitor({
    Literal: (node) => {
      const kind = kindOf(node.value, "regex" in node ? node.regex : undefined);
      if (kind) spans.push({ kind, start: node.start, end: node.end });
    },
    TemplateElement: ({ start, end }) => void spans.push({ kind: "template", start, end }),
    ImportDeclaration: ({ source }) => named(source),
    ExportAllDeclaration: ({ source }) => named(source),
    ExportNamedDeclaration: ({ source }) => named(source),
    ImportExpression: ({ source }) => named(source),
    TSImportType: ({ source }) => named(source),
  }).visit(program);
  spans.sort((a, b) => a.start - b.start);
  const [error] = errors;
  const fault = error && { message: error.message, start: error.labels[0]?.start ?? 0 };
  return { spans, imports, code: codeOf(text, spans), fault };
};
