import { request } from "node:https";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startWorld, type World } from "./world.ts";

interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly expires_in: number;
}

let world: World;
beforeEach(async () => {
  world = await startWorld();
});
afterEach(() => world.webex.close());

const day = 86_400_000;
const app = { clientId: "app", clientSecret: "s3cret", orgId: "acme", defaultSite: "acme.webex.com" };

const refresh = (refreshToken: string, more: Record<string, string> = {}) =>
  new Promise<{ status: number; json: Tokens }>((resolve, reject) => {
    const form = new URLSearchParams({
      grant_type: "refresh_token",
      client_id: "app",
      client_secret: "s3cret",
      refresh_token: refreshToken,
      ...more,
    }).toString();
    const headers = {
      "content-type": "application/x-www-form-urlencoded",
      "content-length": String(form.length),
    };
    const url = new URL("/v1/access_token", world.webex.url);
    request(url, { method: "POST", ca: world.caPem, headers, agent: false }, (answer) => {
      let text = "";
      answer.on("data", (chunk: Buffer) => (text += chunk.toString()));
      answer.once("end", () => resolve({ status: answer.statusCode ?? 0, json: JSON.parse(text) as Tokens }));
    })
      .once("error", reject)
      .end(form);
  });

test("a refresh token gives access tokens of fourteen days, and its ninety days begin afresh", async () => {
  world.webex.addGrant({ ...app, refreshToken: "r" });
  const first = await refresh("r");
  expect(first.json).toMatchObject({ expires_in: 1_209_599, refresh_token: "r" });
  const status = async (token: string) => (await world.call(token, "GET", "/v1/people")).status;
  expect(await status(first.json.access_token)).toBe(200);
  world.clock.time += 14 * day;
  expect(await status(first.json.access_token)).toBe(401);
  world.clock.time += 75 * day;
  const second = await refresh("r");
  expect(await status(second.json.access_token)).toBe(200);
  world.clock.time += 89 * day;
  expect((await refresh("r")).status).toBe(200);
  world.clock.time += 90 * day;
  expect((await refresh("r")).status).toBe(400);
});

test("a grant that rotates ends the old refresh token with every refresh", async () => {
  world.webex.addGrant({ ...app, refreshToken: "r", rotates: true });
  const { json } = await refresh("r");
  expect(json.refresh_token).not.toBe("r");
  expect((await refresh("r")).status).toBe(400);
  expect((await refresh(json.refresh_token)).status).toBe(200);
  world.webex.revokeGrant(json.refresh_token);
  expect((await refresh(json.refresh_token)).status).toBe(400);
});

test("another secret is 401; another client, grant type or field is 400", async () => {
  world.webex.addGrant({ ...app, refreshToken: "r" });
  expect((await refresh("r", { client_secret: "wrong" })).status).toBe(401);
  expect((await refresh("r", { client_id: "wrong" })).status).toBe(400);
  expect((await refresh("r", { grant_type: "password" })).status).toBe(400);
  expect((await refresh("r", { unheard_of: "1" })).status).toBe(400);
});
