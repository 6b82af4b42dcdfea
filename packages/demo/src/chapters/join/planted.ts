import type { MicrosoftGraph } from "@hybrid/microsoft-graph";
import type { AnyService } from "@hybrid/service";
import type { PlantedFault } from "../../planted-fault.ts";

type Open = Extract<AnyService["parts"][number], { readonly kind: "actors" }>["open"];

/** The decorator with its machine opened another way; any other service unchanged. */
const opening =
  (another: (open: Open) => Open) =>
  (service: AnyService): AnyService =>
    service.name !== "decorator"
      ? service
      : {
          ...service,
          parts: service.parts.map((part) =>
            part.kind === "actors" ? { ...part, open: another((ports) => part.open(ports)) } : part,
          ),
        };

/** Forgets who was added to a space: then nobody who is invited later may be. */
const forgetting: (open: Open) => Open = (open) => async (ports) => {
  const { topology, handlers } = await open(ports);
  const decorate = handlers["decorateEvent"];
  if (!decorate) throw new Error("decorator has no call decorateEvent");
  const planted = async (order: { readonly knownMeeting?: object }, context: unknown): Promise<unknown> => {
    const { knownMeeting, ...rest } = order;
    const { invited: _, ...known } = (knownMeeting ?? {}) as Readonly<Record<string, unknown>>;
    return decorate(knownMeeting ? { ...rest, knownMeeting: known } : order, context);
  };
  return { topology, handlers: { ...handlers, decorateEvent: planted } };
};

const inEnglish = (graph: MicrosoftGraph): MicrosoftGraph => ({
  ...graph,
  mailboxes: {
    ...graph.mailboxes,
    getSettings: async (order) => ({ ...(await graph.mailboxes.getSettings(order)), locale: "en-US" }),
  },
  close: () => graph.close(),
});

/** The mistakes of the chapter. */
export const joinFaults: Readonly<Record<string, PlantedFault>> = {
  forgetsWhoWasAdded: { plant: opening(forgetting), complaint: /is not in Launch & go/ },
  speaksEnglishAlone: {
    plant: opening((open) => (ports) => {
      const { graph } = ports.clients;
      return open(graph ? { ...ports, clients: { ...ports.clients, graph: inEnglish(graph) } } : ports);
    }),
    complaint: /the details do not say/,
  },
};
