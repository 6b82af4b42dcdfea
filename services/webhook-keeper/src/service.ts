import { clientStateKeys } from "@hybrid/contracts/client-state-keys";
import { webhookPathSettings } from "@hybrid/contracts/notification-paths";
import { actors, defineService, type Ports, plainSettings } from "@hybrid/service";
import { choice, url, type ValuesOf } from "@hybrid/settings";
import { keeperTopology } from "./topology.ts";

const vocabulary = {
  PUBLIC_URL: url({
    meaning: "Where Webex reaches notification-ingest from the internet, without path.",
    protocols: ["https"],
  }),
  ...webhookPathSettings,
  CLIENT_STATE_KEYS: clientStateKeys,
  WEBHOOKS_OWNED_BY: choice(["creator", "org"], {
    meaning:
      "Whose messages and spaces the webhooks of Webex tell of: those that the token's owner sees, or, " +
      "with a compliance officer's token, those of the whole organisation.",
  }).orElse("creator"),
};

const handlers = async ({
  config,
  scheduler,
  clients: { webex },
}: Ports<ValuesOf<typeof vocabulary>, "webex">) => {
  const { keeperHandlers } = await import("./adapters/handlers.ts");
  const [key] = config.CLIENT_STATE_KEYS;
  if (key === undefined) throw new TypeError("webhook-keeper needs a key of CLIENT_STATE_KEYS");
  const baseUrl = `${config.PUBLIC_URL.replace(/\/$/, "")}${config.INGEST_WEBEX_PATH}`;
  return keeperHandlers({ webex, clock: scheduler, baseUrl, key, ownedBy: config.WEBHOOKS_OWNED_BY });
};

/** The service as one value. */
export const service = defineService({
  name: "webhook-keeper",
  purpose: "Keeps the webhooks of Webex registered and delivering, and fills in what they missed.",
  settings: plainSettings("webhook-keeper", vocabulary),
  parts: [actors({ topology: keeperTopology, clients: ["webex"], handlers })],
});
