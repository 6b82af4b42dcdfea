import { actors, defineService, delegationView, noSettings, type Ports, view } from "@hybrid/service";
import { Counter } from "prom-client";
import { detectorTopology } from "./topology.ts";

const handlers = async ({ registry, clients: { graph } }: Ports<null, "graph">) => {
  const { detectorHandlers } = await import("./adapters/handlers.ts");
  const looks = new Counter({
    name: "hybrid_migrations_looks_total",
    help: "Looks at mailboxes that may move, by outcome; mailboxMissing is one on premises, or none at all.",
    labelNames: ["outcome"] as const,
    registers: [registry],
  });
  return detectorHandlers({ graph, looks });
};

/** The service as one value. */
export const service = defineService({
  name: "mailbox-migration-detector",
  purpose:
    "Notices mailboxes that move between Exchange on premises and the cloud, and hands their users over.",
  settings: noSettings,
  parts: [view(delegationView), actors({ topology: detectorTopology, clients: ["graph"], handlers })],
});
