import { expect, test } from "vitest";
import { startWebexSimulator } from "../src/index.ts";
import { asks, certificate } from "./ask.ts";
import { deviations, folder, readDocument, schemaOf } from "./json-schema.ts";

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
    const document = readDocument(given.file);
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
    const schema = schemaOf(document.paths[given.path]!["get"]!.responses["200"]!.content, document);
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
    const queryParameters = readDocument(file).paths[path]!["get"]!.parameters!.filter(
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
