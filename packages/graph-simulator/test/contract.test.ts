import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { allOperations } from "../src/operations/all.ts";
import type { Operation } from "../src/operations/operation.ts";
import { eventWriteSchema } from "../src/schemas/event.ts";
import { mailboxSettingsWriteSchema } from "../src/schemas/mailbox-settings.ts";
import { subscriptionCreateSchema, subscriptionUpdateSchema } from "../src/schemas/subscription.ts";
import { objectOf, type Schema, schemaFaults } from "./json-schema.ts";
import { type Answered, alphaId, clientId, isoAt, openWorld, tenantId, type World } from "./world.ts";

// Set HYBRID_CONTRACTS_DIR to the folder that holds graph-openapi.json; without it nothing here can be
// compared.
const folder = process.env["HYBRID_CONTRACTS_DIR"];
const contract: Schema = folder ? JSON.parse(readFileSync(join(folder, "graph-openapi.json"), "utf8")) : {};

let world: World | null = null;
afterEach(async () => {
  await world?.close();
  world = null;
});

/** Paths of properties that our schema takes and the contract's write model does not. */
const extraProperties = (ours: Schema, theirs: Schema, path: string): string[] => {
  const own = objectOf(ours, ours);
  const model = objectOf(contract, theirs);
  if (!own || !model) return [];
  return Object.entries<Schema>(own["properties"]).flatMap(([name, inner]) => {
    const counterpart = model["properties"][name];
    if (!counterpart || counterpart["readOnly"]) return [`${path}.${name}`];
    return extraProperties(inner, counterpart, `${path}.${name}`);
  });
};

/** Writable properties of the contract's model that our schema leaves out. */
const leftOut = (ours: Schema, modelName: string): string[] => {
  const model: Schema = contract["components"].schemas[modelName];
  const own = objectOf(ours, ours)!["properties"];
  return Object.entries<Schema>(model["properties"])
    .filter(([name, inner]) => !inner["readOnly"] && !(name in own))
    .map(([name]) => name)
    .sort();
};

const inputOf = (schema: z.ZodType): Schema =>
  z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });

const writes: readonly [string, z.ZodType, string, readonly string[]][] = [
  [
    "event",
    eventWriteSchema,
    "in.microsoft.graph.event",
    [
      "attachments",
      "calendar@odata.bind",
      "exceptionOccurrences@odata.bind",
      "extensions",
      "instances@odata.bind",
      "organizer",
    ],
  ],
  [
    "subscription to create",
    subscriptionCreateSchema,
    "in.microsoft.graph.subscription",
    ["encryptionCertificate", "encryptionCertificateId", "notificationQueryOptions", "notificationUrlAppId"],
  ],
  [
    "subscription to update",
    subscriptionUpdateSchema,
    "in.microsoft.graph.subscription",
    [
      "changeType",
      "clientState",
      "encryptionCertificate",
      "encryptionCertificateId",
      "includeResourceData",
      "latestSupportedTlsVersion",
      "lifecycleNotificationUrl",
      "notificationQueryOptions",
      "notificationUrlAppId",
      "resource",
    ],
  ],
  ["mailbox settings", mailboxSettingsWriteSchema, "in.microsoft.graph.mailboxSettings", []],
];

const contractPath = (operation: Operation): string =>
  operation.path
    // The slice lists what lies below an event once, though Graph has it at both places.
    .replace(/\/calendar(\/events\/:eventId\/)/, "$1")
    .replace(":userId", "{user-id}")
    .replace(":eventId", "{event-id}")
    .replace(":attachmentId", "{attachment-id}")
    .replace(":folderId", "{mailFolder-id}")
    .replace(":messageId", "{message-id}")
    .replace(":extensionId", "{extension-id}")
    .replace("/:standard", "")
    .replace(":subscriptionId", "{subscription-id}")
    .replace(":groupId", "{group-id}")
    .replace(":objectId", "{directoryObject-id}")
    .replace(/deletedItems\/group$/, "deletedItems/microsoft.graph.group")
    .replace(/^\/(\w+?)s?\/:id$/, (path, name: string) => path.replace(":id", `{${name}-id}`));

const operations = (): Operation[] => allOperations({} as never);

describe.skipIf(!folder)("held to the contract of Graph v1.0", () => {
  test.each(writes)(
    "the schema of an %s takes nothing the write model does not have",
    (_name, schema, model, omitted) => {
      const ours = inputOf(schema);
      const theirs: Schema = contract["components"].schemas[model];
      // The id of an extended property is read-only by the metadata, and yet what every write must name.
      const named = ".multiValueExtendedProperties.id";
      expect(extraProperties(ours, theirs, "").filter((path) => path !== named)).toEqual([]);
      expect(leftOut(ours, model)).toEqual([...omitted]);
    },
  );

  test("every spelling of an enumeration that the write model takes is taken", () => {
    const event: Schema = contract["components"].schemas["in.microsoft.graph.event"];
    let compared = 0;
    for (const name of ["showAs", "sensitivity", "importance", "onlineMeetingProvider"]) {
      const reference: string = event["properties"][name].anyOf[0]["$ref"];
      const { enum: spellings } = contract["components"].schemas[reference.split("/").at(-1)!];
      for (const spelling of spellings) {
        expect(eventWriteSchema.safeParse({ [name]: spelling }).success).toBe(true);
        compared++;
      }
      expect(eventWriteSchema.safeParse({ [name]: "noSuchValue" }).success).toBe(false);
    }
    expect(compared).toBeGreaterThan(30);
  });

  test("every operation and every query parameter exists in the contract", () => {
    const parameters: Schema = contract["components"].parameters;
    for (const operation of operations()) {
      // OData gives every collection a count; the slice lists none.
      if (operation.path.endsWith("/$count")) continue;
      // The slice leaves out what lies within document libraries.
      if (operation.path.startsWith("/drives/")) continue;
      // Nor has it the roles of administrators.
      if (operation.path.startsWith("/roleManagement/")) continue;
      // Nor nested members: https://learn.microsoft.com/graph/api/group-list-transitivemembers
      if (operation.path.endsWith("/transitiveMembers")) continue;
      const entry = contract["paths"][contractPath(operation)]?.[operation.method.toLowerCase()];
      expect(entry, `${operation.method} ${operation.path}`).toBeDefined();
      const known: string[] = entry.parameters.map((parameter: Schema) =>
        parameter["$ref"] ? parameters[parameter["$ref"].split("/").at(-1)].name : parameter["name"],
      );
      for (const name of operation.query) expect(known, `${operation.path} ${name}`).toContain(name);
    }
  });

  test("every operation of the contract is there, or says that it is not simulated", async () => {
    world = await openWorld();
    const opened = world;
    const known = new Set(operations().map((operation) => `${operation.method} ${contractPath(operation)}`));
    known.add("POST /$batch");
    // One route serves both addresses of a group.
    known.add("PATCH /groups(uniqueName='{uniqueName}')");
    let gaps = 0;
    for (const [template, methods] of Object.entries<Schema>(contract["paths"]))
      for (const method of Object.keys(methods).map((name) => name.toUpperCase())) {
        if (template.startsWith("/me") || known.has(`${method} ${template}`)) continue;
        const path = template.replace("{user-id}", alphaId).replaceAll(/\{[^}]+\}/g, "AAMkAGI1AAAt9AHjAAA=");
        const answer = await opened.graph(
          method,
          path,
          method === "GET" || method === "DELETE" ? undefined : {},
        );
        expect([template, method, answer.status]).toEqual([template, method, 501]);
        gaps++;
      }
    expect(gaps).toBeGreaterThan(30);
  });

  test("what is answered validates against the response models", async () => {
    // Goal: representative answers of every operation hold nothing the read models do not know, in the
    // right types.
    // Method: a mailbox with all kinds of events; each answer is checked against its operation's
    // response schema.
    world = await openWorld();
    const opened = world;
    const { simulator } = opened;
    const roles = operations().flatMap((operation) => operation.roles);
    simulator.grantConsent(tenantId, clientId, [...new Set(roles)]);
    const graph: World["graph"] = (...request) => opened.graph(...request);
    const endpoint = await world.endpoint();
    const verify = (template: string, method: string, answer: Answered): void => {
      const responses = contract["paths"][template][method].responses;
      const found = responses[String(answer.status)];
      expect(found, `${method} ${template} ${answer.status}`).toBeDefined();
      const schema = found.content?.["application/json"].schema;
      const faults = schema ? schemaFaults(contract, schema, answer.body) : answer.body;
      expect(faults, `${method} ${template}`).toHaveLength(0);
    };
    const events = `/users/${alphaId}/events`;
    const start = { dateTime: "2026-01-13T10:00:00", timeZone: "UTC" };
    const end = { dateTime: "2026-01-13T11:00:00", timeZone: "UTC" };
    const created = await graph("POST", events, {
      subject: "All of it",
      start,
      end,
      isOnlineMeeting: true,
      attendees: [{ emailAddress: { address: "beta@contoso.example" } }],
      location: { displayName: "Room", locationType: "conferenceRoom", address: { city: "Oslo" } },
      recurrence: {
        pattern: { type: "weekly", interval: 1, daysOfWeek: ["Tuesday"] },
        range: { type: "numbered", startDate: "2026-01-13", numberOfOccurrences: 4 },
      },
      singleValueExtendedProperties: [{ id: "Integer 0x8012", value: "1" }],
    });
    verify("/users/{user-id}/events", "post", created);
    const one = `${events}/${created.body.id}`;
    const expand = encodeURIComponent("singleValueExtendedProperties($filter=id eq 'Integer 0x8012')");
    verify("/users/{user-id}/events/{event-id}", "get", await graph("GET", `${one}?$expand=${expand}`));
    verify("/users/{user-id}/events/{event-id}", "patch", await graph("PATCH", one, { categories: ["Red"] }));
    verify("/users/{user-id}/events", "get", await graph("GET", events));
    const ofCalendar = await graph("GET", `/users/${alphaId}/calendar/events`);
    verify("/users/{user-id}/calendar/events", "get", ofCalendar);
    const window = `startDateTime=${isoAt(0)}&endDateTime=${isoAt(90 * 86_400_000)}`;
    verify(
      "/users/{user-id}/calendarView",
      "get",
      await graph("GET", `/users/${alphaId}/calendarView?${window}&$top=2`),
    );
    const deltaPath = `/users/${alphaId}/calendarView/delta`;
    const delta = await graph("GET", `${deltaPath}?${window}`);
    verify("/users/{user-id}/calendarView/delta", "get", delta);
    verify("/users/{user-id}/events/{event-id}", "delete", await graph("DELETE", one));
    const next = await graph("GET", delta.body["@odata.deltaLink"]);
    expect(next.body.value[0]).toHaveProperty("@removed");

    verify("/users/{user-id}", "get", await graph("GET", `/users/${alphaId}`));
    const everything =
      "id,displayName,assignedLicenses,proxyAddresses,accountEnabled,onPremisesSyncEnabled,skills";
    verify("/users", "get", await graph("GET", `/users?$select=${everything}`));
    verify("/users/delta", "get", await graph("GET", "/users/delta"));
    verify("/organization", "get", await graph("GET", "/organization"));
    verify("/organization/{organization-id}", "get", await graph("GET", `/organization/${tenantId}`));
    verify("/domains", "get", await graph("GET", "/domains"));
    verify("/domains/{domain-id}", "get", await graph("GET", "/domains/contoso.example"));
    const settings = `/users/${alphaId}/mailboxSettings`;
    verify("/users/{user-id}/mailboxSettings", "get", await graph("GET", settings));
    verify(
      "/users/{user-id}/mailboxSettings",
      "patch",
      await graph("PATCH", settings, { timeFormat: "HH:mm" }),
    );
    for (const name of ["automaticRepliesSetting", "language", "timeZone", "workingHours"])
      verify(`/users/{user-id}/mailboxSettings/${name}`, "get", await graph("GET", `${settings}/${name}`));

    const subscription = await graph("POST", "/subscriptions", {
      changeType: "created",
      notificationUrl: endpoint.url,
      lifecycleNotificationUrl: endpoint.url,
      resource: `users/${alphaId}/events`,
      expirationDateTime: isoAt(86_400_000),
    });
    verify("/subscriptions", "post", subscription);
    const path = `/subscriptions/${subscription.body.id}`;
    verify("/subscriptions", "get", await graph("GET", "/subscriptions"));
    verify("/subscriptions/{subscription-id}", "get", await graph("GET", path));
    const renewed = await graph("PATCH", path, { expirationDateTime: isoAt(2 * 86_400_000) });
    verify("/subscriptions/{subscription-id}", "patch", renewed);
    verify(
      "/subscriptions/{subscription-id}/reauthorize",
      "post",
      await graph("POST", `${path}/reauthorize`),
    );

    const startAt = world.clock.now();
    simulator.createEvent(alphaId, { subject: "x", startAt, endAt: startAt + 1 });
    simulator.sendLifecycle({ userId: alphaId }, "missed");
    world.clock.advance(5_000);
    await world.settle();
    const { schema } = contract["webhooks"].changeNotification.post.requestBody.content["application/json"];
    const posts = endpoint.received.filter(({ body }) => body !== "");
    expect(posts.length).toBeGreaterThan(0);
    for (const { body } of posts) expect(schemaFaults(contract, schema, JSON.parse(body))).toEqual([]);
    verify("/subscriptions/{subscription-id}", "delete", await graph("DELETE", path));

    const error: Schema = contract["components"].schemas["odata.error"];
    const missing = await graph("GET", path);
    expect(missing.status).toBe(404);
    expect(schemaFaults(contract, error, missing.body)).toEqual([]);
  });
});
