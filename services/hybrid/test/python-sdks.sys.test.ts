import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { microsoftPackages, pythonSdks } from "./python-sdks.ts";
import { programEnvironment, startSimulators } from "./simulator-process.ts";

const run = promisify(execFile);
const sdks = await pythonSdks(microsoftPackages);
if (sdks.folder === null)
  process.stderr.write(`Python's SDKs are not tested against the simulator: ${sdks.reason}\n`);

const script = join(import.meta.dirname, "../../../packages/graph-simulator/test/python/official-sdks.py");

test.skipIf(sdks.folder === null)(
  "Python's azure-identity and msgraph-sdk get a token, write events, follow delta and hear notifications",
  { timeout: 180_000 },
  async () => {
    /*
     * Goal: libraries of Microsoft that are not for JavaScript work against `hybrid simulate` unmodified.
     * Method: a Python program that has nothing but the written files and variables; what it saw is compared.
     */
    const { started } = await startSimulators();
    const { stdout } = await run("python3", [script], {
      timeout: 150_000,
      env: { ...(await programEnvironment(started)), PYTHONPATH: sdks.folder ?? "" },
    });
    expect(JSON.parse(stdout)).toEqual({
      secret: true,
      user: "ada@contoso.example",
      users: 5,
      patched: "Planning, longer",
      delta: ["Planning, longer"],
      removed: [true],
      gone: [404, "ErrorItemNotFound"],
      notified: ["created", "deleted", "updated"],
      renewed: true,
    });
  },
);
