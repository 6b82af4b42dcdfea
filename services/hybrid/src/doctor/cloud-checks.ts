import { errorCatalog, ProviderError } from "@hybrid/kernel";
import { openRedisClient } from "@hybrid/redis";
import type { Clients } from "@hybrid/service";
import type { Webhook } from "@hybrid/webex";
import { type Finding, failed, ok, waits, warning } from "../finding.ts";

/** Entra takes assertions of up to five minutes off; partitions wait beyond one. */
const skewMsMax = 60_000;

/** This machine's clock against that of a server, by the Date of its answer. */
export const checkClock = async (loginUrl: string): Promise<Finding> => {
  const url = `${loginUrl}/common/v2.0/.well-known/openid-configuration`;
  const askedAt = Date.now();
  let answer: Response;
  try {
    answer = await fetch(url, { signal: AbortSignal.timeout(10_000) });
    await answer.arrayBuffer();
  } catch (error) {
    const { code } = (error instanceof Error ? (error.cause ?? error) : {}) as NodeJS.ErrnoException;
    return warning(
      "clock",
      `Microsoft Entra cannot be asked for the time (${code ?? "no answer"})`,
      "Behind a proxy this is usual: see that the machine keeps time by NTP.",
    );
  }
  const middle = (askedAt + Date.now()) / 2;
  const told = Date.parse(answer.headers.get("date") ?? "");
  if (Number.isNaN(told))
    return warning("clock", "the answer has no Date", "See that the machine keeps time by NTP.");
  // A Date has whole seconds.
  const skewMs = Math.max(0, Math.abs(middle - told - 500) - 500);
  const seconds = `${(skewMs / 1_000).toFixed(1)} s off Microsoft Entra's`;
  return skewMs > skewMsMax
    ? failed("clock", seconds, "Correct the clock: partitions wait while it is more than a minute off.")
    : ok("clock", seconds);
};

const redisDeadlineMs = 2_000;

/** Redis, where a fleet has one. */
export const checkRedis = async (url: string | undefined): Promise<Finding> => {
  if (url === undefined) return ok("redis", "is not set: each process keeps limits and tokens by itself");
  const client = openRedisClient({ url, connectionName: "hybrid-doctor", deadlineMs: redisDeadlineMs });
  try {
    await client.connect();
    const began = performance.now();
    await client.get("hybrid-doctor");
    return ok("redis", `${client.address} answers in ${(performance.now() - began).toFixed(1)} ms`);
  } catch (error) {
    const { reason, advice } = client.troubleOf(error);
    return failed("redis", `${client.address}: ${reason}`, advice);
  } finally {
    client.close();
  }
};

const troubleOf = (what: string, error: unknown): Finding => {
  if (!(error instanceof ProviderError)) throw error;
  return failed(what, `${errorCatalog[error.code].meaning} (${error.code})`, errorCatalog[error.code].person);
};

/** Webex: the token, and the webhooks that lead to us. */
export const checkWebex = async (
  webex: Clients["webex"],
  publicUrl: string | undefined,
): Promise<readonly Finding[]> => {
  const signal = AbortSignal.timeout(20_000);
  let token: Finding;
  try {
    const me = await webex.getMe(signal);
    token = ok("webex", `the token works; it is that of ${me.type ?? "person"} ${me.id}`);
  } catch (error) {
    return [troubleOf("webex", error)];
  }
  try {
    const all: Webhook[] = [];
    for await (const { items } of webex.listWebhooks({}, signal)) all.push(...items);
    const ours = all.filter(({ name = "" }) => name.startsWith("hybrid-services "));
    const bad = ours.filter(({ status }) => status === "inactive");
    const strange = ours.filter(
      ({ targetUrl }) => publicUrl !== undefined && !targetUrl.startsWith(publicUrl),
    );
    if (ours.length === 0)
      return [
        token,
        waits(
          "webhooks",
          "none is there yet",
          "They are made within five minutes after a tenant is authorised.",
        ),
      ];
    if (bad.length > 0)
      return [
        token,
        failed(
          "webhooks",
          `${bad.length} of ${ours.length} were disabled by Webex`,
          "They are enabled again by themselves; see why PUBLIC_URL could not be reached.",
        ),
      ];
    if (strange.length > 0)
      return [
        token,
        warning(
          "webhooks",
          `${strange.length} of ${ours.length} lead elsewhere`,
          "The next look of webhook-keeper corrects them.",
        ),
      ];
    return [token, ok("webhooks", `${ours.length} are there and enabled`)];
  } catch (error) {
    return [token, troubleOf("webhooks", error)];
  }
};
