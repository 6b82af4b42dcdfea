import type { AnyTopology } from "@hybrid/kernel";
import type { AnyService } from "@hybrid/service";
import type { PlantedFault } from "../../planted-fault.ts";

type Fields = Readonly<Record<string, unknown>>;

/** The migration detector with another machine; any other service unchanged. */
const thinking =
  (otherwise: (machine: AnyTopology["machine"]) => AnyTopology["machine"]) =>
  (service: AnyService): AnyService =>
    service.name !== "mailbox-migration-detector"
      ? service
      : {
          ...service,
          parts: service.parts.map((part) => {
            if (part.kind !== "actors") return part;
            const open: typeof part.open = async (ports) => {
              const { topology, handlers } = await part.open(ports);
              return { topology: { ...topology, machine: otherwise(topology.machine) }, handlers };
            };
            return { ...part, open };
          }),
        };

/** The mistakes of the chapter. */
export const migrationFaults: Readonly<Record<string, PlantedFault>> = {
  neverReleases: {
    plant: thinking((machine) => (state, input, now, self) => {
      const step = machine(state, input, now, self);
      const effects = step.effects.filter(
        (effect) => effect.kind !== "emit" || (effect.value as Fields)["stage"] !== "released",
      );
      return { ...step, effects };
    }),
    complaint: /is served by nobody after .*, and not by the cloud/,
  },
  believesOneFinding: {
    plant: thinking((machine) => (state, input, now, self) => {
      const planted =
        (state as { readonly kind: string }).kind === "user"
          ? { ...(state as Fields), isForced: true }
          : state;
      const { kind } = input as { readonly kind: string };
      return machine(kind === "mailboxAnswered" ? planted : state, input, now, self);
    }),
    complaint: /Oda is served by/,
  },
  forgetsResourceGroups: {
    plant: thinking((machine) => (state, input, now, self) => {
      const { kind, entry } = input as { readonly kind: string; readonly entry?: Fields };
      const planted =
        kind === "directoryChanged" ? { ...(input as Fields), entry: { ...entry, connector: null } } : input;
      return machine(state, planted, now, self);
    }),
    complaint: /is served by nobody after .*, and not by the connector/,
  },
};
