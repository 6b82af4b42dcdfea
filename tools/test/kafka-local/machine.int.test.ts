import { chmod, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { areJarsCached, ensureJars } from "../../src/kafka-local/jars.ts";
import { findJava } from "../../src/kafka-local/java.ts";
import { adopt, commandLineOf } from "../../src/kafka-local/node-process.ts";

let folder: string;
let cache: string;
const path = process.env["PATH"];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "hybrid-kafka-machine-"));
  cache = join(folder, "cache");
});
afterEach(async () => {
  process.env["PATH"] = path;
  await rm(folder, { recursive: true, force: true });
});

/** Puts a program before all others. */
const program = async (name: string, ...lines: readonly string[]): Promise<void> => {
  const file = join(folder, name);
  await writeFile(file, `#!/bin/sh\n${lines.join("\n")}\n`);
  await chmod(file, 0o755);
  process.env["PATH"] = `${folder}:${path ?? ""}`;
};

const silent = () => undefined;

test("a Java that is too old is named, with what to install", async () => {
  await program("java", `echo 'openjdk version "11.0.22" 2024-01-16' >&2`);
  const found = await findJava({ PATH: process.env["PATH"] });
  expect(found).toEqual({
    reason: expect.stringMatching(/is 11\.0\.22, and Kafka needs 17 .* install a JDK 17/),
  });
});

test("a machine without Java, or with a wrong JAVA_HOME, is told so", async () => {
  expect(await findJava({ PATH: folder })).toEqual({
    reason: expect.stringMatching(/no working java on the PATH; install/),
  });
  expect(await findJava({ PATH: path, JAVA_HOME: folder })).toEqual({
    reason: expect.stringContaining(`at JAVA_HOME (${folder}/bin/java)`),
  });
});

test("without Maven a fetch says what to install", async () => {
  process.env["PATH"] = folder;
  await expect(ensureJars(cache, silent)).rejects.toThrow(/no mvn on the PATH; install Maven/);
});

const copying =
  'for word in "$@"; do case $word in -DoutputDirectory=*) mkdir -p "${word#*=}"; target="${word#*=}";; esac; done';

test("a download that breaks off does not count, and the next one does", async () => {
  // Goal: no half set of jars is ever taken for a whole one. Method: a Maven that fails after one file.
  const fault = "[ERROR] Could not transfer artifact: Connection refused";
  await program(
    "mvn",
    '[ "$1" = --version ] && exit 0',
    copying,
    'touch "$target/one.jar"',
    `echo '${fault}'`,
    "exit 1",
  );
  await expect(ensureJars(cache, silent)).rejects.toThrow(/look at the network.*\n.*Connection refused/);
  expect(areJarsCached(cache)).toBe(false);
  expect(await readdir(cache)).toEqual([]);
  await program(
    "mvn",
    '[ "$1" = --version ] && exit 0',
    copying,
    'touch "$target/one.jar" "$target/two.jar"',
  );
  const said: string[] = [];
  await ensureJars(cache, (line) => said.push(line));
  expect(said).toHaveLength(1);
  expect(areJarsCached(cache)).toBe(true);
  expect(await readdir(cache)).toEqual(["libs"]);
});

test("a process that only has the number of ours is not touched", async () => {
  const stranger = adopt(process.pid, "-Dhybrid.kafka=/data");
  expect(await stranger.isAlive()).toBe(false);
  await stranger.signal("SIGKILL");
  expect(await commandLineOf(process.pid)).toBeDefined();
});
