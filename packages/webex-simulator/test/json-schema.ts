import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The part of JSON Schema that the published Webex documents use in these answers. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly enum?: readonly unknown[];
}
/** An operation of a document. */
export interface DescribedOperation {
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
}
type Content = Readonly<Record<string, { readonly schema: Schema }>>;
/** A published document. */
export interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DescribedOperation | undefined>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/** Set HYBRID_CONTRACTS_DIR to the folder of published contracts to run tests of them. */
export const folder = process.env["HYBRID_CONTRACTS_DIR"];
/** Reads a document of the folder. */
export const readDocument = (name: string): Document =>
  JSON.parse(readFileSync(join(folder ?? "", "webex-openapi", `${name}.json`), "utf8")) as Document;

/** The schema behind a reference. */
export const resolved = (schema: Schema, document: Document): Schema =>
  schema.$ref ? document.components.schemas[schema.$ref.split("/").at(-1)!]! : schema;

/** The schema of the first content. */
export const schemaOf = (content: Content | undefined, document: Document): Schema =>
  resolved(Object.values(content ?? {})[0]?.schema ?? {}, document);

const typeOf = (value: unknown): string =>
  Array.isArray(value) ? "array" : value === null ? "null" : typeof value;

/** Every way in which `value` is not what the document describes; a property that it does not name is one. */
export const deviations = (value: unknown, given: Schema, document: Document, at = "$"): string[] => {
  const schema = resolved(given, document);
  if (schema.type !== undefined && schema.type !== typeOf(value)) return [`${at} is ${typeOf(value)}`];
  if (schema.enum && !schema.enum.includes(value)) return [`${at} is not one of the enumeration`];
  if (Array.isArray(value))
    return value.flatMap((item, index) => deviations(item, schema.items ?? {}, document, `${at}[${index}]`));
  if (typeof value !== "object" || value === null) return [];
  const missing = (schema.required ?? [])
    .filter((name) => !(name in value))
    .map((name) => `${at}.${name} is missing`);
  const members = Object.entries(value).flatMap(([name, member]) => {
    const described = schema.properties?.[name];
    return described
      ? deviations(member, described, document, `${at}.${name}`)
      : [`${at}.${name} is not in the document`];
  });
  return [...missing, ...members];
};
