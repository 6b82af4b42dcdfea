import { hours, ProviderError, plus } from "@hybrid/kernel";
import { VirtualClock } from "@hybrid/kernel/testing";
import { expect, test } from "vitest";
import { createRefreshingToken, type StoredTokens, type TokenStore } from "../src/index.ts";

const refusal = new ProviderError("refused", { code: "invalidRequest", retryable: false, status: 400 });

/** Tokens rotate at every refresh; each refresh token works until its successor was used. */
const world = () => {
  const clock = new VirtualClock();
  let stored: StoredTokens | undefined = {
    accessToken: "access-0",
    accessIssuedAt: clock.now(),
    accessExpiresAt: clock.now(),
    refreshToken: "refresh-0",
    refreshExpiresAt: null,
    previousRefreshToken: null,
  };
  let turn: Promise<unknown> = Promise.resolve();
  let issued = 0;
  const state = {
    crashBeforeSave: false,
    lifeMs: hours(14 * 24),
    good: new Set(["refresh-0"]),
    used: [] as string[],
  };
  const store: TokenStore = {
    load: async () => stored,
    save: async (tokens) => {
      if (state.crashBeforeSave) throw new Error("disk is full");
      stored = tokens;
    },
    exclusively: async (work) => {
      const mine = turn.then(work);
      turn = mine.catch(() => undefined);
      return await mine;
    },
  };
  const refresh = async ({ refreshToken }: { refreshToken: string }) => {
    state.used.push(refreshToken);
    if (!state.good.has(refreshToken)) throw refusal;
    issued += 1;
    state.good.add(`refresh-${issued}`);
    return {
      accessToken: `access-${issued}`,
      expiresInMs: state.lifeMs,
      refreshToken: `refresh-${issued}`,
      refreshExpiresInMs: hours(90 * 24),
    };
  };
  const start = () => createRefreshingToken({ store, clock, refresh });
  const forget = (): void => {
    stored = undefined;
  };
  return { clock, state, start, stored: () => stored, forget };
};

test("callers share one refresh, and the token serves until it is about to expire", async () => {
  const { clock, state, start, stored } = world();
  const token = start();
  expect(await Promise.all([token(), token(), token()])).toEqual(["access-1", "access-1", "access-1"]);
  expect(state.used).toEqual(["refresh-0"]);
  expect(stored()).toEqual({
    accessToken: "access-1",
    accessIssuedAt: clock.now(),
    accessExpiresAt: plus(clock.now(), hours(14 * 24)),
    refreshToken: "refresh-1",
    refreshExpiresAt: plus(clock.now(), hours(90 * 24)),
    previousRefreshToken: "refresh-0",
  });
  clock.advanceBy(hours(14 * 24 - 2));
  expect(await token()).toBe("access-1");
  clock.advanceBy(hours(1));
  expect(await token()).toBe("access-2");
});

test("several workers refresh once: the others find what the first has saved", async () => {
  const { state, start } = world();
  const workers = [start(), start(), start()];
  expect(new Set(await Promise.all(workers.map(async (token) => await token())))).toEqual(
    new Set(["access-1"]),
  );
  expect(state.used).toEqual(["refresh-0"]);
});

test("a token that Webex refuses is replaced although it has not expired", async () => {
  const { start } = world();
  const token = start();
  await token();
  expect(await token("access-1")).toBe("access-2");
  expect(await token("access-1")).toBe("access-2");
});

test("a crash between answer and save: the next worker uses the old refresh token", async () => {
  const { state, start, stored } = world();
  state.crashBeforeSave = true;
  await expect(start()()).rejects.toMatchObject({
    code: "unavailable",
    cause: new Error("disk is full"),
  });
  expect(stored()?.refreshToken).toBe("refresh-0");
  state.crashBeforeSave = false;
  expect(await start()()).toBe("access-2");
  expect(stored()?.refreshToken).toBe("refresh-2");
});

test("an answer that could not be saved is saved first next time, and nothing is refreshed again", async () => {
  const { state, start, stored } = world();
  const token = start();
  state.crashBeforeSave = true;
  await expect(token()).rejects.toMatchObject({
    code: "unavailable",
    cause: new Error("disk is full"),
  });
  state.crashBeforeSave = false;
  expect(await token()).toBe("access-1");
  expect(stored()?.accessToken).toBe("access-1");
  expect(state.used).toEqual(["refresh-0"]);
});

test("an answer that could not be saved never replaces what another worker has saved since", async () => {
  const { state, start, stored } = world();
  const token = start();
  state.crashBeforeSave = true;
  await expect(token()).rejects.toThrow("see to where they are kept");
  state.crashBeforeSave = false;
  expect(await start()()).toBe("access-2");
  expect(await token()).toBe("access-2");
  expect(stored()?.accessToken).toBe("access-2");
});

test("a store that has lost its tokens gets back what a worker knows, saved or not", async () => {
  const { clock, state, start, stored, forget } = world();
  const token = start();
  await token();
  clock.advanceBy(hours(14 * 24));
  forget();
  expect(await token()).toBe("access-2");
  expect(state.used).toEqual(["refresh-0", "refresh-1"]);
  state.crashBeforeSave = true;
  clock.advanceBy(hours(14 * 24));
  await expect(token()).rejects.toThrow("see to where they are kept");
  forget();
  state.crashBeforeSave = false;
  expect(await token()).toBe("access-3");
  expect(stored()?.refreshToken).toBe("refresh-3");
  expect(state.used).toEqual(["refresh-0", "refresh-1", "refresh-2"]);
});

test("a refused refresh token is followed by the one before, and only then a person is asked", async () => {
  const { clock, state, start, stored } = world();
  await start()();
  clock.advanceBy(hours(14 * 24));
  state.good.delete("refresh-1");
  expect(await start()()).toBe("access-2");
  expect(stored()?.previousRefreshToken).toBe("refresh-0");
  clock.advanceBy(hours(14 * 24));
  state.good.clear();
  const failure: unknown = await start()().catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: "unauthorized", retryable: false });
  expect(String(failure)).toContain("authorise the integration or service app again");
  expect(String(failure)).not.toContain("refresh-2");
  expect(stored()?.accessToken).toBe("access-2");
});

test("a token that lives shorter than the usual margin still serves half its life", async () => {
  const { clock, state, start } = world();
  state.lifeMs = hours(1);
  const token = start();
  await token();
  clock.advanceBy(hours(0.4));
  expect(await token()).toBe("access-1");
  clock.advanceBy(hours(0.2));
  expect(await token()).toBe("access-2");
});
