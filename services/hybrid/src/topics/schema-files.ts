import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type AvroSchema, fingerprintOf, fingerprintText } from "@hybrid/contracts";
import { catalog } from "../service-list.ts";

/** What stands beside the schemas for programs that read records. */
export interface SchemaIndex {
  /** Fingerprints of each topic's versions, oldest first; the last one is written. */
  readonly topics: Readonly<Record<string, readonly string[]>>;
  /** The file of each fingerprint. */
  readonly schemas: Readonly<Record<string, string>>;
  /** The fingerprint of a record's first ten bytes, in hexadecimal: C3 01, then the fingerprint backwards. */
  readonly headers: Readonly<Record<string, string>>;
}

const headerOf = (fingerprint: bigint): string => {
  const header = Buffer.from("c3010000000000000000", "hex");
  header.writeBigUInt64LE(fingerprint, 2);
  return header.toString("hex");
};

const recordName = (schema: AvroSchema): string => {
  const { name } = schema as { readonly name?: unknown };
  return typeof name === "string" ? name : "record";
};

/** Writes every version of every schema into a folder, with an index; returns it. */
export const writeSchemas = async (folder: string): Promise<SchemaIndex> => {
  const topics: Record<string, readonly string[]> = {};
  const schemas: Record<string, string> = {};
  const headers: Record<string, string> = {};
  await mkdir(folder, { recursive: true });
  for (const { name, versions } of catalog.allTopics) {
    const texts: string[] = [];
    for (const schema of versions) {
      const fingerprint = fingerprintOf(schema);
      const text = fingerprintText(fingerprint);
      texts.push(text);
      if (text in schemas) continue;
      const file = `${recordName(schema)}-${text}.avsc`;
      schemas[text] = file;
      headers[headerOf(fingerprint)] = text;
      await writeFile(join(folder, file), `${JSON.stringify(schema, null, 2)}\n`);
    }
    topics[name] = texts;
  }
  const index = { topics, schemas, headers };
  await writeFile(join(folder, "index.json"), `${JSON.stringify(index, null, 2)}\n`);
  return index;
};
