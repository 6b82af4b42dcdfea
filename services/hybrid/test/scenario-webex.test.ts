import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCertificateAuthority } from "@hybrid/graph-simulator";
import { startWebexSimulator } from "@hybrid/webex-simulator";
import { afterEach, beforeEach, expect, onTestFinished, test } from "vitest";
import { readScenario } from "../src/simulate/scenario.ts";
import { populateWebex } from "../src/simulate/webex-scenario.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "scenario-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const site = { orgId: "acme", defaultSite: "acme.webex.com" };

const scenarioWith = async (webex: object) => {
  const path = join(folder, "scenario.json");
  await writeFile(path, JSON.stringify({ tenants: [], webex }));
  return readScenario(path);
};

test("a scenario has a compliance officer's token, a grant and people of every kind", async () => {
  const webex = {
    tokens: [{ ...site, token: "t", person: "co@acme.example", scopes: ["spark-compliance:events_read"] }],
    grants: [{ ...site, clientId: "c", clientSecret: "s", refreshToken: "r", rotates: true }],
    people: [
      {
        orgId: "acme",
        email: "bot@webex.bot",
        displayName: "Bot",
        sites: [],
        type: "bot",
        externalId: "7d5bb2b5-3a44-4a1d-9d0b-6f5f0e6f2c11",
        hasSignedIn: false,
        loginEnabled: false,
      },
    ],
  };
  expect((await scenarioWith(webex)).webex).toEqual(webex);
});

test("a scenario makes Webex odd, and has service apps and workspaces with devices", async () => {
  const webex = {
    tokens: [],
    grants: [],
    people: [],
    serviceApps: [{ ...site, clientId: "c", clientSecret: "s", applicationId: "a" }],
    workspaces: [{ orgId: "acme", displayName: "Board room", devices: [{ displayName: "Board" }] }],
    faults: {
      eventsLateByMs: 30_000,
      emptyPages: 2,
      nextSaysMaxNull: true,
      deliveryCopies: 2,
      welcomesNewRooms: true,
      filesStartAs: "scanning",
      meetingsHiddenForMs: 60_000,
    },
  };
  const scenario = await scenarioWith(webex);
  const authority = await createCertificateAuthority();
  const { keyPem, certPem } = await authority.issue();
  const simulator = await startWebexSimulator({
    tls: { key: keyPem, cert: certPem },
    clock: { now: () => 0 },
    accessTokens: [],
  });
  onTestFinished(() => simulator.close());
  populateWebex(simulator, scenario.webex);
  expect(simulator.devices()).toMatchObject([{ displayName: "Board", orgId: "acme" }]);
  expect(simulator.feedFaults).toEqual({ lateByMs: 30_000, emptyPages: 2, nextSaysMaxNull: true });
  expect(simulator.deliveryFaults.copies).toBe(2);
  expect(simulator.spaces.welcomesNewRooms).toBe(true);
  expect([simulator.scan.startsAs, simulator.meetingFaults.hiddenForMs]).toEqual(["scanning", 60_000]);
  await expect(scenarioWith({ faults: { eventsLate: 1 } })).rejects.toThrow(/eventsLate/);
});

test("a scenario whose grant has no client is refused with the place of the mistake", async () => {
  await expect(scenarioWith({ grants: [{ ...site, refreshToken: "r" }] })).rejects.toThrow(
    /grants.*clientId/s,
  );
});
