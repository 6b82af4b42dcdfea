import { execFile } from "node:child_process";
import { readFile, stat, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { folder } from "./clouds.ts";
import { hybrid } from "./run-hybrid.ts";
import { anyPorts, startSimulators } from "./simulator-process.ts";

const run = promisify(execFile);
const simulate = async (args: readonly string[]) => {
  const { running, started } = await startSimulators(args);
  const control = async (
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ status: number; json: any }> => {
    const answer = await fetch(`${started.addresses.control}${path}`, {
      method,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    });
    return { status: answer.status, json: await answer.json() };
  };
  return { running, started, control };
};

test("a program that knows the real clouds' names alone reaches both simulators through HTTPS_PROXY", async () => {
  const { running, started } = await simulate(["--users", "3"]);
  const { stdout } = await run(process.execPath, [join(import.meta.dirname, "unmodified-program.ts")], {
    env: {
      PATH: process.env["PATH"],
      HTTPS_PROXY: started.addresses.proxy,
      NODE_USE_ENV_PROXY: "1",
      NODE_EXTRA_CA_CERTS: started.files.caFile,
      TENANT: started.tenants[0]!.tenantId,
      CLIENT: started.app.clientId,
      SECRET: started.app.secret,
      WEBEX_TOKEN: started.app.webexToken,
    },
  });
  expect(JSON.parse(stdout)).toEqual({
    users: 2,
    nextLink: "https://graph.microsoft.com",
    people: 1,
    elsewhere: "not reached",
  });
  const refused = await new Promise<number | undefined>((resolve, reject) => {
    request(started.addresses.proxy, { method: "CONNECT", path: "example.com:443" })
      .once("connect", ({ statusCode }) => resolve(statusCode))
      .once("error", reject)
      .end();
  });
  expect(refused).toBe(403);
  running.kill("SIGTERM");
  expect((await running.ended).code).toBe(0);
});

test("the control port is what people, administrators and trouble do; the clock stands still until it is moved", async () => {
  const { started, control } = await simulate(["--clock", "held", "--start-at", "2026-01-05T07:00:00Z"]);
  const [tenant] = started.tenants;
  const user = tenant!.users[0]!.userId;
  const { json: event } = await control("POST", `/users/${user}/events`, {
    subject: "Planning",
    startAt: "2026-01-05T09:00:00Z",
    endAt: "2026-01-05T10:00:00Z",
    attendees: [tenant!.users[1]!.mail],
  });
  expect(event).toMatchObject({ subject: "Planning", isOrganizer: true });
  const copies = await control("GET", `/users/${tenant!.users[1]!.userId}/events`);
  expect(copies.json.events).toMatchObject([{ subject: "Planning", isOrganizer: false }]);
  const changed = await control("PATCH", `/users/${user}/events/${event.id}`, { location: "@webex" });
  expect(changed.json.location).toEqual({ displayName: "@webex" });

  expect((await control("GET", "/state")).json.now).toBe("2026-01-05T07:00:00.000Z");
  expect((await control("POST", "/clock", { advanceMs: 3_600_000 })).json.now).toBe(
    "2026-01-05T08:00:00.000Z",
  );
  expect((await control("POST", "/clock", { to: "2026-01-06T00:00:00Z" })).json.now).toBe(
    "2026-01-06T00:00:00.000Z",
  );

  // Everything that is listed can be done; what is misspelt or is not there is told, never ignored.
  const { json: index } = await control("GET", "/");
  expect(index.does.length).toBeGreaterThan(20);
  const misspelt = await control("PUT", "/faults/graph", { error: { GET: 1 } });
  expect(misspelt).toMatchObject({ status: 400, json: { faults: [expect.stringMatching(/error/)] } });
  expect((await control("DELETE", "/users/nobody")).json.faults[0]).toMatch(/no user nobody/);
  const consent = `/tenants/${tenant!.tenantId}/consent/${started.app.clientId}`;
  for (const [method, path, body] of [
    ["PUT", consent, { state: "revoked" }],
    ["PUT", consent, { state: "granted", roles: ["Calendars.Read"] }],
    ["PUT", "/faults/graph", { errors: { GET: 0.5 } }],
    ["PUT", "/faults/webex", { errorRate: 0.5 }],
    ["PUT", `/users/${user}/mailbox-state`, { state: "moving" }],
    ["PUT", `/users/${user}/automatic-replies`, { status: "alwaysEnabled" }],
    ["PATCH", `/users/${user}`, { profile: { jobTitle: "Chair" } }],
    ["POST", `/tenants/${tenant!.tenantId}/throttle`, { forMs: 1_000, retryAfterSeconds: 1 }],
    ["POST", `/users/${user}/forget-sync-state`, undefined],
    ["DELETE", `/users/${user}/events/${event.id}`, undefined],
    ["DELETE", `/users/${user}`, undefined],
  ] as const)
    expect([path, await control(method, path, body)]).toEqual([path, { status: 200, json: { done: true } }]);
  const lifecycle = await control("POST", "/lifecycle", {
    userId: tenant!.users[1]!.userId,
    event: "missed",
  });
  expect(lifecycle.json).toEqual({ sent: 0 });
  const issued = await control("POST", "/certificates", { hosts: ["hooks.test"] });
  expect(issued.json.certPem).toMatch(/BEGIN CERTIFICATE/);
});

test("a scenario says who is there; the files are for their owner; names are of one's choice", async () => {
  const at = await folder();
  const file = join(at, "scenario.json");
  const tenantId = "11111111-2222-4333-a444-555555555555";
  const userId = "00000000-0000-4000-a000-000000000001";
  const scenario = {
    tenants: [
      { tenantId, displayName: "Acme", users: [{ userId, mail: "ada@acme.example", displayName: "Ada" }] },
    ],
    events: [{ user: "ada@acme.example", subject: "Planning", startAt: 1_000, endAt: 2_000 }],
  };
  await writeFile(file, JSON.stringify(scenario));
  const { started } = await simulate(["--scenario", file, "--name", "simulator.test"]);
  expect(started.addresses.graph).toMatch(/^https:\/\/simulator\.test:\d+$/);
  const port = new URL(started.addresses.control).port;
  const events = await fetch(`http://127.0.0.1:${port}/users/${userId}/events`);
  expect(await events.json()).toMatchObject({ events: [{ subject: "Planning" }] });
  expect((await stat(join(started.files.folder, "app.key.pem"))).mode & 0o777).toBe(0o600);
  const variables = await readFile(join(started.files.folder, "simulators.env"), "utf8");
  expect(variables).toContain(`AZURE_TENANT_ID=${tenantId}\n`);

  await writeFile(
    file,
    JSON.stringify({ tenants: [{ tenantId, displayName: "Acme", user: [] }], event: [] }),
  );
  const wrong = await hybrid(["simulate", "--out", at, "--scenario", file, ...anyPorts]);
  expect(wrong).toMatchObject({ code: 2, stdout: "" });
  expect(wrong.stderr).toMatch(/tenants\.0: .*"user"/);
  expect(wrong.stderr).toMatch(/\(whole\): .*"event"/);
  await writeFile(
    file,
    JSON.stringify({ ...scenario, events: [{ ...scenario.events[0], user: "bo@acme.example" }] }),
  );
  const stray = await hybrid(["simulate", "--out", at, "--scenario", file, ...anyPorts]);
  expect(stray.stderr).toMatch(/no user bo@acme\.example/);
});
