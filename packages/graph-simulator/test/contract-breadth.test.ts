import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { type Schema, schemaFaults } from "./json-schema.ts";
import { type Answered, alphaId, betaId, clientId, isoAt, openWorld, tenantId, type World } from "./world.ts";

// As contract.test.ts, for what lies around events: set HYBRID_CONTRACTS_DIR to run it.
const folder = process.env["HYBRID_CONTRACTS_DIR"];
const contract: Schema = folder ? JSON.parse(readFileSync(join(folder, "graph-openapi.json"), "utf8")) : {};

let world: World;
afterEach(() => world.close());

const verify = (template: string, method: string, answer: Answered): void => {
  const found = contract["paths"][template][method].responses[String(answer.status)];
  expect(found, `${method} ${template} ${answer.status} ${JSON.stringify(answer.body)}`).toBeDefined();
  const schema = found.content?.["application/json"].schema;
  expect(
    schema ? schemaFaults(contract, schema, answer.body) : answer.body,
    `${method} ${template}`,
  ).toHaveLength(0);
};

/** The slice reads the common part of attachments; what files add stands in its write model. */
const common = (answer: Answered): Answered => {
  const added = new Set(
    Object.keys(contract["components"].schemas["in.microsoft.graph.fileAttachment"].properties),
  );
  const base = contract["components"].schemas["microsoft.graph.attachment"].properties;
  const strip = (one: object): object =>
    Object.fromEntries(Object.entries(one).filter(([name]) => name in base || !added.has(name)));
  const { value } = answer.body;
  return { ...answer, body: value ? { ...answer.body, value: value.map(strip) } : strip(answer.body) };
};

const start = { dateTime: "2026-01-13T10:00:00", timeZone: "UTC" };
const end = { dateTime: "2026-01-13T11:00:00", timeZone: "UTC" };

test.skipIf(!folder)("answers around events validate against the response models", async () => {
  world = await openWorld();
  const graph: World["graph"] = (...request) => world.graph(...request);
  const events = `/users/${alphaId}/events`;
  const event = "/users/{user-id}/events/{event-id}";
  const created = await graph("POST", events, {
    subject: "Planning",
    start,
    end,
    attendees: [{ emailAddress: { address: "beta@contoso.example" } }],
    recurrence: {
      pattern: { type: "relativeMonthly", interval: 1, daysOfWeek: ["tuesday"], index: "second" },
      range: { type: "numbered", startDate: "2026-01-13", numberOfOccurrences: 3 },
    },
    multiValueExtendedProperties: [
      { id: "StringArray {66f5a359-4659-4830-9070-00050ec6ac6e} Name Hobbies", value: ["a"] },
    ],
  });
  verify("/users/{user-id}/events", "post", created);
  const one = `${events}/${created.body.id}`;
  const window = `startDateTime=${isoAt(0)}&endDateTime=${isoAt(90 * 86_400_000)}`;
  verify(`${event}/instances`, "get", await graph("GET", `${one}/instances?${window}`));

  const attached = await graph("POST", `${one}/attachments`, {
    "@odata.type": "#microsoft.graph.fileAttachment",
    name: "a.txt",
    contentBytes: "aGVq",
  });
  verify(`${event}/attachments`, "post", common(attached));
  verify(`${event}/attachments`, "get", common(await graph("GET", `${one}/attachments`)));
  const attachment = `${one}/attachments/${attached.body.id}`;
  verify(`${event}/attachments/{attachment-id}`, "get", common(await graph("GET", attachment)));
  verify(`${event}/attachments/{attachment-id}`, "delete", await graph("DELETE", attachment));

  const extended = await graph("POST", `${one}/extensions`, { extensionName: "Com.Example.X" });
  verify(`${event}/extensions`, "post", extended);
  const extension = `${one}/extensions/Com.Example.X`;
  verify(`${event}/extensions/{extension-id}`, "get", await graph("GET", extension));
  verify(`${event}/extensions/{extension-id}`, "patch", await graph("PATCH", extension, { a: null }));
  verify(`${event}/extensions/{extension-id}`, "delete", await graph("DELETE", extension));

  const copies = (await graph("GET", `/users/${betaId}/events`)).body.value;
  const invited = `/users/${betaId}/events/${copies[0].id}`;
  const proposedNewTime = { start, end };
  const proposed = await graph("POST", `${invited}/tentativelyAccept`, { comment: "Or", proposedNewTime });
  verify(`${event}/tentativelyAccept`, "post", proposed);
  verify(event, "get", await graph("GET", one));
  verify(`${event}/accept`, "post", await graph("POST", `${invited}/accept`));
  verify(`${event}/decline`, "post", await graph("POST", `${invited}/decline`));
  verify(`${event}/cancel`, "post", await graph("POST", `${one}/cancel`));

  const schedule = await graph("POST", `/users/${alphaId}/calendar/getSchedule`, {
    schedules: ["alpha@contoso.example", "nobody@contoso.example"],
    startTime: start,
    endTime: end,
  });
  verify("/users/{user-id}/calendar/getSchedule", "post", schedule);
  const zones = await graph("GET", `/users/${alphaId}/outlook/supportedTimeZones`);
  verify("/users/{user-id}/outlook/supportedTimeZones", "get", zones);
  const batch = await graph("POST", "/$batch", { requests: [{ id: "1", method: "GET", url: "/users" }] });
  verify("/$batch", "post", batch);
});

test.skipIf(!folder)("answers about groups validate against the response models", async () => {
  world = await openWorld({ groups: { siteDelayMs: [0, 0], replicationMs: [0, 0] } });
  world.simulator.grantConsent(tenantId, clientId, ["Group.ReadWrite.All", "Sites.ReadWrite.All"]);
  const graph: World["graph"] = (...request) => world.graph(...request);
  const at = (id: string): string => `https://graph.microsoft.com/v1.0/users/${id}`;
  const given = {
    displayName: "Build",
    mailEnabled: true,
    mailNickname: "build",
    securityEnabled: false,
    groupTypes: ["Unified"],
    "owners@odata.bind": [at(alphaId)],
    "members@odata.bind": [at(alphaId)],
  };
  const upsert = "/groups(uniqueName='{uniqueName}')";
  const headers = { prefer: "create-if-missing" };
  const created = await graph("PATCH", "/groups(uniqueName='t-1')", given, headers);
  verify(upsert, "patch", created);
  verify(upsert, "patch", await graph("PATCH", "/groups(uniqueName='t-1')", { description: "x" }, headers));
  verify("/groups", "post", await graph("POST", "/groups", { ...given, mailNickname: "b2" }));
  verify("/groups", "get", await graph("GET", "/groups"));
  const one = `/groups/${created.body.id}`;
  verify("/groups/{group-id}", "get", await graph("GET", one));
  verify("/groups/{group-id}", "patch", await graph("PATCH", one, { description: "y" }));
  verify("/groups/delta", "get", await graph("GET", "/groups/delta?$select=displayName"));
  const added = await graph("POST", `${one}/members/$ref`, { "@odata.id": at(betaId) });
  verify("/groups/{group-id}/members/$ref", "post", added);
  const owned = await graph("POST", `${one}/owners/$ref`, { "@odata.id": at(betaId) });
  verify("/groups/{group-id}/owners/$ref", "post", owned);
  const reference = "{directoryObject-id}/$ref";
  for (const what of ["members", "owners"]) {
    const removed = await graph("DELETE", `${one}/${what}/${betaId}/$ref`);
    verify(`/groups/{group-id}/${what}/${reference}`, "delete", removed);
  }
  const names = { displayName: "Other", mailNickname: "other" };
  const validated = await graph("POST", "/directoryObjects/validateProperties", names);
  verify("/directoryObjects/validateProperties", "post", validated);
  verify(
    "/groups/{group-id}/validateProperties",
    "post",
    await graph("POST", `${one}/validateProperties`, names),
  );
  verify("/groups/{group-id}/drive", "get", await graph("GET", `${one}/drive`));
  verify("/groups/{group-id}/sites/root", "get", await graph("GET", `${one}/sites/root`));
  verify("/groups/{group-id}", "delete", await graph("DELETE", one));
  const bin = "/directory/deletedItems/microsoft.graph.group";
  verify(bin, "get", await graph("GET", bin));
});
