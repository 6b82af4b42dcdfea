import type { AnyService } from "@hybrid/service";
import type { PlantedFault } from "../../planted-fault.ts";

interface Reading {
  readonly replies?: { readonly kind: string; readonly from?: number; readonly until?: number };
}

type Ports = Parameters<Extract<AnyService["parts"][number], { kind: "actors" }>["open"]>[0];

interface Otherwise {
  /** A reading of a mailbox, as the service is to be told it. */
  readonly reading?: (reading: Reading) => Reading;
  /** What the service reaches the clouds with. */
  readonly ports?: (ports: Ports) => Ports;
}

/** presence with what it sees changed; any other service unchanged. */
const seeing =
  ({ reading = (seen) => seen, ports: changed = (given) => given }: Otherwise) =>
  (service: AnyService): AnyService =>
    service.name !== "presence"
      ? service
      : {
          ...service,
          parts: service.parts.map((part) => {
            if (part.kind !== "actors") return part;
            const open: typeof part.open = async (ports) => {
              const { topology, handlers } = await part.open(changed(ports));
              const read = handlers["readReplies"];
              if (!read) throw new Error("presence has no call readReplies");
              const readReplies = async (order: unknown, context: unknown): Promise<unknown> => {
                const outcome = (await read(order, context)) as { readonly readings: readonly Reading[] };
                return { ...outcome, readings: outcome.readings.map(reading) };
              };
              return { topology, handlers: { ...handlers, readReplies } };
            };
            return { ...part, open };
          }),
        };

const hourMs = 3_600_000;

/** The mistakes of the chapter. */
export const presenceFaults: Readonly<Record<string, PlantedFault>> = {
  takesOffForAlways: {
    plant: seeing({
      reading: (seen) => (seen.replies?.kind === "off" ? { ...seen, replies: { kind: "always" } } : seen),
    }),
    complaint: /is shown at .*, and must not be/,
  },
  forgetsTheTimeZone: {
    plant: seeing({
      reading: (seen) =>
        seen.replies?.kind === "scheduled"
          ? {
              ...seen,
              replies: {
                ...seen.replies,
                from: (seen.replies.from ?? 0) + hourMs,
                until: (seen.replies.until ?? 0) + hourMs,
              },
            }
          : seen,
    }),
    complaint: /is not shown at .*, and must be/,
  },
  speaksOverPeople: {
    plant: seeing({
      ports: (ports) => {
        const { webex } = ports.clients;
        if (!webex) return ports;
        const getPresence: typeof webex.getPresence = async (...order) => ({
          ...(await webex.getPresence(...order)),
          status: "active",
        });
        return { ...ports, clients: { ...ports.clients, webex: { ...webex, getPresence } } };
      },
    }),
    complaint: /Webex shows active of .* instead of/,
  },
};
