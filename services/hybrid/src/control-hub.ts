import { randomUUID } from "node:crypto";
import { archiveAdministrators } from "@hybrid/archiver/config";
import { consentVocabulary } from "@hybrid/consent/config";
import { connectUrl } from "@hybrid/contracts/consent-address";
import { type DeskSource, hubService } from "@hybrid/control-hub/service";
import { ConfigError } from "@hybrid/kernel";
import { settingsOrThrow, type Variables } from "@hybrid/settings";
import { graphCloud } from "./clients/graph-cloud.ts";

const { CONSENT_URL, CLIENT_STATE_KEYS } = consentVocabulary;

const vocabulary = { CONSENT_URL, CLIENT_STATE_KEYS, ...archiveAdministrators };

const what = "control-hub cannot start with this configuration";

const settings = {
  vocabulary,
  // The cloud is a setting of the way to Graph, which tells of it in the documents.
  read: (variables: Variables) => settingsOrThrow(what, { ...vocabulary, ...graphCloud }, variables),
};

/** What the other services do for the administrator's page. Their adapters are imported when it is served. */
const desk: DeskSource<ReturnType<typeof settings.read>> = {
  settings,
  open: async ({ values, clients, scheduler, logger }) => {
    const { createTickets, permissions, startUrl, tryMailbox } = await import("@hybrid/consent");
    const { previewConnector } = await import("@hybrid/archiver");
    const { languages, previewDetails } = await import("@hybrid/decorator");
    const { observed } = await import("./observed.ts");
    const { explainedFor } = await import("./explaining/explained.ts");
    const { eventOf, isNoEvent } = await import("./explaining/fetched-event.ts");
    const { givenIn } = await import("./explaining/given-event.ts");
    const tickets = createTickets(values.CLIENT_STATE_KEYS, scheduler);
    const archivists = new Set((values.ARCHIVE_ADMINISTRATORS ?? []).map((address) => address.toLowerCase()));
    const asked = (app: keyof typeof permissions) =>
      permissions[app]
        .filter(({ kind }) => kind === "application")
        .map(({ name, need }) => ({ name, isRequired: need === "required" }));
    return {
      cloud: values.GRAPH_CLOUD,
      observed: observed(),
      permissions: { calendar: asked("calendar"), groups: asked("groups"), archive: asked("archive") },
      consentLink: async (errand) => startUrl(values.CONSENT_URL, await tickets.issue("link", errand)),
      connectLink: async (returnTo) =>
        connectUrl(values.CONSENT_URL, await tickets.issue("connectLink", { returnTo })),
      tryMailbox: (trial) =>
        tryMailbox({ graph: clients.graph, clock: scheduler }, { ...trial, trialId: randomUUID() }),
      mayArchive: (address) => archivists.has(address.toLowerCase()),
      explainText: (text, by) => {
        try {
          return explainedFor(givenIn(text, "it"), by);
        } catch (error) {
          // What begins like JSON is an event, or nothing that can be explained.
          if (error instanceof ConfigError) return null;
          throw error;
        }
      },
      explainEvent: async ({ objectId, ...place }, by) => {
        try {
          const event = await eventOf(clients.graph, { ...place, userObjectId: objectId });
          return explainedFor({ kind: "event", event }, by);
        } catch (error) {
          if (isNoEvent(error)) return null;
          throw error;
        }
      },
      languages,
      previewDetails: ({ settings, place, invitation }) => previewDetails(settings, { place, invitation }),
      previewConnector: (terms, signal) => {
        const { archiveGraph: graph, webex } = clients;
        return previewConnector({ graph, webex, logger }, { terms, now: scheduler.now(), signal });
      },
    };
  },
};

/** The administrator's page, with what the other services do for it. */
export const controlHub = hubService(desk);
