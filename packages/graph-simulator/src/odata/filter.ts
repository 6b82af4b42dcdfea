import { badRequest, notSimulated } from "../http/graph-fault.ts";
import { type FilterToken, filterTokens } from "./filter-tokens.ts";

/** What a filter looks at: properties by name, as they are returned. */
export type FilterRow = Readonly<Record<string, unknown>>;

/** What a filter may name, and how texts compare. */
export interface FilterScope {
  /** For messages, for example `microsoft.graph.user`. */
  readonly typeName: string;
  readonly properties: readonly string[];
  /** Texts of the directory compare without regard to case, those of mailboxes with. */
  readonly ignoreCase: boolean;
}

/** A filter that was read. */
export interface Filter {
  readonly keeps: (row: FilterRow) => boolean;
  /** The directory takes these only with `ConsistencyLevel: eventual` and `$count=true`. */
  readonly isAdvanced: boolean;
}

type Condition = (row: FilterRow) => boolean;
type Operand = (row: FilterRow) => unknown;

const comparisons: Readonly<Record<string, (order: number) => boolean>> = {
  eq: (order) => order === 0,
  ne: (order) => order !== 0,
  gt: (order) => order > 0,
  ge: (order) => order >= 0,
  lt: (order) => order < 0,
  le: (order) => order <= 0,
};

const textTests: Readonly<Record<string, (text: string, part: string) => boolean>> = {
  startswith: (text, part) => text.startsWith(part),
  endswith: (text, part) => text.endsWith(part),
  contains: (text, part) => text.includes(part),
};

const dateShape = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?$/;

/** Dates compare as instants (UTC when they carry no offset), everything else unchanged. */
const comparable = (value: unknown, scope: FilterScope): unknown => {
  if (typeof value !== "string") return value;
  if (dateShape.test(value)) {
    const at = Date.parse(/Z|[+-]\d\d:\d\d$/.test(value) || !value.includes("T") ? value : `${value}Z`);
    if (!Number.isNaN(at)) return at;
  }
  return scope.ignoreCase ? value.toLowerCase() : value;
};

/** Below, equal or above zero; NaN, which fits no comparison but `ne`, when the two have no order. */
const orderOf = (left: unknown, right: unknown): number => {
  if (left === right) return 0;
  if (typeof left === "number" && typeof right === "number") return left - right;
  if (typeof left === "string" && typeof right === "string") return left < right ? -1 : 1;
  return Number.NaN;
};

const literalOf = (word: string): { readonly value: unknown } | null => {
  if (word === "true" || word === "false") return { value: word === "true" };
  if (word === "null") return { value: null };
  if (/^-?\d+(\.\d+)?$/.test(word)) return { value: Number(word) };
  if (dateShape.test(word) || /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(word))
    return { value: word };
  return null;
};

const valueAt = (row: unknown, path: readonly string[]): unknown => {
  let value = row;
  for (const step of path) {
    if (value === null || typeof value !== "object") return null;
    const entry = Object.entries(value).find(([name]) => name.toLowerCase() === step);
    value = entry?.[1] ?? null;
  }
  return value;
};

class FilterReader {
  readonly #text: string;
  readonly #scope: FilterScope;
  readonly #tokens: readonly FilterToken[];
  readonly #variables = new Set<string>();
  #at = 0;
  isAdvanced = false;

  constructor(text: string, scope: FilterScope) {
    this.#text = text;
    this.#scope = scope;
    this.#tokens = filterTokens(text);
  }

  whole(): Condition {
    const condition = this.#or();
    if (this.#at < this.#tokens.length) throw this.#invalid();
    return condition;
  }

  #invalid(): Error {
    return badRequest(`Invalid filter clause: there is a syntax error in '${this.#text}'.`);
  }

  #peek(value: string): boolean {
    const token = this.#tokens[this.#at];
    return token !== undefined && token.kind !== "text" && token.value.toLowerCase() === value;
  }

  #take(value: string): boolean {
    const found = this.#peek(value);
    if (found) this.#at++;
    return found;
  }

  #expect(value: string): void {
    if (!this.#take(value)) throw this.#invalid();
  }

  #word(): string {
    const token = this.#tokens[this.#at++];
    if (token?.kind !== "word") throw this.#invalid();
    return token.value;
  }

  #or(): Condition {
    const parts = [this.#and()];
    while (this.#take("or")) parts.push(this.#and());
    return (row) => parts.some((part) => part(row));
  }

  #and(): Condition {
    const parts = [this.#not()];
    while (this.#take("and")) parts.push(this.#not());
    return (row) => parts.every((part) => part(row));
  }

  #not(): Condition {
    if (!this.#take("not")) return this.#primary();
    this.isAdvanced = true;
    const inner = this.#not();
    return (row) => !inner(row);
  }

  #primary(): Condition {
    if (this.#take("(")) {
      const inner = this.#or();
      this.#expect(")");
      return inner;
    }
    const token = this.#tokens[this.#at];
    const next = this.#tokens[this.#at + 1];
    if (token?.kind === "word" && next?.kind === "mark" && next.value === "(") return this.#call();
    return this.#comparison(this.#operand());
  }

  /** `startswith(path,'x')` and its like, or `path/any(v:condition)`. */
  #call(): Condition {
    const name = this.#word();
    this.#expect("(");
    const lambda = /^(.+)\/(any|all)$/i.exec(name);
    if (lambda) return this.#lambda(lambda[1] ?? "", (lambda[2] ?? "").toLowerCase());
    const test = textTests[name.toLowerCase()];
    if (!test) throw notSimulated(`the function '${name}' in '$filter'`);
    if (name.toLowerCase() !== "startswith") this.isAdvanced = true;
    const subject = this.#operand();
    this.#expect(",");
    const part = this.#operand();
    this.#expect(")");
    return (row) => {
      const [left, right] = [comparable(subject(row), this.#scope), comparable(part(row), this.#scope)];
      return typeof left === "string" && typeof right === "string" && test(left, right);
    };
  }

  #lambda(path: string, kind: string): Condition {
    const items = this.#path(path);
    if (this.#take(")")) return (row) => Array.isArray(items(row)) && (items(row) as unknown[]).length > 0;
    const variable = this.#word().toLowerCase();
    this.#expect(":");
    this.#variables.add(variable);
    const inner = this.#or();
    this.#variables.delete(variable);
    this.#expect(")");
    return (row) => {
      const found = items(row);
      const each = (item: unknown): boolean => inner({ ...row, [variable]: item });
      if (!Array.isArray(found)) return false;
      return kind === "any" ? found.some(each) : found.every(each);
    };
  }

  #operand(): Operand {
    const token = this.#tokens[this.#at];
    if (token?.kind === "text") {
      this.#at++;
      return () => token.value;
    }
    const word = this.#word();
    const literal = literalOf(word);
    if (literal) return () => literal.value;
    if (this.#peek("(")) throw notSimulated(`the function '${word}' in '$filter'`);
    return this.#path(word);
  }

  #path(word: string): Operand {
    const path = word.toLowerCase().split("/");
    const [root = ""] = path;
    const known =
      this.#variables.has(root) || this.#scope.properties.some((name) => name.toLowerCase() === root);
    if (!known)
      throw badRequest(`Could not find a property named '${word}' on type '${this.#scope.typeName}'.`);
    if (path.includes("$count")) throw notSimulated("'$count' within '$filter'");
    return (row) => valueAt(row, path);
  }

  #comparison(left: Operand): Condition {
    const scope = this.#scope;
    if (this.#take("in")) {
      const list = this.#list();
      return (row) => list.some((item) => comparable(left(row), scope) === comparable(item(row), scope));
    }
    const operator = this.#tokens[this.#at];
    const fits = operator?.kind === "word" ? comparisons[operator.value.toLowerCase()] : undefined;
    // A property alone is a condition when it is true or false.
    if (!fits) return (row) => left(row) === true;
    if (operator?.value.toLowerCase() === "ne") this.isAdvanced = true;
    this.#at++;
    const right = this.#operand();
    return (row) => fits(orderOf(comparable(left(row), scope), comparable(right(row), scope)));
  }

  #list(): Operand[] {
    this.#expect("(");
    const items = [this.#operand()];
    while (this.#take(",")) items.push(this.#operand());
    this.#expect(")");
    return items;
  }
}

/**
 * Reads a `$filter`: comparisons, `in`, `and`, `or`, `not`, brackets, `startswith`, `endswith`, `contains`,
 * `any` and `all`. Throws Graph's 400 for an error in it or an unknown property, 501 for any other function.
 */
export const readFilter = (text: string, scope: FilterScope): Filter => {
  const reader = new FilterReader(text, scope);
  const keeps = reader.whole();
  return { keeps, isAdvanced: reader.isAdvanced };
};
