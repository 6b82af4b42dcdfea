import type { Scheduler } from "@hybrid/kernel";
import { expect, onTestFinished, test } from "vitest";
import { serviceAppToken, type TokenStore } from "../src/index.ts";
import { PromptScheduler } from "./prompt-scheduler.ts";
import { expired, grant, openTokenWorld, put } from "./token-world.ts";

/** A place in which the stores of several processes meet. */
export interface TokenPlace {
  /** The store of one more process; under the name `acme` and in real time when left out. */
  readonly open: (options?: {
    readonly name?: string;
    readonly scheduler?: Scheduler;
  }) => Promise<TokenStore>;
  /** Its process dies, and as much time passes as the place needs to notice. */
  readonly kill: (store: TokenStore) => Promise<void>;
}

const world = async () => {
  const opened = await openTokenWorld();
  onTestFinished(() => opened.close());
  return opened;
};

/** The process dies after Webex's answer and before the save. */
const dyingBeforeSave = (store: TokenStore): TokenStore => ({
  ...store,
  save: async () => Promise.reject(new Error("crash")),
});

const lockContract = (openPlace: () => Promise<TokenPlace>): void => {
  test("tokens are found again by another process, each under its name", async () => {
    const { open } = await openPlace();
    await put(await open(), expired("a"));
    await put(await open({ name: "other" }), expired("b"));
    await put(await open({ name: "{other}" }), expired("c"));
    expect(await (await open()).load()).toEqual(expired("a"));
    expect(await (await open({ name: "other" })).load()).toEqual(expired("b"));
    expect(await (await open({ name: "nobody" })).load()).toBeUndefined();
  });

  test("work of two processes never overlaps; a lock kept too long is a failure that passes", async () => {
    const { open } = await openPlace();
    const scheduler = new PromptScheduler();
    const [one, two] = [await open({ scheduler }), await open({ scheduler })];
    const seen: string[] = [];
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const first = one.exclusively(async () => {
      seen.push("one begins");
      begin();
      await held;
      seen.push("one ends");
    });
    await begun;
    const late = two.exclusively(async () => seen.push("two"));
    await expect(late).rejects.toMatchObject({ code: "unavailable", retryable: true });
    await expect(late).rejects.toThrow("for 30000 ms");
    release();
    await first;
    await two.exclusively(async () => seen.push("two"));
    expect(seen).toEqual(["one begins", "one ends", "two"]);
  });

  test("work that fails gives the lock back", async () => {
    const { open } = await openPlace();
    const store = await open();
    await expect(store.exclusively(async () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(await store.exclusively(async () => 1)).toBe(1);
    expect(await (await open()).exclusively(async () => 2)).toBe(2);
  });

  test("a store that dies with the lock does not keep it", async () => {
    const { open, kill } = await openPlace();
    const [dying, other] = [await open(), await open()];
    await put(dying, expired("a"));
    const { promise: death, resolve: die } = Promise.withResolvers<void>();
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const lost = dying
      .exclusively(async () => {
        begin();
        await death;
      })
      .then(
        () => "ended",
        () => "failed",
      );
    await begun;
    await kill(dying);
    expect(await other.exclusively(() => other.load())).toEqual(expired("a"));
    await put(other, expired("b"));
    die();
    await lost;
    expect(await other.load()).toEqual(expired("b"));
  });
};

const refreshContract = (openPlace: () => Promise<TokenPlace>): void => {
  test("several workers at once refresh once when the token is due", async () => {
    const { open } = await openPlace();
    const { webex, worker, refreshes } = await world();
    webex.addGrant({ ...grant, refreshToken: "r", rotates: true });
    await put(await open(), expired("old", "r"));
    const workers = [worker(await open()), worker(await open()), worker(await open())];
    expect(new Set(await Promise.all(workers.map((token) => token()))).size).toBe(1);
    expect(refreshes()).toBe(1);
  });

  test("workers in turns refresh once for each token that is no good any more", async () => {
    const { open } = await openPlace();
    const { webex, worker, refreshes } = await world();
    webex.addGrant({ ...grant, refreshToken: "r", rotates: true });
    await put(await open(), expired("old", "r"));
    const [one, two] = [worker(await open()), worker(await open())];
    const first = await one();
    expect(await two()).toBe(first);
    expect(refreshes()).toBe(1);
    const second = await two(first);
    expect(second).not.toBe(first);
    expect(await one(first)).toBe(second);
    expect(refreshes()).toBe(2);
  });

  test("a crash between answer and save: the next worker finds the old refresh token and goes on", async () => {
    const { open } = await openPlace();
    const { webex, worker, refreshes } = await world();
    webex.addGrant({ ...grant, refreshToken: "r" });
    const store = await open();
    await put(store, expired("old", "r"));
    await expect(worker(dyingBeforeSave(store))()).rejects.toMatchObject({ code: "unavailable" });
    expect(await store.load()).toEqual(expired("old", "r"));
    const token = await worker(await open())();
    expect(await store.load()).toMatchObject({ accessToken: token });
    expect(refreshes()).toBe(2);
  });

  test("the same where Webex has ended the old refresh token: a person is asked", async () => {
    const { open } = await openPlace();
    const { webex, worker } = await world();
    webex.addGrant({ ...grant, refreshToken: "r", rotates: true });
    const store = await open();
    await put(store, expired("old", "r"));
    await expect(worker(dyingBeforeSave(store))()).rejects.toMatchObject({ code: "unavailable" });
    const asked = worker(await open())();
    await expect(asked).rejects.toMatchObject({ code: "unauthorized", retryable: false });
  });

  test("the same of a service app heals by itself: its tokens are made again", async () => {
    const { open } = await openPlace();
    const { webex, worker, endpoint } = await world();
    webex.addServiceApp({ ...grant, applicationId: "sa/1", rotates: true });
    const { orgId, defaultSite } = grant;
    webex.addToken({ token: "manager", orgId, defaultSite, scopes: ["spark:applications_token"] });
    const app = { applicationId: "sa/1", targetOrgId: "acme", managerToken: async () => "manager" };
    const first = () => serviceAppToken({ ...endpoint, ...app });
    const store = await open();
    const token = await worker(store, first)();
    expect(await store.load()).toMatchObject({ accessToken: token, previousRefreshToken: null });
    const crashed = worker(dyingBeforeSave(store), first)(token);
    await expect(crashed).rejects.toMatchObject({ code: "unavailable" });
    const healed = await worker(await open(), first)(token);
    expect(healed).not.toBe(token);
    expect(await store.load()).toMatchObject({ accessToken: healed });
  });

  test("an older answer that could not be saved never overwrites a newer one", async () => {
    const { open } = await openPlace();
    const { webex, worker, refreshes } = await world();
    webex.addGrant({ ...grant, refreshToken: "r" });
    const store = await open();
    await put(store, expired("old", "r"));
    let broken = true;
    const slow = worker({
      ...store,
      save: async (tokens) => (broken ? Promise.reject(new Error("away")) : store.save(tokens)),
    });
    await expect(slow()).rejects.toMatchObject({ code: "unavailable" });
    const newer = await worker(await open())();
    broken = false;
    expect(await slow()).toBe(newer);
    expect(await store.load()).toMatchObject({ accessToken: newer });
    expect(refreshes()).toBe(2);
  });

  test("nothing stored and nothing to begin with: a person is asked", async () => {
    const { open } = await openPlace();
    const { worker } = await world();
    await expect(worker(await open())()).rejects.toThrow("No tokens for Webex are stored");
  });
};

/** What every store of tokens keeps to. */
export const tokenStoreContract = (openPlace: () => Promise<TokenPlace>): void => {
  lockContract(openPlace);
  refreshContract(openPlace);
};
