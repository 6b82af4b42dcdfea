import type { PersonDetails } from "@hybrid/contracts";
import { z } from "zod";
import { csvRows, type Fault, type RawPerson } from "./csv-rows.ts";
import { jsonRows } from "./json-rows.ts";

/** A person of a list, ready to be put into the directory. */
export interface ListedPerson {
  /** Where the list names the person, from 1. */
  readonly line: number;
  /** Completes the address `<org>/u-<user>`. */
  readonly userId: string;
  readonly person: PersonDetails;
  readonly enabled: boolean;
}

/** What a list of people says: those that can be imported, and every fault of the rest. */
export interface ReadPeople {
  readonly people: readonly ListedPerson[];
  readonly faults: readonly Fault[];
}

const missing = (name: string) => ({ error: `${name} is missing` });

const guid = (name: string) =>
  z
    .string(missing(name))
    .trim()
    .toLowerCase()
    .regex(
      /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
      `${name} must be a GUID such as Microsoft Entra shows it`,
    );

/** Not RFC 5322 whole, but every address that Exchange Online gives out, o'brien@ included. */
const mailAddress = z
  .string(missing("mailAddress"))
  .trim()
  .max(320, "mailAddress has more than 320 characters")
  .regex(
    /^[^\s@"<>(),:;\\[\]]{1,64}@(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.)+[\p{L}\p{N}-]{2,63}$/u,
    "mailAddress must be one mail address such as name@example.com",
  );

/** A CSV file has words where JSON has truth values; an empty cell is as good as none. */
const truth = (name: string, words: { readonly yes: string; readonly no: string }, byDefault: boolean) =>
  z
    .unknown()
    .optional()
    .transform((value, context) => {
      const word = typeof value === "string" ? value.trim().toLowerCase() : value;
      if (word === undefined || word === null || word === "") return byDefault;
      if (word === words.yes || word === true) return true;
      if (word === words.no || word === false) return false;
      context.addIssue({ code: "custom", message: `${name} must be ${words.yes} or ${words.no}` });
      return z.NEVER;
    });

const Person = z
  .object({
    userId: z
      .string("userId must be text")
      .trim()
      .regex(/^[A-Za-z0-9_.-]{0,64}$/, "userId may hold letters, digits, _ . and -, at most 64")
      .nullish(),
    objectId: guid("objectId"),
    tenantId: guid("tenantId"),
    mailAddress,
    enabled: truth("enabled", { yes: "true", no: "false" }, true),
    connector: truth("connector", { yes: "yes", no: "no" }, false),
    resourceGroup: z
      .string("resourceGroup must be text")
      .trim()
      .max(256, "resourceGroup is too long")
      .nullish(),
  })
  .refine(({ connector, resourceGroup }) => connector || !resourceGroup, {
    path: ["resourceGroup"],
    message: "a resource group needs connector yes: only connector users are in one",
  });

/** The columns of a list, or the fields of its objects. */
export const personFields: readonly string[] = Object.keys(Person.shape);

const readPerson = ({ line, fields }: RawPerson): ReadPeople => {
  const read = Person.safeParse(fields);
  if (!read.success) {
    const faults = read.error.issues.map(({ path, message }) => ({ line, field: path.join("."), message }));
    return { people: [], faults };
  }
  const { userId, objectId, tenantId, mailAddress, enabled, connector, resourceGroup } = read.data;
  const person: PersonDetails = {
    objectId,
    tenantId,
    mailAddress,
    connector: connector ? { resourceGroup: resourceGroup || null } : null,
  };
  return { people: [{ line, userId: userId || objectId, person, enabled }], faults: [] };
};

/**
 * One address, one object, one user: a second mention is refused, with the line of the first.
 */
const refuseDoubles = (people: readonly ListedPerson[]): ReadPeople => {
  const firstLines = new Map<string, number>();
  const unique: ListedPerson[] = [];
  const faults: Fault[] = [];
  for (const each of people) {
    const { line, userId, person } = each;
    const names = { userId, objectId: person.objectId, mailAddress: person.mailAddress.toLowerCase() };
    const doubles = Object.entries(names).flatMap(([field, value]) => {
      const first = firstLines.get(`${field} ${value}`);
      return first === undefined ? [] : [{ line, field, message: `is the same as on line ${first}` }];
    });
    faults.push(...doubles);
    if (doubles.length > 0) continue;
    for (const [field, value] of Object.entries(names)) firstLines.set(`${field} ${value}`, line);
    unique.push(each);
  }
  return { people: unique, faults };
};

/**
 * Reads a list of people: CSV with a header, or a JSON array of objects. Fields: `objectId`, `tenantId`
 * (GUIDs), `mailAddress`; `userId` (else the object id), `enabled` (true or false, else true), `connector`
 * (yes or no, else no) and `resourceGroup`. Good people are returned beside the faults of the others; faults
 * are in order of lines.
 */
export const readPeople = (text: string, format: "csv" | "json"): ReadPeople => {
  const { rows, faults } = format === "csv" ? csvRows(text, personFields) : jsonRows(text, personFields);
  const read = rows.map(readPerson);
  const { people, faults: doubles } = refuseDoubles(read.flatMap((each) => each.people));
  const all = [...faults, ...read.flatMap((each) => each.faults), ...doubles];
  return { people, faults: all.sort((a, b) => a.line - b.line) };
};
