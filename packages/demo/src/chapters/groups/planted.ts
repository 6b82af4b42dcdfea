import type { AnyService } from "@hybrid/service";
import type { PlantedFault } from "../../planted-fault.ts";

type Outcome = Readonly<Record<string, unknown>>;

/** group-provisioner with what one of its calls tells changed; any other service unchanged. */
const changing =
  (call: string, changed: (outcome: Outcome) => Outcome) =>
  (service: AnyService): AnyService =>
    service.name !== "group-provisioner"
      ? service
      : {
          ...service,
          parts: service.parts.map((part) => {
            if (part.kind !== "actors") return part;
            const open: typeof part.open = async (ports) => {
              const { topology, handlers } = await part.open(ports);
              const handler = handlers[call];
              if (!handler) throw new Error(`group-provisioner has no call ${call}`);
              const planted = async (order: unknown, context: unknown): Promise<Outcome> =>
                changed((await handler(order, context)) as Outcome);
              return { topology, handlers: { ...handlers, [call]: planted } };
            };
            return { ...part, open };
          }),
        };

interface Found {
  readonly refusal: string | null;
}

/** The mistakes of the chapter. */
export const groupFaults: Readonly<Record<string, PlantedFault>> = {
  forgetsWhoLeftTheGroup: {
    plant: changing("readDelta", (outcome) => ({ ...outcome, expel: [] })),
    complaint: /is in .* and must not be/,
  },
  takesHalfOfThePeople: {
    plant: changing("readPeople", (outcome) => ({
      ...outcome,
      people: (outcome["people"] as readonly Found[]).filter((_, index) => index % 2 === 0),
    })),
    complaint: /is not in the group of/,
  },
};
