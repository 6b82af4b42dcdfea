import type { Scheduler } from "@hybrid/kernel";
import { type Faults, renewedSecret, secret, text, type ValuesOf } from "@hybrid/settings";
import {
  createRefreshingToken,
  type Issued,
  openRedisTokens,
  openTokenFile,
  type RedisTokensLogger,
  refreshCall,
  serviceAppToken,
  type TokenEndpointOptions,
  type TokenStore,
} from "@hybrid/webex";
import type { Opened } from "../opened.ts";
import { redisSettings } from "./redis-url.ts";

/** Where the access token for Webex comes from: one that others renew, or an application of ours. */
export const webexTokenSettings = {
  WEBEX_ACCESS_TOKEN: renewedSecret({
    meaning:
      "A valid access token of Webex; its file is read before every request, so that it can be renewed. " +
      "Instead of WEBEX_CLIENT_ID.",
  }).optional(),
  WEBEX_CLIENT_ID: text({
    meaning: "Client id of an integration or service app, whose access tokens are then renewed here.",
  }).optional(),
  WEBEX_CLIENT_SECRET: secret({ meaning: "Its client secret." }).optional(),
  WEBEX_TOKENS_FILE: text({
    meaning:
      "File that keeps its tokens, for all processes of this machine; nobody else may read it. With " +
      "REDIS_URL they are in Redis instead, for all machines.",
  }).orElse(".hybrid/webex-tokens"),
  ...redisSettings,
  WEBEX_REFRESH_TOKEN: secret({
    meaning: "Refresh token that the consent to an integration gave; used while no stored one works.",
  }).optional(),
  WEBEX_APPLICATION_ID: text({
    meaning: "Id of a service app. Its tokens are made here, also the first ones.",
  }).optional(),
  WEBEX_TARGET_ORG_ID: text({
    meaning: "Webex's id of the organisation that authorised the service app.",
  }).optional(),
  WEBEX_MANAGER_TOKEN: renewedSecret({
    meaning:
      "An access token with the scope spark:applications_token, which makes tokens of the service app; its " +
      "file is read before each use.",
  }).optional(),
};

/** What the settings say. */
export type WebexTokenValues = ValuesOf<typeof webexTokenSettings>;

/** A token that others renew. */
interface GivenToken {
  readonly kind: "given";
  readonly accessToken: () => Promise<string>;
}

/** An application whose tokens are renewed here. */
interface OwnTokens {
  readonly kind: "own";
  readonly clientId: string;
  readonly clientSecret: string;
  /** Where they are kept unless in Redis. */
  readonly file: string;
  /** May hold a password: never logged. */
  readonly redisUrl: string | undefined;
  readonly first:
    | { readonly refreshToken: string }
    | {
        readonly applicationId: string;
        readonly targetOrgId: string;
        readonly managerToken: () => Promise<string>;
      }
    | null;
}

/** Where access tokens come from. */
export type WebexTokens = GivenToken | OwnTokens;

const firstOf = (values: WebexTokenValues, faults: Faults): OwnTokens["first"] => {
  const refreshToken = values.WEBEX_REFRESH_TOKEN;
  const applicationId = values.WEBEX_APPLICATION_ID;
  const targetOrgId = values.WEBEX_TARGET_ORG_ID;
  const managerToken = values.WEBEX_MANAGER_TOKEN;
  const given = [applicationId, targetOrgId, managerToken].filter((value) => value !== undefined);
  if (given.length > 0 && refreshToken !== undefined)
    faults.add(
      "WEBEX_REFRESH_TOKEN",
      "is for an integration, WEBEX_APPLICATION_ID for a service app: give one",
    );
  if (applicationId !== undefined && targetOrgId !== undefined && managerToken !== undefined)
    return { applicationId, targetOrgId, managerToken };
  if (given.length > 0)
    faults.add(
      "WEBEX_APPLICATION_ID, WEBEX_TARGET_ORG_ID and WEBEX_MANAGER_TOKEN",
      "a service app needs all three or none",
    );
  return refreshToken === undefined ? null : { refreshToken };
};

/** What was given, or undefined with faults: exactly one way to a token must be there. */
export const readWebexTokens = (values: WebexTokenValues, faults: Faults): WebexTokens | undefined => {
  const accessToken = values.WEBEX_ACCESS_TOKEN;
  const clientId = values.WEBEX_CLIENT_ID;
  const clientSecret = values.WEBEX_CLIENT_SECRET;
  if (accessToken !== undefined) {
    if (clientId === undefined) return { kind: "given", accessToken };
    faults.add("WEBEX_ACCESS_TOKEN and WEBEX_CLIENT_ID", "one of them gives the token: take the other away");
    return undefined;
  }
  if (clientId === undefined) {
    faults.add("WEBEX_ACCESS_TOKEN", "must be set (or WEBEX_ACCESS_TOKEN_FILE), or else WEBEX_CLIENT_ID");
    return undefined;
  }
  if (clientSecret === undefined) {
    faults.add("WEBEX_CLIENT_SECRET", "must be set (or WEBEX_CLIENT_SECRET_FILE) beside WEBEX_CLIENT_ID");
    return undefined;
  }
  const first = firstOf(values, faults);
  const { WEBEX_TOKENS_FILE: file, REDIS_URL: redisUrl } = values;
  return { kind: "own", clientId, clientSecret, file, redisUrl, first };
};

interface StorePorts {
  readonly scheduler: Scheduler;
  readonly logger: RedisTokensLogger;
}

/** Redis for workers of many machines, else a file for those of this one. */
const openStore = async (
  { clientId, file, redisUrl, first }: OwnTokens,
  { scheduler, logger }: StorePorts,
  opened: Opened,
): Promise<TokenStore> => {
  const organisation = first !== null && "targetOrgId" in first ? first.targetOrgId : "";
  const name = `${clientId} ${organisation}`;
  if (redisUrl === undefined)
    return opened.add(openTokenFile(file, { name, scheduler }), async (store) => store.close());
  const store = opened.add(openRedisTokens({ url: redisUrl, name, scheduler, logger }), async (each) =>
    each.close(),
  );
  await store.connect();
  return store;
};

/**
 * The function that the client asks for its token before every request. Rejects with ConfigError when what
 * REDIS_URL names cannot be used.
 */
export const openWebexTokens = async (
  tokens: WebexTokens,
  way: Pick<TokenEndpointOptions, "baseUrl" | "dispatcher"> & StorePorts,
  opened: Opened,
): Promise<(rejected?: string) => Promise<string>> => {
  if (tokens.kind === "given") return tokens.accessToken;
  const { clientId, clientSecret, first } = tokens;
  const { scheduler, logger, ...where } = way;
  const endpoint: TokenEndpointOptions = { ...where, clientId, clientSecret, clock: scheduler };
  const refresh = refreshCall(endpoint);
  const store = await openStore(tokens, { scheduler, logger }, opened);
  const begin = async (from: NonNullable<typeof first>): Promise<Issued> =>
    "refreshToken" in from ? await refresh(from) : await serviceAppToken({ ...endpoint, ...from });
  return createRefreshingToken({
    store,
    clock: scheduler,
    refresh,
    ...(first && { first: async () => await begin(first) }),
  });
};
