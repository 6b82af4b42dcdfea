import type { AppName } from "@hybrid/consent";
import { openRedisSharedTokens, type SharedTokens } from "@hybrid/microsoft-graph";
import { textSeal } from "@hybrid/vault";
import type { KeyPlace } from "../keys/key-settings.ts";
import { keyPortOf } from "../keys/open-keys.ts";
import type { Opening } from "../opened.ts";
import type { ClientPorts } from "./client-kind.ts";
import { gaugeIn } from "./gauge-in.ts";

/** Where the tokens of a fleet are, and what seals them there. */
export interface SharedTokensConfig {
  /** May hold a password: never logged. */
  readonly redisUrl: string;
  readonly keys: KeyPlace;
}

/** Tokens of Microsoft Entra in Redis, for all workers; each registration has its own by its client id. */
export const openSharedTokens = async (
  { redisUrl, keys, registration }: SharedTokensConfig & { readonly registration: AppName },
  { scheduler, logger }: ClientPorts,
  { opened, registry }: Opening,
): Promise<SharedTokens> => {
  const shared = gaugeIn(registry, {
    name: "hybrid_graph_tokens_shared",
    help: "1 while Redis keeps tokens of Microsoft Entra for all workers, 0 while this one has its own.",
    labelNames: ["registration"],
  });
  const tokens = openRedisSharedTokens({
    url: redisUrl,
    seal: textSeal(keyPortOf(keys)),
    scheduler,
    logger,
    onState: (state) => shared.set({ registration }, state === "shared" ? 1 : 0),
  });
  await tokens.connect();
  return opened.add(tokens, async (part) => part.close());
};
