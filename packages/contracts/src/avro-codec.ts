import { DecodeError, type Schemas, type Topic, UnreadableSchemaError } from "@hybrid/kernel";
import type avro from "avsc";
import { compatibilityFaults } from "./avro/compatibility.ts";
import type { AvroSchema } from "./avro/schema.ts";
import { typeOfSchema } from "./avro/schema-type.ts";
import {
  bufferOf,
  decodeBody,
  fingerprintIn,
  headerBytes,
  isSingleObject,
  mustBeSingleObject,
  startsWith,
  type Version,
  versionOf,
} from "./avro/single-object.ts";

/** A scratch buffer that grew beyond this for one giant record is not kept. */
const scratchBytesMax = 1 << 20;

/** Shared by all topics: encoding is synchronous and copies out what it wrote. */
let scratch = Buffer.allocUnsafe(16 << 10);

const describe = (value: unknown): string => {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return "an array";
  return typeof value === "number" ? `the number ${value}` : `a value of type ${typeof value}`;
};

const describeType = (type: avro.Type): string =>
  type.typeName.startsWith("union") || type.typeName.startsWith("logical")
    ? JSON.stringify(type.schema())
    : [type.typeName, type.name].filter(Boolean).join(" ");

/** Names the first field that does not fit, never its content: it may be an address. */
const misfit = (name: string, type: avro.Type, value: unknown, cause?: unknown): TypeError => {
  let fault = "the value as a whole does not fit";
  let found = false;
  const errorHook = (path: string[], part: unknown, expected: avro.Type): void => {
    if (!found)
      fault = `${path.join(".") || "the value"} must be ${describeType(expected)}, not ${describe(part)}`;
    found = true;
  };
  type.isValid(value, { errorHook });
  return new TypeError(`${name}: ${fault}`, { cause });
};

const grow = (bytes: number): void => {
  scratch = Buffer.allocUnsafe(2 ** Math.ceil(Math.log2(bytes)));
};

const encode = (name: string, { header, type }: Version, value: unknown): Uint8Array => {
  let end: number;
  try {
    end = type.encode(value, scratch, headerBytes);
    if (end < 0) {
      grow(scratch.length - end);
      end = type.encode(value, scratch, headerBytes);
    }
  } catch (cause) {
    throw misfit(name, type, value, cause);
  }
  const bytes = Buffer.allocUnsafe(end);
  bytes.set(header);
  scratch.copy(bytes, headerBytes, headerBytes, end);
  if (scratch.length > scratchBytesMax) grow(scratchBytesMax);
  return bytes;
};

interface ReadableVersion extends Version {
  /** Undefined for the latest version, which needs none. */
  readonly resolver: Resolver | undefined;
}

type Resolver = ReturnType<avro.Type["createResolver"]>;

/** Later versions than those that this release knows, by fingerprint: how its latest one reads them. */
class LaterVersions {
  readonly #name: string;
  readonly #latest: Version;
  readonly #resolvers = new Map<string, Resolver>();
  readonly #incompatible = new Map<string, unknown>();

  constructor(name: string, latest: Version) {
    this.#name = name;
    this.#latest = latest;
  }

  /** How to read a record of none of the known versions. Throws UnreadableSchemaError. */
  resolverFor(bytes: Buffer, schemas: Schemas | undefined): Resolver {
    const fingerprint = fingerprintIn(bytes);
    const known = this.#resolvers.get(fingerprint);
    if (known) return known;
    const schema = schemas?.find(fingerprint);
    if (schema === undefined)
      throw new UnreadableSchemaError(
        `${this.#name}: written with schema ${fingerprint}, which this service does not know and topic ` +
          "schemas does not hold; upgrade this service, and look whether the writer could publish its schema",
        fingerprint,
      );
    return this.#made(fingerprint, schema as AvroSchema);
  }

  #made(fingerprint: string, schema: AvroSchema): Resolver {
    try {
      if (this.#incompatible.has(fingerprint)) throw this.#incompatible.get(fingerprint);
      const resolver = this.#latest.type.createResolver(typeOfSchema(schema));
      this.#resolvers.set(fingerprint, resolver);
      return resolver;
    } catch (cause) {
      this.#incompatible.set(fingerprint, cause);
      throw new UnreadableSchemaError(
        `${this.#name}: written with schema ${fingerprint} of a newer release, which this one cannot turn ` +
          "into its own; upgrade this service",
        fingerprint,
        { cause },
      );
    }
  }
}

/**
 * Encodes and decodes a topic's values in Avro single-object encoding (Avro 1.12 specification,
 * "Single-object encoding"). The last of `versions` is written; all of them are read and come out as the last
 * one, and so do later ones whose schema is given. Properties that the schema does not know are left out;
 * `long` is a safe integer. Throws TypeError when a version cannot read an earlier one.
 */
export const avroCodec = <Value>(
  name: string,
  versions: readonly AvroSchema[],
): Pick<Topic<Value>, "encode" | "decode"> & Required<Pick<Topic<Value>, "unreadable">> => {
  const faults = compatibilityFaults(name, versions);
  if (faults.length > 0) throw new TypeError(faults.join("\n"));
  const compiled = versions.map(versionOf);
  const latest = compiled.at(-1);
  if (!latest) throw new TypeError(`${name}: a topic needs at least one schema version`);
  // Newest first: nearly every record is of the newest version.
  const readable = compiled.toReversed().map(
    (version): ReadableVersion => ({
      ...version,
      resolver: version === latest ? undefined : latest.type.createResolver(version.type),
    }),
  );
  const later = new LaterVersions(name, latest);
  const knownOf = (bytes: Buffer) => readable.find(({ header }) => startsWith(bytes, header));
  return {
    encode: (value) => encode(name, latest, value),
    decode: (bytes, schemas) => {
      const buffer = bufferOf(bytes);
      mustBeSingleObject(name, buffer);
      const known = knownOf(buffer);
      const resolver = known ? known.resolver : later.resolverFor(buffer, schemas);
      const value = decodeBody(name, buffer, { reader: latest.type, resolver });
      // What is read as it was written fits; what another version wrote has been through promotions.
      if (resolver && !latest.type.isValid(value))
        throw new DecodeError(`${name}: damaged record`, { cause: misfit(name, latest.type, value) });
      return value as Value;
    },
    unreadable: (bytes, schemas) => {
      const buffer = bufferOf(bytes);
      if (!isSingleObject(buffer) || knownOf(buffer)) return null;
      try {
        later.resolverFor(buffer, schemas);
        return null;
      } catch (error) {
        if (!(error instanceof UnreadableSchemaError)) throw error;
        return error.message;
      }
    },
  };
};
