import type avro from "avsc";
import type { AvroSchema } from "./schema.ts";
import { typeOfSchema } from "./schema-type.ts";

interface Field {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly type: avro.Type;
  defaultValue(): unknown;
}

type Shape = avro.Type & {
  readonly fields?: readonly Field[];
  readonly types?: readonly avro.Type[];
  readonly symbols?: readonly string[];
  readonly itemsType?: avro.Type;
};

const reads = (reader: avro.Type, writer: avro.Type): boolean => {
  try {
    reader.createResolver(writer);
    return true;
  } catch {
    // avsc answers this question by throwing; the walk below says why.
    return false;
  }
};

const spelled = (type: avro.Type): string => type.name ?? JSON.stringify(type.schema());

const nameFault = (reader: Shape, writer: Shape, path: string): string[] => {
  if (reader.name === writer.name || reader.aliases?.includes(writer.name ?? "")) return [];
  return [`${path} was ${writer.name} and is now ${reader.name}; add the old name to its aliases`];
};

const fieldFaults = (reader: Shape, writer: Shape, path: string): string[] => {
  const left = new Map((writer.fields ?? []).map((field) => [field.name, field.type]));
  const faults: string[] = [];
  const fresh: string[] = [];
  for (const field of reader.fields ?? []) {
    const name = [field.name, ...field.aliases].find((candidate) => left.has(candidate));
    const old = name === undefined ? undefined : left.get(name);
    if (name !== undefined) left.delete(name);
    if (old) faults.push(...faultsBetween(field.type, old, `${path}.${field.name}`));
    else if (field.defaultValue() === undefined) fresh.push(`${path}.${field.name}`);
  }
  const gone = left.size > 0 ? `, or an alias if it was called ${[...left.keys()].join(" or ")}` : "";
  return [...faults, ...fresh.map((name) => `${name} is new and has no default; give it one${gone}`)];
};

const enumFaults = (reader: Shape, writer: Shape, path: string): string[] => {
  const removed = (writer.symbols ?? []).filter((symbol) => !reader.symbols?.includes(symbol));
  return removed.length === 0
    ? []
    : [`${path} lost ${removed.join(", ")}; keep what was ever written, or give the enumeration a default`];
};

const branchFaults = (reader: Shape, writer: Shape, path: string): string[] => {
  if (writer.types) return writer.types.flatMap((branch) => faultsBetween(reader, branch, path));
  const like = reader.types?.find((branch) => branch.typeName === writer.typeName);
  return like ? faultsBetween(like, writer, path) : [];
};

/** Why `reader` cannot read what `writer` wrote, field by field; empty when it can. */
const faultsBetween = (reader: Shape, writer: Shape, path: string): string[] => {
  if (reads(reader, writer)) return [];
  const faults = [
    ...(reader.types || writer.types ? branchFaults(reader, writer, path) : []),
    ...(reader.name && writer.name && reader.typeName === writer.typeName
      ? nameFault(reader, writer, path)
      : []),
    ...(reader.fields && writer.fields ? fieldFaults(reader, writer, path) : []),
    ...(reader.symbols && writer.symbols ? enumFaults(reader, writer, path) : []),
    ...(reader.itemsType && writer.itemsType
      ? faultsBetween(reader.itemsType, writer.itemsType, `${path}[]`)
      : []),
  ];
  if (faults.length > 0) return faults;
  return [`${path} was ${spelled(writer)} and is now ${spelled(reader)}, which cannot read it`];
};

/**
 * Every reason why a version of a topic's schema cannot read all earlier ones (transitive backward
 * compatibility; Avro 1.12 specification, "Schema Resolution"); each names topic, versions and field.
 */
export const compatibilityFaults = (topic: string, versions: readonly AvroSchema[]): readonly string[] => {
  const types = versions.map(typeOfSchema);
  return types.flatMap((reader, newer) =>
    types
      .slice(0, newer)
      .flatMap((writer, older) =>
        faultsBetween(reader, writer, reader.name?.split(".").at(-1) ?? "the value").map(
          (fault) => `${topic}: version ${newer + 1} cannot read version ${older + 1}: ${fault}`,
        ),
      ),
  );
};

/** Why `older` cannot read what `newer` wrote, in words for the author of the newer one. */
const rollbackFaultsBetween = (older: Shape, newer: Shape, path: string): string[] => {
  if (reads(older, newer)) return [];
  const inner: string[] = [];
  if (older.fields && newer.fields) {
    const written = new Map(newer.fields.map((field) => [field.name, field.type]));
    for (const field of older.fields) {
      const type = written.get(field.name);
      if (type) inner.push(...rollbackFaultsBetween(field.type, type, `${path}.${field.name}`));
      else if (field.defaultValue() === undefined)
        inner.push(`${path}.${field.name} is gone, and the older version has no default for it; keep it`);
    }
  }
  if (older.symbols && newer.symbols) {
    const fresh = newer.symbols.filter((symbol) => !older.symbols?.includes(symbol));
    if (fresh.length > 0)
      inner.push(
        `${path} has the new ${fresh.join(", ")}, and the older version has no default to take it for`,
      );
  }
  if (older.itemsType && newer.itemsType)
    inner.push(...rollbackFaultsBetween(older.itemsType, newer.itemsType, `${path}[]`));
  for (const branch of older.types && newer.types ? newer.types : []) {
    const like = older.types?.find((each) => each.typeName === branch.typeName);
    if (like) inner.push(...rollbackFaultsBetween(like, branch, path));
  }
  if (inner.length > 0) return inner;
  return [`${path} is ${spelled(newer)}, which the older version reads as ${spelled(older)} and cannot`];
};

/**
 * Every reason why a version of a topic's schema cannot be read by a release that knows only the one before
 * (forward compatibility; Avro 1.12 specification, "Schema Resolution"): workers of both run side by side
 * while a release is rolled out or back.
 */
export const rollbackFaults = (topic: string, versions: readonly AvroSchema[]): readonly string[] => {
  const types = versions.map(typeOfSchema);
  return types.slice(1).flatMap((newer, index) => {
    const older = types[index];
    const name = newer.name?.split(".").at(-1) ?? "the value";
    return (older ? rollbackFaultsBetween(older, newer, name) : []).map(
      (fault) => `${topic}: version ${index + 1} cannot read version ${index + 2}: ${fault}`,
    );
  });
};
