import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hours, plus } from "@hybrid/kernel";
import { expect, onTestFinished, test } from "vitest";
import {
  authorizationUrl,
  exchangeCode,
  openTokenFile,
  serviceAppToken,
  type TokenFile,
} from "../src/index.ts";
import { tokenStoreContract } from "./token-store-contract.ts";
import { grant, openTokenWorld, realTime } from "./token-world.ts";

const openPlace = async () => {
  const folder = mkdtempSync(join(tmpdir(), "tokens-"));
  const opened = new Set<TokenFile>();
  onTestFinished(() => {
    for (const file of opened) file.close();
    rmSync(folder, { recursive: true });
  });
  return {
    folder,
    open: async ({ name = "acme", scheduler = realTime } = {}) => {
      const file = openTokenFile(join(folder, "tokens"), { name, scheduler });
      opened.add(file);
      return file;
    },
    // The operating system closes what a dead process had open.
    kill: async (store: unknown) => {
      const file = store as TokenFile;
      opened.delete(file);
      file.close();
    },
  };
};

tokenStoreContract(openPlace);

test("nobody else may read the file", async () => {
  const { folder, open } = await openPlace();
  await open();
  expect(statSync(join(folder, "tokens")).mode & 0o777).toBe(0o600);
  expect(statSync(join(folder, "tokens.lock")).mode & 0o777).toBe(0o600);
});

const openWorld = async () => {
  const world = await openTokenWorld();
  onTestFinished(() => world.close());
  return world;
};

test("a service app's token opens the API; another organisation's and another manager's are refused", async () => {
  const { webex, client, endpoint, worker } = await openWorld();
  webex.addServiceApp({ ...grant, applicationId: "sa/1", rotates: true });
  const { orgId, defaultSite } = grant;
  webex.addToken({ token: "manager", orgId, defaultSite, scopes: ["spark:applications_token"] });
  const app = {
    ...endpoint,
    applicationId: "sa/1",
    targetOrgId: "acme",
    managerToken: async () => "manager",
  };
  const { open } = await openPlace();
  const token = await worker(await open(), () => serviceAppToken(app))();
  const people = client(token).listPeople({ email: "nora@acme.example" }, new AbortController().signal);
  expect((await people.next()).value).toMatchObject({ items: [{ displayName: "nora" }] });
  const elsewhere = { ...app, targetOrgId: "other" };
  await expect(serviceAppToken(elsewhere)).rejects.toMatchObject({ status: 404 });
  await expect(serviceAppToken({ ...app, managerToken: async () => "nora" })).rejects.toMatchObject({
    status: 403,
  });
});

test("a compliance officer's consent becomes tokens once, and the feed opens to them", async () => {
  const { webex, client, endpoint, worker, scheduler } = await openWorld();
  const redirectUri = "https://hybrid.example/consent";
  const scopes = ["spark-compliance:events_read", "spark:kms"];
  const asked = new URL(authorizationUrl({ ...endpoint, redirectUri, scopes, state: "x1" }));
  expect(Object.fromEntries(asked.searchParams)).toEqual({
    response_type: "code",
    client_id: "app",
    redirect_uri: redirectUri,
    scope: "spark-compliance:events_read spark:kms",
    state: "x1",
  });
  const code = webex.consent({ ...grant, redirectUri, scopes, person: "nora@acme.example" });
  const wrong = { code, redirectUri: "https://evil.example/" };
  await expect(exchangeCode(endpoint, wrong)).rejects.toMatchObject({ status: 400 });
  const issued = await exchangeCode(endpoint, { code, redirectUri });
  await expect(exchangeCode(endpoint, { code, redirectUri })).rejects.toMatchObject({ status: 400 });
  const to = new Date(scheduler.now()).toISOString();
  const signal = new AbortController().signal;
  const page = await client(issued.accessToken).listEvents({ to }, signal).next();
  expect(page.value).toEqual({ items: [], unusable: [] });
  const { open } = await openPlace();
  const file = await open();
  const token = await worker(file, async () => issued)();
  expect(await file.load()).toMatchObject({
    accessToken: token,
    accessExpiresAt: plus(scheduler.now(), issued.expiresInMs),
    refreshExpiresAt: plus(scheduler.now(), hours(90 * 24)),
  });
});
