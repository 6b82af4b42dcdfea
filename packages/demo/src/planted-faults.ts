import { compose, type SystemOptions } from "@hybrid/hybrid";
import { type AnyTopology, minutes, stay } from "@hybrid/kernel";
import type { MicrosoftGraph } from "@hybrid/microsoft-graph";
import type { Numbers } from "@hybrid/user-state";
import type { PlantedFault } from "./worker-protocol.ts";

/** The numbers of a user's life, some of them wrong. */
export const plantedNumbers = (fault: PlantedFault | null, numbers: Numbers): Numbers => {
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

/** user-state with a mistake in its machine or in what it makes of a failure; any other service as it is. */
const plantedTopology = (fault: PlantedFault | null, topology: AnyTopology): AnyTopology => {
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

const plantedUpdate = (fault: PlantedFault | null, events: Events): Events["update"] => {
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
const plantedGraph = (fault: PlantedFault | null, graph: MicrosoftGraph): MicrosoftGraph => ({
  ...graph,
  events: {
    get: (order) => graph.events.get(order),
    update: plantedUpdate(fault, graph.events),
    delta: (order) => graph.events.delta(order),
  },
  close: () => graph.close(),
});

/** The product's composition with the mistake in it; without one it is the product's own. */
export const plantedCompose =
  (fault: PlantedFault | null): SystemOptions["compose"] =>
  (options, clients) =>
    fault === null
      ? compose(options, clients)
      : compose(options, {
          ...clients,
          ...(clients.graph ? { graph: plantedGraph(fault, clients.graph) } : {}),
        }).map((composed) => ({ ...composed, topology: plantedTopology(fault, composed.topology) }));
