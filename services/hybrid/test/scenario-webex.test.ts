import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readScenario } from "../src/simulate/scenario.ts";

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

test("a scenario whose grant has no client is refused with the place of the mistake", async () => {
  await expect(scenarioWith({ grants: [{ ...site, refreshToken: "r" }] })).rejects.toThrow(
    /grants.*clientId/s,
  );
});
