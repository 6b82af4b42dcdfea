import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { folder } from "./clouds.ts";
import { pythonSdks, webexPackages } from "./python-sdks.ts";
import { programEnvironment, startSimulators } from "./simulator-process.ts";

const run = promisify(execFile);
const sdks = await pythonSdks(webexPackages);
if (sdks.folder === null)
  process.stderr.write(`Webex's SDKs for Python are not tested against the simulator: ${sdks.reason}\n`);

const script = join(import.meta.dirname, "../../../packages/webex-simulator/test/python/webex-sdks.py");
const orgId = "9a9a9a9a-0000-4000-a000-000000000001";
const defaultSite = "acme.webex.com";
const scenario = {
  tenants: [],
  webex: {
    tokens: [
      { token: "ada", orgId, defaultSite, person: "ada@acme.example" },
      { token: "admin", orgId, defaultSite },
    ],
    people: ["Ada", "Bo"].map((displayName) => ({
      orgId,
      email: `${displayName.toLowerCase()}@acme.example`,
      displayName,
      sites: [defaultSite],
    })),
  },
};

test.skipIf(sdks.folder === null)(
  "webexpythonsdk and wxc_sdk do people, teams, rooms, memberships, messages, files and webhooks",
  { timeout: 120_000 },
  async () => {
    /*
     * Goal: clients of Webex that are not ours work against `hybrid simulate` unmodified.
     * Method: a Python program goes through the proxy; webhooks come to it with signatures that it checks.
     */
    const file = join(await folder(), "scenario.json");
    await writeFile(file, JSON.stringify(scenario));
    const { started } = await startSimulators(["--scenario", file]);
    const { stdout } = await run("python3", [script], {
      timeout: 90_000,
      env: {
        ...(await programEnvironment(started)),
        PYTHONPATH: sdks.folder ?? "",
        HTTPS_PROXY: started.addresses.proxy,
        ADA_TOKEN: "ada",
        ADMIN_TOKEN: "admin",
      },
    });
    expect(JSON.parse(stdout)).toEqual({
      webexpythonsdk: {
        me: ["ada@acme.example"],
        people: ["Bo"],
        renamed: "Lift-off",
        moderator: true,
        rooms: ["Lift-off", "Press"],
        members: 2,
        heard: true,
        edited: "bye",
        file: true,
        texts: ["a file", "bye"],
        webhooks: [["renamed", "inactive"]],
        gone: 404,
      },
      wxc_sdk: {
        me: ["ada@acme.example"],
        people: ["Ada", "Bo"],
        team: ["ada@acme.example", "bo@acme.example"],
        heard: "ada@acme.example",
        members: 2,
        texts: ["touch down"],
        webhooks: ["memberships"],
        gone: 404,
      },
    });
  },
);
