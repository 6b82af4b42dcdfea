import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { folder } from "./clouds.ts";
import { programEnvironment, startSimulators } from "./simulator-process.ts";

const run = promisify(execFile);
const module = join(import.meta.dirname, "../../../packages/graph-simulator/test/go");

/** Why there is no Go here that has the libraries; undefined where there is. They stay in Go's own cache. */
const obstacle = await run("go", ["mod", "download"], { cwd: module, timeout: 120_000 }).then(
  () => undefined,
  (error: Error) => error.message.split("\n")[0],
);
if (obstacle !== undefined)
  process.stderr.write(`Go's SDKs are not tested against the simulator: ${obstacle}\n`);

test.skipIf(obstacle !== undefined)(
  "Go's azidentity and the core of msgraph-sdk-go get a token, write events, follow delta and hear notifications",
  { timeout: 400_000 },
  async () => {
    /*
     * Goal: Go's libraries, which compress requests and spell functions with brackets, work unmodified.
     * Method: a Go program that has nothing but the written files and variables; what it saw is compared. The
     * first build takes a minute, later ones come from Go's cache.
     */
    const program = join(await folder(), "program");
    await run("go", ["build", "-buildvcs=false", "-o", program, "."], { cwd: module, timeout: 300_000 });
    const { started } = await startSimulators();
    const { stdout } = await run(program, { env: await programEnvironment(started), timeout: 60_000 });
    expect(JSON.parse(stdout)).toEqual({
      secret: true,
      user: "ada@contoso.example",
      patched: "Planning, longer",
      delta: 1,
      removed: true,
      notified: { created: true, updated: true, deleted: true },
    });
  },
);
