import type { AvroSchema } from "./schema.ts";

const primitives: ReadonlySet<string> = new Set([
  "null",
  "boolean",
  "int",
  "long",
  "float",
  "double",
  "bytes",
  "string",
]);

type SchemaObject = { readonly [key: string]: unknown };

/** A name with its namespace: `local` itself when it has dots or there is no namespace. */
const fullName = (local: string, namespace: string): string =>
  local.includes(".") || namespace === "" ? local : `${namespace}.${local}`;

const namespaceOf = (name: string): string => name.slice(0, Math.max(0, name.lastIndexOf(".")));

const quoted = (text: unknown): string => JSON.stringify(text);

const list = (parts: readonly string[]): string => `[${parts.join(",")}]`;

const canonicalNamed = (schema: SchemaObject, namespace: string): string => {
  const own = typeof schema["namespace"] === "string" ? schema["namespace"] : namespace;
  const name = fullName(String(schema["name"]), own);
  const head = `{"name":${quoted(name)},"type":${quoted(schema["type"])}`;
  if (schema["type"] === "enum") {
    const symbols = schema["symbols"] as readonly string[];
    return `${head},"symbols":${list(symbols.map(quoted))}}`;
  }
  if (schema["type"] === "fixed") return `${head},"size":${Number(schema["size"])}}`;
  const fields = (schema["fields"] as readonly SchemaObject[]).map(
    (field) =>
      `{"name":${quoted(field["name"])},"type":${canonical(field["type"] as AvroSchema, namespaceOf(name))}}`,
  );
  return `${head},"fields":${list(fields)}}`;
};

const canonical = (schema: AvroSchema, namespace: string): string => {
  if (typeof schema === "string")
    return quoted(primitives.has(schema) ? schema : fullName(schema, namespace));
  if (Array.isArray(schema)) return list(schema.map((branch: AvroSchema) => canonical(branch, namespace)));
  const { type, items, values } = schema as SchemaObject;
  switch (type) {
    case "array":
      return `{"type":"array","items":${canonical(items as AvroSchema, namespace)}}`;
    case "map":
      return `{"type":"map","values":${canonical(values as AvroSchema, namespace)}}`;
    case "record":
    case "error":
    case "enum":
    case "fixed":
      return canonicalNamed(schema as SchemaObject, namespace);
    default:
      return canonical(type as AvroSchema, namespace);
  }
};

/**
 * The Parsing Canonical Form of a schema: what two schemas that read the same bytes have in common.
 * Avro 1.12 specification, "Transforming into Parsing Canonical Form".
 */
export const parsingCanonicalForm = (schema: AvroSchema): string => canonical(schema, "");
