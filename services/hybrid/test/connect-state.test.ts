import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ConfigError } from "@hybrid/kernel";
import { expect, test } from "vitest";
import { readConnectState, writeConnectState } from "../src/connecting/connect-state.ts";
import { connectFiles, keysStep, manifestsStep, settingsStep } from "../src/connecting/steps.ts";
import { folder } from "./clouds.ts";

const connecting = async (more: Readonly<Record<string, string>> = {}, given = {}) => {
  const at = await folder();
  const state = { ...(await readConnectState(at, "acme")), ...more };
  return { folder: at, state, given, health: new URL("http://127.0.0.1:1"), now: Date.now };
};

test("what was answered is found again; another organisation's, and a damaged file, are refused", async () => {
  const at = await folder();
  const state = await readConnectState(at, "acme");
  await writeConnectState(at, { ...state, mailbox: "ada@acme.example", done: { keys: "2026-01-05" } });
  expect(await readConnectState(at, "acme")).toMatchObject({ mailbox: "ada@acme.example" });
  await expect(readConnectState(at, "globex")).rejects.toThrow("is of acme");
  await writeFile(join(at, "connect.json"), "{}");
  await expect(readConnectState(at, "acme")).rejects.toBeInstanceOf(ConfigError);
});

test("keys are made once, for their owner alone, and half of a pair is not overwritten", async () => {
  const one = await connecting({ publicUrl: "https://hybrid.example" });
  expect((await keysStep(one)).state).toBe("ok");
  const { cert, key } = connectFiles(one.folder);
  const first = await readFile(cert, "utf8");
  expect((await stat(key)).mode & 0o077).toBe(0);
  expect((await keysStep(one)).found).toMatch(/^is good until/);
  expect(await readFile(cert, "utf8")).toBe(first);
  expect((await manifestsStep(one)).state).toBe("ok");
  const half = await connecting();
  await writeFile(connectFiles(half.folder).cert, first);
  expect(await keysStep(half)).toMatchObject({
    state: "failed",
    todo: expect.stringContaining("Put the other"),
  });
});

test("a step that lacks an answer says which flag gives it; an environment that differs is named", async () => {
  expect(await manifestsStep(await connecting())).toMatchObject({
    state: "waits",
    todo: expect.stringContaining("--public-url"),
  });
  const other = await connecting({ clientId: "c" }, { GRAPH_CLIENT_ID: "another" });
  expect(await settingsStep(other)).toMatchObject({
    state: "failed",
    found: expect.stringContaining("GRAPH_CLIENT_ID"),
  });
});
