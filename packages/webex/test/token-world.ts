import { instant, type Scheduler } from "@hybrid/kernel";
import { Agent } from "undici";
import {
  createRefreshingToken,
  type Issued,
  refreshCall,
  type StoredTokens,
  type TokenEndpointOptions,
  type TokenStore,
} from "../src/index.ts";
import { openSimulatedWebex, type SimulatedWebex } from "./simulated-webex.ts";

/** A simulated Webex, and workers of the application `app` that take their tokens from a store. */
export interface TokenWorld extends SimulatedWebex {
  readonly endpoint: TokenEndpointOptions;
  readonly worker: (
    store: TokenStore,
    first?: () => Promise<Issued>,
  ) => (rejected?: string) => Promise<string>;
  /** How many refreshes Webex has been asked for. */
  readonly refreshes: () => number;
}

export const openTokenWorld = async (): Promise<TokenWorld> => {
  const world = await openSimulatedWebex();
  const dispatcher = new Agent({ connect: { ca: world.ca } });
  const endpoint = {
    baseUrl: world.webex.url,
    clientId: "app",
    clientSecret: "s3cret",
    dispatcher,
    clock: world.scheduler,
  };
  return {
    ...world,
    endpoint,
    worker: (store, first) =>
      createRefreshingToken({
        store,
        clock: world.scheduler,
        refresh: refreshCall(endpoint),
        ...(first && { first }),
      }),
    refreshes: () => world.webex.requestCounts()["POST /v1/access_token"] ?? 0,
    close: async () => {
      await dispatcher.destroy();
      await world.close();
    },
  };
};

/** What the application `app` was granted in `acme`. */
export const grant = {
  clientId: "app",
  clientSecret: "s3cret",
  orgId: "acme",
  defaultSite: "acme.webex.com",
};

/** Tokens that expired long ago. */
export const expired = (accessToken: string, refreshToken = `${accessToken}-refresh`): StoredTokens => ({
  accessToken,
  accessIssuedAt: instant(1),
  accessExpiresAt: instant(2),
  refreshToken,
  refreshExpiresAt: null,
  previousRefreshToken: null,
});

/** Saves as a worker does. */
export const put = async (store: TokenStore, tokens: StoredTokens): Promise<void> =>
  await store.exclusively(() => store.save(tokens));

/** Real time: who waits for a lock waits for somebody else's answer. */
export const realTime: Scheduler = {
  now: () => instant(Date.now()),
  at: (dueAt, run) => {
    const timer = setTimeout(run, dueAt - Date.now());
    return () => clearTimeout(timer);
  },
};
