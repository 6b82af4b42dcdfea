import type { EventsPort } from "@hybrid/decorator";
import { minutes } from "@hybrid/kernel";
import type { Numbers } from "@hybrid/user-state";
import type { PlantedFault } from "./worker-protocol.ts";

/** The numbers of a user's life, with `retriesEarly` ten minutes too short. */
export const plantedNumbers = (fault: PlantedFault | null, numbers: Numbers): Numbers =>
  fault === "retriesEarly" ? { ...numbers, retryAfterFailureMs: minutes(50) } : numbers;

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
    default:
      return events;
  }
};
