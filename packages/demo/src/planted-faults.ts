import { services } from "@hybrid/hybrid";
import { type AnyTopology, minutes, stay } from "@hybrid/kernel";
import type { MicrosoftGraph } from "@hybrid/microsoft-graph";
import type { AnyService, Part } from "@hybrid/service";
import type { Numbers, UserStateConfig } from "@hybrid/user-state";
import { chapters, day } from "./chapters/list.ts";
import type { PlantedFault } from "./planted-fault.ts";

/** What broken expectations say of each mistake of the day. */
const complaints = {
  retriesEarly: /is tried next at/,
  forgetsRetryAfter: /is tried next at/,
  ignoresMissed: /settled/,
  renewsLate: /lifetimes after it was granted/,
  renewsAtEveryChallenge: /renewals for \d+ users/,
  losesUserText: /text outside the block has changed/,
  forgetsKeywordRemoval: /join details though no keyword/,
  forgetsProperty: /is not marked by our property/,
} as const;

type DayFault = keyof typeof complaints;

/** The numbers of a user's life, some of them wrong. */
const plantedNumbers = (fault: DayFault, numbers: Numbers): Numbers => {
  switch (fault) {
    case "retriesEarly":
      return { ...numbers, retryAfterFailureMs: minutes(50) };
    case "renewsLate":
      return { ...numbers, renewalShareMin: 0.97, renewalShareMax: 0.98 };
    case "renewsAtEveryChallenge":
      return { ...numbers, reauthorizationCoalescingMs: 0 };
    default:
      return numbers;
  }
};

const isMissed = (input: unknown): boolean =>
  (input as { readonly lifecycleEvent?: unknown }).lifecycleEvent === "missed";

/** user-state with a mistake in its machine or in what it makes of a failure; any other service unchanged. */
const plantedTopology = (fault: DayFault, topology: AnyTopology): AnyTopology => {
  if (topology.service !== "user-state") return topology;
  switch (fault) {
    case "ignoresMissed":
      return {
        ...topology,
        machine: (state, input, now, self) =>
          isMissed(input) ? stay(state) : topology.machine(state, input, now, self),
      };
    case "forgetsRetryAfter":
      return {
        ...topology,
        callFailed: (order, failure) => topology.callFailed(order, { ...failure, retryAt: null }),
      };
    default:
      return topology;
  }
};

type Events = MicrosoftGraph["events"];

const plantedUpdate = (fault: DayFault, events: Events): Events["update"] => {
  switch (fault) {
    case "losesUserText":
      return ({ body, ...order }) =>
        events.update({
          ...order,
          ...(body === undefined ? {} : { body: body.replaceAll("&amp;", "&") }),
        });
    case "forgetsKeywordRemoval":
      return async (order) =>
        order.extendedProperty?.value === null ? { etag: order.etag } : events.update(order);
    case "forgetsProperty":
      return ({ extendedProperty, ...order }) =>
        events.update({
          ...order,
          ...(extendedProperty ? { extendedProperty: { ...extendedProperty, value: null } } : {}),
        });
    default:
      return (order) => events.update(order);
  }
};

/** Graph, with a mistake between the decorator's writes and it. */
const plantedGraph = (fault: DayFault, graph: MicrosoftGraph): MicrosoftGraph => ({
  ...graph,
  events: {
    get: (order) => graph.events.get(order),
    update: plantedUpdate(fault, graph.events),
    delta: (order) => graph.events.delta(order),
    view: (order) => graph.events.view(order),
  },
  close: () => graph.close(),
});

const plantedPart = (fault: DayFault, part: Part<unknown>): Part<unknown> => {
  if (part.kind !== "actors") return part;
  const open: typeof part.open = async (ports) => {
    const { graph } = ports.clients;
    const clients = { ...ports.clients, ...(graph ? { graph: plantedGraph(fault, graph) } : {}) };
    const { topology, handlers } = await part.open({ ...ports, clients });
    return { handlers, topology: plantedTopology(fault, topology) };
  };
  return { ...part, open };
};

/** user-state with wrong numbers; the settings of any other service unchanged. */
const plantedSettings = (fault: DayFault, service: AnyService): AnyService["settings"] =>
  service.name === "user-state"
    ? {
        ...service.settings,
        read: (variables) => {
          const config = service.settings.read(variables) as UserStateConfig;
          return { ...config, numbers: plantedNumbers(fault, config.numbers) };
        },
      }
    : service.settings;

const planted =
  (fault: DayFault): PlantedFault["plant"] =>
  (service) => ({
    ...service,
    settings: plantedSettings(fault, service),
    parts: service.parts.map((part) => plantedPart(fault, part)),
  });

/** The mistakes of the day, in the user's machine, its numbers and the decorator's writes. */
const dayFaults: Readonly<Record<string, PlantedFault>> = Object.fromEntries(
  Object.entries(complaints).map(([fault, complaint]) => [
    fault,
    { plant: planted(fault as DayFault), complaint },
  ]),
);

/** Mistakes that can be planted, by chapter and name. */
export const allPlantedFaults = async (): Promise<
  ReadonlyMap<string, Readonly<Record<string, PlantedFault>>>
> =>
  new Map([
    [day, dayFaults],
    ...(await Promise.all(
      chapters.map(async ({ name, load }) => [name, (await load()).plantedFaults] as const),
    )),
  ]);

/** Left out until a chapter wants it: its looks at every mailbox would be most of the day. */
const leftOut: readonly string[] = ["presence"];

/** The product's services with the mistake in them; without one they are the product's own. */
export const plantedServices = async (
  fault: string | null,
  besides: readonly string[],
): Promise<readonly AnyService[]> => {
  const played = services.filter(({ name }) => !leftOut.includes(name) || besides.includes(name));
  if (fault === null) return played;
  for (const faults of (await allPlantedFaults()).values()) {
    const found = faults[fault];
    if (found) return played.map(found.plant);
  }
  throw new RangeError(`no fault is called ${fault}`);
};
