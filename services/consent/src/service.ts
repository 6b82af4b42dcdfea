import { consentPrefix } from "@hybrid/contracts/consent-address";
import { days, orgIdOf } from "@hybrid/kernel";
import { actors, defineService, delegationView, type HttpPorts, sharedHttp, view } from "@hybrid/service";
import type { GivenConsent } from "./adapters/keep-consent.ts";
import { peopleView } from "./adapters/people-view.ts";
import { tenantsView } from "./adapters/tenants-view.ts";
import { type ConsentConfig, callbackUrl, consentSettings } from "./config.ts";
import { consentTopology } from "./topology.ts";

type Registrations = "graph" | "groupsGraph" | "archiveGraph";

const open = async (ports: HttpPorts<ConsentConfig, Registrations>) => {
  const { config, clients, scheduler: clock, log, seal, partitions } = ports;
  const [
    { consentRoutes },
    { createTickets },
    { knownTenants },
    { activate },
    { knownPeople },
    { keepConsent },
  ] = await Promise.all([
    import("./adapters/routes.ts"),
    import("./adapters/tickets.ts"),
    import("./adapters/tenants-view.ts"),
    import("./adapters/activate.ts"),
    import("./adapters/people-view.ts"),
    import("./adapters/keep-consent.ts"),
  ]);
  const table = ports.view(tenantsView);
  const people = ports.view(peopleView);
  const tenants = knownTenants(table);
  const visits = {
    graph: clients.graph,
    tickets: createTickets(config.CLIENT_STATE_KEYS, clock),
    tenants,
    people: knownPeople(people),
    clock,
    consentMs: days(config.CONSENT_USER_DAYS),
    keep: (consent: GivenConsent) => keepConsent({ log, seal, partitions }, consent),
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
    notReady: () => Promise.resolve(table.notReady() ?? people.notReady()),
  };
};

/** The service as one value. */
export const service = defineService({
  name: "consent",
  purpose:
    "Takes an administrator through sign-in and consent for a tenant, or users each for the own calendar.",
  settings: consentSettings,
  parts: [
    actors({ topology: consentTopology, handlers: () => ({}) }),
    view(tenantsView),
    view(peopleView),
    view(delegationView),
    sharedHttp({ prefix: consentPrefix, clients: ["graph", "groupsGraph", "archiveGraph"], open }),
  ],
});
