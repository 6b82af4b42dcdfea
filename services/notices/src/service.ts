import { seconds } from "@hybrid/kernel";
import { actors, defineService, delegationView, type Ports, view } from "@hybrid/service";
import { type NoticesConfig, noticesSettings } from "./config.ts";
import { noticesTopology } from "./topology.ts";

/** How long reading a mailbox's language may take: there is a mail to be sent besides. */
const localeWithinMs = seconds(5);

const handlers = async ({ config, clients, ...ports }: Ports<NoticesConfig, "graph">) => {
  const [{ noHandlers, noticeHandlers }, { mailServer }, { createTurns }, { noticeMetrics }] =
    await Promise.all([
      import("./adapters/handlers.ts"),
      import("./adapters/smtp.ts"),
      import("./adapters/turns.ts"),
      import("./adapters/metrics.ts"),
    ]);
  const { mail, connectUrl } = config;
  if (mail === null) return noHandlers;
  const { scheduler: clock, logger, registry } = ports;
  return noticeHandlers({
    server: mailServer(mail),
    turns: createTurns(clock, mail.perMinute),
    clock,
    localeOf: async ({ tenantId, objectId }, ended) => {
      const signal = AbortSignal.any([ended, AbortSignal.timeout(localeWithinMs)]);
      const { locale } = await clients.graph.mailboxes.getSettings({
        tenantId,
        userObjectId: objectId,
        signal,
      });
      return locale;
    },
    connectUrl,
    domain: mail.from.address.split("@").at(-1) ?? "",
    metrics: noticeMetrics(registry),
    logger,
  });
};

/** The service as one value. */
export const service = defineService({
  name: "notices",
  purpose: "Tells users by e-mail that their calendar is connected, and when they have to connect it again.",
  settings: noticesSettings,
  parts: [
    view(delegationView),
    actors({
      topology: noticesTopology(),
      configured: ({ wanted }: NoticesConfig) => noticesTopology(wanted),
      clients: ["graph"],
      handlers,
    }),
  ],
});
