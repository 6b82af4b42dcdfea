import { readFile } from "node:fs/promises";
import { type AppName, permissions, watchConsents } from "@hybrid/consent";
import { createClientCertificate } from "@hybrid/graph-simulator";
import { seededRandom, systemScheduler } from "@hybrid/runtime";
import type { ClientName } from "@hybrid/service";
import { Faults, type Variables } from "@hybrid/settings";
import { pino } from "pino";
import { Registry } from "prom-client";
import { expect, onTestFinished, test } from "vitest";
import { ClientOpener, type ClientsConfig, readClients } from "../src/clients/clients.ts";
import { lookAtConsent } from "../src/commands/tenants.ts";
import { Opened } from "../src/opened.ts";
import { clouds, folder, objectIdOf, tenantId } from "./clouds.ts";

const ids = {
  groups: "5d1a0b2c-0000-4000-a000-0000000000bb",
  archive: "5d1a0b2c-0000-4000-a000-0000000000cc",
};
const names: readonly ClientName[] = ["graph", "groupsGraph", "archiveGraph"];

const read = (variables: Variables, wanted = names) => {
  const faults = new Faults();
  return { config: readClients(new Set(wanted), variables, faults), faults: faults.found };
};

const openedWith = async (config: ClientsConfig) => {
  const [opened, registry] = [new Opened(), new Registry()];
  onTestFinished(() => opened.close());
  const ports = { scheduler: systemScheduler(), random: seededRandom(1), logger: pino({ level: "silent" }) };
  const opener = new ClientOpener(config, ports, { opened, registry }, new Map());
  return { clients: await opener.all(names), registry };
};

/** Three registrations with their own permissions, each with another kind of credential or certificate. */
const openThree = async () => {
  const at = await folder();
  const { graph: simulator, environment } = await clouds(at);
  const ofGroups = await createClientCertificate("groups");
  const roles = {
    groups: ["Group.ReadWrite.All", "User.Read.All"],
    archive: ["Mail.ReadWrite", "User.Read.All"],
  };
  simulator.registerApp({
    clientId: ids.groups,
    credentials: [{ kind: "certificate", certPem: ofGroups.certPem }],
    roles: roles.groups,
  });
  simulator.registerApp({
    clientId: ids.archive,
    credentials: [{ kind: "secret", secret: "of the archive" }],
    roles: roles.archive,
  });
  for (const id of Object.values(ids)) simulator.grantConsent(tenantId, id);
  simulator.grantConsent(tenantId, environment.GRAPH_CLIENT_ID, ["Calendars.ReadWrite"]);
  const variables = {
    ...environment,
    GROUPS_GRAPH_CLIENT_ID: ids.groups,
    GROUPS_GRAPH_CERTIFICATE: ofGroups.certPem,
    GROUPS_GRAPH_PRIVATE_KEY: ofGroups.keyPem,
    ARCHIVE_GRAPH_CLIENT_ID: ids.archive,
    ARCHIVE_GRAPH_CLIENT_SECRET: "of the archive",
    ARCHIVE_GRAPH_CLIENT_SECRET_EXPIRES: "2099-01-31",
  };
  const { config, faults } = read(variables);
  expect(faults).toEqual([]);
  const ca = await readFile(environment.NODE_EXTRA_CA_CERTS, "utf8");
  const trusting = Object.entries(config).map(([name, one]) => [name, { ...one, ca }]);
  const calendarId = environment.GRAPH_CLIENT_ID;
  return { simulator, calendarId, ...(await openedWith(Object.fromEntries(trusting) as ClientsConfig)) };
};

const codeOf = async (call: Promise<unknown>): Promise<string> =>
  await call.then(
    () => "ok",
    ({ code }: { readonly code: string }) => code,
  );

test("each registration's token does its own work, and none of the others'", async () => {
  const { clients, simulator, registry } = await openThree();
  const user = () => ({ tenantId, userObjectId: objectIdOf(1), signal: AbortSignal.timeout(20_000) });
  const nameJudged = (client: ClientName) =>
    clients[client as "graph"].groups.validateNames({
      tenantId,
      displayName: "Team",
      mailNickname: "team",
      signal: AbortSignal.timeout(20_000),
    });
  const folderFound = (client: ClientName) =>
    clients[client as "graph"].mail.findFolder({ ...user(), parent: "inbox", displayName: "Webex Teams" });
  const eventMade = (client: ClientName) =>
    clients[client as "graph"].trials.createEvent({
      ...user(),
      subject: "Trial",
      startAt: systemScheduler().now(),
      endAt: systemScheduler().now(),
      transactionId: client,
    });
  const told = async (work: (client: ClientName) => Promise<unknown>) =>
    await Promise.all(names.map((name) => codeOf(work(name))));
  expect(await told(nameJudged)).toEqual(["outOfScope", "ok", "outOfScope"]);
  expect(await told(folderFound)).toEqual(["outOfScope", "outOfScope", "ok"]);
  expect(await told(eventMade)).toEqual(["ok", "outOfScope", "outOfScope"]);
  simulator.revokeConsent(tenantId, ids.groups);
  expect(await told(nameJudged)).toEqual(["outOfScope", "consentRevoked", "outOfScope"]);
  expect(await told(folderFound)).toEqual(["outOfScope", "consentRevoked", "ok"]);
  const expiry = [...(await registry.metrics()).matchAll(/_expires_timestamp_seconds\{([^}]*)\}/g)];
  expect(new Set(expiry.map(([, labels]) => labels))).toEqual(
    new Set([
      'registration="archive",credential="secret"',
      'registration="calendar",credential="certificate"',
      'registration="groups",credential="certificate"',
    ]),
  );
});

test("a consent that is half given, taken back and given again is told of each registration by itself", async () => {
  /*
   * Goal: the same precise word in what tenants list and doctor show, and in the metric that alarms.
   * Method: each registration in turn loses one permission, all, and gets them again; others stay complete.
   */
  const { clients, simulator, registry, calendarId } = await openThree();
  const apps = [
    { app: "calendar", client: "graph", id: calendarId },
    { app: "groups", client: "groupsGraph", id: ids.groups },
    { app: "archive", client: "archiveGraph", id: ids.archive },
  ] as const;
  const needs = (app: AppName) =>
    permissions[app].flatMap(({ kind, need, name }) =>
      kind === "application" && need === "required" ? [name] : [],
    );
  const all = (app: AppName) =>
    permissions[app].flatMap(({ kind, name }) => (kind === "application" ? [name] : []));
  for (const { app, id } of apps) simulator.grantConsent(tenantId, id, all(app));
  let isSuspended = false;
  const watch = watchConsents({
    registrations: Object.fromEntries(apps.map(({ app, client }) => [app, clients[client].consent])),
    tenants: async () => [{ tenantId, isByUser: false, isSuspended }],
    scheduler: systemScheduler(),
    registry,
    logger: pino({ level: "silent" }),
  });
  onTestFinished(() => watch.stop());
  const told = async () => {
    await watch.look();
    const metric = registry.getSingleMetric("hybrid_tenant_consent_missing_permissions");
    const { values } = (await metric?.get()) ?? { values: [] };
    const words = await Promise.all(
      apps.map(async ({ app, client }) => (await lookAtConsent(clients[client], tenantId, app)).consent),
    );
    return { words, missing: values.map(({ value }) => value) };
  };
  const complete = { words: ["complete", "complete", "complete"], missing: [0, 0, 0] };
  expect(await told()).toEqual(complete);
  for (const [nth, { app, client, id }] of apps.entries()) {
    const only = <Item>(item: Item, others: Item): readonly Item[] =>
      apps.map((_, other) => (other === nth ? item : others));
    const [lost = ""] = needs(app);
    simulator.grantConsent(
      tenantId,
      id,
      all(app).filter((name) => name !== lost),
    );
    expect(await told()).toEqual({ words: only("half", "complete"), missing: only(1, 0) });
    expect((await lookAtConsent(clients[client], tenantId, app)).remark).toContain(lost);
    simulator.revokeConsent(tenantId, id);
    expect(await told()).toEqual({
      words: only("consentRevoked", "complete"),
      missing: only(needs(app).length, 0),
    });
    simulator.grantConsent(tenantId, id, all(app));
    expect(await told()).toEqual(complete);
  }
  // A suspended tenant is not asked for its calendars; the other registrations stand by themselves.
  simulator.revokeConsent(tenantId, calendarId);
  isSuspended = true;
  const refused = () => simulator.metrics.countRequests({ route: "/:tenant/oauth2/v2.0/token", status: 400 });
  const before = refused();
  await watch.look();
  expect(refused()).toBe(before);
  expect((await told()).missing).toEqual([needs("calendar").length, 0, 0]);
});

test("without settings of their own groups and archive go as the calendars, with one client", async () => {
  const { environment } = await clouds(await folder());
  const { config, faults } = read(environment);
  expect([Object.keys(config), faults]).toEqual([["graph"], []]);
  const { clients } = await openedWith(config);
  expect(clients.groupsGraph).toBe(clients.graph);
  expect(clients.archiveGraph).toBe(clients.graph);
});

test("a client id alone goes with the calendars' credential; a process for groups alone needs no other id", async () => {
  const { certPem, keyPem } = await createClientCertificate();
  const credential = { GRAPH_CERTIFICATE: certPem, GRAPH_PRIVATE_KEY: keyPem };
  const own = { GROUPS_GRAPH_CLIENT_ID: ids.groups };
  const { config, faults } = read({ ...own, ...credential }, ["groupsGraph"]);
  expect([config.graph, config.groupsGraph?.clientId, faults]).toEqual([undefined, ids.groups, []]);
  expect((await config.groupsGraph?.credential.now())?.kind).toBe("certificate");
  const mixed = read({ ...own, ...credential, GROUPS_GRAPH_CLIENT_SECRET: "s" }, ["groupsGraph"]).config;
  expect((await mixed.groupsGraph?.credential.now())?.kind).toBe("secret");
});

test("what does not go together is told by the names of its own registration", () => {
  const wanted: readonly ClientName[] = ["archiveGraph"];
  const noId = read({ ARCHIVE_GRAPH_CLIENT_SECRET: "s3cret" }, wanted).faults.join();
  expect(noId).toContain("ARCHIVE_GRAPH_CLIENT_ID: must be set");
  const two = { ARCHIVE_GRAPH_CLIENT_SECRET: "s3cret", ARCHIVE_GRAPH_FEDERATED_TOKEN_FILE: "x" };
  const both = read({ ...two, ARCHIVE_GRAPH_CLIENT_ID: ids.archive }, wanted).faults.join();
  expect(both).toContain("ARCHIVE_GRAPH_CLIENT_SECRET and ARCHIVE_GRAPH_FEDERATED_TOKEN_FILE: give one");
  expect(both).not.toContain("s3cret");
  expect(read({ ARCHIVE_GRAPH_CLIENT_ID: ids.archive }, wanted).faults.join()).toContain("GRAPH_CERTIFICATE");
});
