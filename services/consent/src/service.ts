import { orgIdOf } from "@hybrid/kernel";
import { defineService, type HttpPorts, sharedHttp, view } from "@hybrid/service";
import { tenantsView } from "./adapters/tenants-view.ts";
import { type ConsentConfig, callbackUrl, consentPrefix, consentSettings } from "./config.ts";

type Registrations = "graph" | "groupsGraph" | "archiveGraph";

const open = async (ports: HttpPorts<ConsentConfig, Registrations>) => {
  const { config, clients, scheduler: clock, log, partitions } = ports;
  const [{ consentRoutes }, { createTickets }, { knownTenants }, { activate }] = await Promise.all([
    import("./adapters/routes.ts"),
    import("./adapters/tickets.ts"),
    import("./adapters/tenants-view.ts"),
    import("./adapters/activate.ts"),
  ]);
  const table = ports.view(tenantsView);
  const tenants = knownTenants(table);
  const visits = {
    graph: clients.graph,
    tickets: createTickets(config.CLIENT_STATE_KEYS, clock),
    tenants,
    clock,
    registrations: {
      calendar: clients.graph.consent,
      groups: clients.groupsGraph.consent,
      archive: clients.archiveGraph.consent,
    },
    redirectUri: callbackUrl(config.CONSENT_URL),
    activate: async ({ org, tenantId }: { readonly org: string; readonly tenantId: string }) => {
      const settings = tenants.settings(org, tenantId);
      await activate({ log, clock, partitions }, { org: orgIdOf(org), tenantId, settings });
    },
  };
  const isSecure = new URL(config.CONSENT_URL).protocol === "https:";
  return {
    plugin: consentRoutes(visits, { isSecure }),
    notReady: () => Promise.resolve(table.notReady()),
  };
};

/** The service as one value. */
export const service = defineService({
  name: "consent",
  purpose:
    "Takes an administrator of a tenant through sign-in and consent, and puts the tenant into service.",
  settings: consentSettings,
  parts: [
    view(tenantsView),
    sharedHttp({ prefix: consentPrefix, clients: ["graph", "groupsGraph", "archiveGraph"], open }),
  ],
});
