import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { expectOneToken, ours, read, serviceApp } from "./webex-token-processes.ts";

test("a token that others renew, an integration, and a service app are ways to a token", async () => {
  const given = read({ WEBEX_ACCESS_TOKEN: "t" }).tokens;
  expect(given?.kind === "given" && (await given.accessToken())).toBe("t");
  expect(read({ ...ours, WEBEX_REFRESH_TOKEN: "r" }).tokens).toMatchObject({
    kind: "own",
    file: ".hybrid/webex-tokens",
    first: { refreshToken: "r" },
  });
  expect(read({ ...ours, ...serviceApp }).tokens).toMatchObject({ first: { applicationId: "sa" } });
  expect(read({ ...ours, WEBEX_TOKENS_FILE: "/x" }).tokens).toMatchObject({ file: "/x", first: null });
  const fleet = read({ ...ours, REDIS_URL: "rediss://redis.example" }).tokens;
  expect(fleet).toMatchObject({ redisUrl: "rediss://redis.example" });
});

test.each([
  ["nothing", {}, /WEBEX_ACCESS_TOKEN.*WEBEX_CLIENT_ID/],
  ["two ways", { ...ours, WEBEX_ACCESS_TOKEN: "t" }, /take the other away/],
  ["no secret", { WEBEX_CLIENT_ID: "app" }, /WEBEX_CLIENT_SECRET/],
  ["half a service app", { ...ours, WEBEX_APPLICATION_ID: "sa" }, /all three or none/],
  ["integration and service app", { ...ours, ...serviceApp, WEBEX_REFRESH_TOKEN: "r" }, /give one/],
])("%s is a fault that says what to do", (_, variables, fault) => {
  expect(read(variables).faults.join("\n")).toMatch(fault);
});

test("the first token of a service app is made, kept for the next process, and renewed before it ends", async () => {
  const folder = mkdtempSync(join(tmpdir(), "tokens-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  await expectOneToken({ ...ours, ...serviceApp, WEBEX_TOKENS_FILE: join(folder, "tokens") });
});
