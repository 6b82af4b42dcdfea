import type { EventsPort } from "@hybrid/decorator";
import { type AnyTopology, minutes, stay } from "@hybrid/kernel";
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
export const plantedTopology = (fault: PlantedFault | null, topology: AnyTopology): AnyTopology => {
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

/** Graph's events, with a mistake between the decorator and them. */
export const plantedEvents = (fault: PlantedFault | null, events: EventsPort): EventsPort => {
  switch (fault) {
    case "losesUserText":
      return {
        ...events,
        update: (request) =>
          events.update({
            ...request,
            body: { ...request.body, content: request.body.content.replaceAll("&amp;", "&") },
          }),
      };
    case "forgetsKeywordRemoval":
      return {
        ...events,
        update: async (request) =>
          request.extendedProperty.value === null ? { etag: request.etag } : events.update(request),
      };
    case "forgetsProperty":
      return {
        ...events,
        update: (request) =>
          events.update({ ...request, extendedProperty: { ...request.extendedProperty, value: null } }),
      };
    default:
      return events;
  }
};
