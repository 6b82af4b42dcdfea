/** A stretch of TypeScript that is not code. */
export interface Span {
  readonly kind: "comment" | "string" | "template" | "regex";
  /** Offset of the first character, delimiters included, and of the one behind the last. */
  readonly start: number;
  readonly end: number;
}

/** A source file, taken apart far enough for rules that must not mistake text for code. */
export interface Scan {
  readonly spans: readonly Span[];
  /** The text with comments and the contents of literals blanked; offsets and lines stay. */
  readonly code: string;
}

const wordBeforeRegex =
  /(?:^|[^\w$.])(?:return|typeof|case|in|of|delete|void|throw|new|else|do|yield|await)$/;

/** Whether a slash behind `before` starts a regular expression rather than a division. */
const startsRegex = (before: string): boolean => {
  const code = before.trimEnd();
  return code === "" || !/[\w$)\]}.]$/.test(code) || wordBeforeRegex.test(code.slice(-12));
};

const endOfString = (text: string, start: number): number => {
  const quote = text[start];
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === quote || text[at] === "\n") return at + 1;
  }
  return text.length;
};

const endOfRegex = (text: string, start: number): number => {
  let inClass = false;
  for (let at = start + 1; at < text.length; at++) {
    const char = text[at];
    if (char === "\\") at++;
    else if (char === "[") inClass = true;
    else if (char === "]") inClass = false;
    else if (char === "\n" || (char === "/" && !inClass)) return at + 1;
  }
  return text.length;
};

/** End of a template's stretch of text: behind the closing backtick, or behind the next `${`. */
const endOfTemplate = (text: string, start: number): number => {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === "`") return at + 1;
    else if (text.startsWith("${", at)) return at + 2;
  }
  return text.length;
};

const endOf = (text: string, start: number, closing: string): number => {
  const at = text.indexOf(closing, start);
  return at < 0 ? text.length : at + closing.length;
};

const spanAt = (text: string, start: number, codeBefore: string): Span | undefined => {
  switch (text[start]) {
    case '"':
    case "'":
      return { kind: "string", start, end: endOfString(text, start) };
    case "`":
      return { kind: "template", start, end: endOfTemplate(text, start) };
    case "/":
      if (text[start + 1] === "/")
        return { kind: "comment", start, end: endOf(`${text}\n`, start, "\n") - 1 };
      if (text[start + 1] === "*") return { kind: "comment", start, end: endOf(text, start + 2, "*/") };
      return startsRegex(codeBefore) ? { kind: "regex", start, end: endOfRegex(text, start) } : undefined;
    default:
      return undefined;
  }
};

const blanked = (text: string): string => text.replaceAll(/[^\n]/g, " ");

/** Takes TypeScript apart. Knows no grammar: a slash behind `}` or `)` counts as a division. */
export const scan = (text: string): Scan => {
  const spans: Span[] = [];
  /** Open braces since each template's `${`. */
  const depths: number[] = [];
  let code = "";
  let at = 0;
  const take = (span: Span): void => {
    spans.push(span);
    const open = span.kind === "template" && text.startsWith("${", span.end - 2);
    if (open) depths.push(0);
    code += blanked(text.slice(span.start, span.end));
    at = span.end;
  };
  while (at < text.length) {
    const char = text[at] ?? "";
    const depth = depths.at(-1);
    if (char === "}" && depth === 0) {
      depths.pop();
      take({ kind: "template", start: at, end: endOfTemplate(text, at) });
      continue;
    }
    const span = spanAt(text, at, code.slice(-200));
    if (span) {
      take(span);
      continue;
    }
    if (depth !== undefined && char === "{") depths[depths.length - 1] = depth + 1;
    if (depth !== undefined && char === "}") depths[depths.length - 1] = depth - 1;
    code += char;
    at++;
  }
  return { spans, code };
};
