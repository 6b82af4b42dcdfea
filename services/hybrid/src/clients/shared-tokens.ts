import { openRedisSharedTokens, type SharedTokens } from "@hybrid/microsoft-graph";
import { textSeal } from "@hybrid/vault";
import { Gauge } from "prom-client";
import type { KeyPlace } from "../keys/key-settings.ts";
import { keyPortOf } from "../keys/open-keys.ts";
import type { Opening } from "../opened.ts";
import type { ClientPorts } from "./client-kind.ts";

/** Where the tokens of a fleet are, and what seals them there. */
export interface SharedTokensConfig {
  /** May hold a password: never logged. */
  readonly redisUrl: string;
  readonly keys: KeyPlace;
}

/** Tokens of Microsoft Entra in Redis, for all workers; each registration has its own by its client id. */
export const openSharedTokens = async (
  { redisUrl, keys }: SharedTokensConfig,
  { scheduler, logger }: ClientPorts,
  { opened, registry }: Opening,
): Promise<SharedTokens> => {
  const name = "hybrid_graph_tokens_shared";
  const help = "1 while Redis keeps tokens of Microsoft Entra for all workers, 0 while this one has its own.";
  const known = registry.getSingleMetric(name) as Gauge | undefined;
  const shared = known ?? new Gauge({ name, help, registers: [registry] });
  const tokens = openRedisSharedTokens({
    url: redisUrl,
    seal: textSeal(keyPortOf(keys)),
    scheduler,
    logger,
    onState: (state) => shared.set(state === "shared" ? 1 : 0),
  });
  await tokens.connect();
  return opened.add(tokens, async (part) => part.close());
};
