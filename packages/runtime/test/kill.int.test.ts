import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { seededRandom } from "../src/index.ts";
import type { Ledger } from "./ledger.ts";

const child = fileURLToPath(new URL("./kill-child.ts", import.meta.url));
const total = 600;

/**
 * Runs the child; kills it after `ms`, or lets it finish. Resolves with what it printed, or null when killed.
 */
const run = (path: string, ms: number | null): Promise<string | null> =>
  new Promise((resolve, reject) => {
    const flags = ["--disable-warning=ExperimentalWarning"];
    const spawned = spawn(process.execPath, [...flags, child, path, `${total}`], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let output = "";
    spawned.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
    const timer = ms === null ? undefined : setTimeout(() => spawned.kill("SIGKILL"), ms);
    spawned.on("error", reject);
    spawned.on("exit", (code, signal) => {
      clearTimeout(timer);
      if (signal === "SIGKILL") resolve(null);
      else if (code === 0) resolve(output);
      else reject(new Error(`the child ended with ${code ?? signal}`));
    });
  });

interface Report {
  readonly faults: readonly unknown[];
  readonly folded: Readonly<Record<string, Ledger>>;
  readonly held: Readonly<Record<string, Ledger>>;
}

test("kill -9 at random moments, again and again: same end, nothing lost or doubled", async () => {
  // Goal: I1, I3, I4, I6 with a real process, a real file and a real kill.
  // Method: a child publishes a fixed list of orders and works on it; it is killed after random times; the
  // next one goes on. The last one may finish; what it holds must be what the list says, each once.
  const folder = await mkdtemp(join(tmpdir(), "runtime-kill-"));
  const random = seededRandom(42);
  let kills = 0;
  try {
    let printed: string | null = null;
    for (let life = 0; life < 8 && printed === null; life++) {
      printed = await run(join(folder, "log"), 300 + random() * 700);
      if (printed === null) kills += 1;
    }
    printed ??= await run(join(folder, "log"), null);
    const { faults, folded, held } = JSON.parse(printed ?? "{}") as Report;
    expect(kills).toBeGreaterThan(0);
    expect(faults).toEqual([]);
    expect(held).toEqual(folded);
    for (let user = 0; user < 7; user++) {
      const numbers = Array.from({ length: total }, (_, n) => n).filter((n) => n % 7 === user);
      const wanted = numbers.flatMap((n) => {
        if (n % 3 === 1) return [`i${n}`];
        return n % 3 === 0 ? [`i${n}`, `i${n}-ok`] : [`i${n}`, `t${n}-fired`];
      });
      const applied = held[`acme/u-${user}`]?.applied ?? [];
      expect([...applied].sort()).toEqual(wanted.sort());
      expect(applied.filter((each) => /^i\d+$/.test(each))).toEqual(numbers.map((n) => `i${n}`));
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
