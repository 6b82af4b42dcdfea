import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startWebexSimulator } from "../src/index.ts";
import { asks, certificate } from "./ask.ts";

/** The part of JSON Schema that the published Webex documents use in these answers. */
interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly enum?: readonly unknown[];
}
interface Operation {
  readonly parameters: readonly { readonly name: string; readonly in: string }[];
  readonly responses: {
    readonly 200: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
  };
}
interface Document {
  readonly paths: Readonly<Record<string, { readonly get: Operation }>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

// Set HYBRID_CONTRACTS_DIR to the folder of published contracts to run this file.
const folder = process.env["HYBRID_CONTRACTS_DIR"];
const read = (name: string): Document =>
  JSON.parse(readFileSync(join(folder ?? "", "webex-openapi", `${name}.json`), "utf8")) as Document;

const typeOf = (value: unknown): string =>
  Array.isArray(value) ? "array" : value === null ? "null" : typeof value;

/** Every way in which `value` is not what the document describes; a property that it does not name is one. */
const deviations = (value: unknown, given: Schema, document: Document, at = "$"): string[] => {
  const schema = given.$ref ? document.components.schemas[given.$ref.split("/").at(-1)!]! : given;
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

const cases = [
  { file: "people", path: "/people", query: "email=nora@acme.example" },
  { file: "people", path: "/people/{personId}", query: "" },
  { file: "people", path: "/people/me", query: "" },
  {
    file: "meeting-preferences",
    path: "/meetingPreferences/personalMeetingRoom",
    query: "userEmail=nora@acme.example",
  },
  { file: "meeting-preferences", path: "/meetingPreferences/sites", query: "userEmail=nora@acme.example" },
] as const;

test.skipIf(!folder).each(cases)(
  "answers GET $path as the published contract describes it",
  async (given) => {
    const document = read(given.file);
    const tls = await certificate();
    await using closing = new AsyncDisposableStack();
    const webex = await startWebexSimulator({
      tls,
      clock: { now: () => 0 },
      accessTokens: [
        { token: "token", orgId: "acme", defaultSite: "acme.webex.com", person: "nora@acme.example" },
      ],
    });
    closing.defer(() => webex.close());
    const sites = ["acme.webex.com", "acme-eu.webex.com"];
    const { id } = webex.addPerson({
      orgId: "acme",
      email: "nora@acme.example",
      displayName: "Nora Berg",
      firstName: "Nora",
      lastName: "Berg",
      nickName: "No",
      title: "Chair",
      department: "Board",
      roles: ["id_full_admin"],
      licenses: ["meetings"],
      timeZone: "Europe/Oslo",
      sites,
      personalRoom: {},
    });
    const ask = asks(webex.url, tls.cert, "token");
    const { status, json } = await ask(`/v1${given.path.replace("{personId}", id)}?${given.query}`);
    const operation = document.paths[given.path]!.get;
    const { schema } = Object.values(operation.responses[200].content)[0]!;
    expect(status).toBe(200);
    expect(deviations(json, schema, document)).toEqual([]);
    expect(deviations({ unheardOf: 1 }, schema, document)).not.toEqual([]);
  },
);

test.skipIf(!folder)("knows every query parameter of the published contract", async () => {
  const tls = await certificate();
  await using closing = new AsyncDisposableStack();
  const webex = await startWebexSimulator({
    tls,
    clock: { now: () => 0 },
    accessTokens: [{ token: "token", orgId: "acme", defaultSite: "acme.webex.com" }],
  });
  closing.defer(() => webex.close());
  const ask = asks(webex.url, tls.cert, "token");
  for (const { file, path } of cases) {
    const queryParameters = read(file).paths[path]!.get.parameters.filter(
      (parameter) => parameter.in === "query",
    );
    for (const { name } of queryParameters) {
      const value =
        name === "max" ? "5" : ["callingData", "excludeStatus"].includes(name) ? "true" : "some-text";
      const { status } = await ask(`/v1${path.replace("{personId}", "unknown")}?${name}=${value}`);
      expect([path, name, status === 400]).toEqual([path, name, false]);
    }
  }
});
