import type { AnyService } from "@hybrid/service";
import type { PlantedFault } from "../../planted-fault.ts";

type Fields = Readonly<Record<string, unknown>>;
type Handler = (order: Fields, context: unknown) => Promise<Fields>;

/** archiver with one of its calls carried out another way; any other service unchanged. */
const carryingOut =
  (call: string, otherwise: (handler: Handler) => Handler) =>
  (service: AnyService): AnyService =>
    service.name !== "archiver"
      ? service
      : {
          ...service,
          parts: service.parts.map((part) => {
            if (part.kind !== "actors") return part;
            const open: typeof part.open = async (ports) => {
              const { topology, handlers } = await part.open(ports);
              const handler = handlers[call];
              if (!handler) throw new Error(`archiver has no call ${call}`);
              return { topology, handlers: { ...handlers, [call]: otherwise(handler as Handler) } };
            };
            return { ...part, open };
          }),
        };

interface Copy {
  readonly eventId: string;
  readonly run: string;
}

/** The mistakes of the chapter. */
export const archiveFaults: Readonly<Record<string, PlantedFault>> = {
  tellsOfImportsThatNeverWere: {
    plant: carryingOut("importCopies", (handler) => async (order, context) => {
      const [first, ...others] = order["copies"] as readonly Copy[];
      // Of several at once the first one is forgotten, and told as imported all the same.
      if (!first || others.length === 0) return handler(order, context);
      const done = await handler({ ...order, copies: others }, context);
      const { eventId, run } = first;
      const told = { eventId, run, outcome: "success", reason: null };
      return { ...done, copies: [told, ...(done["copies"] as readonly Copy[])] };
    }),
    complaint: /before a mail is lost: verify names \d+ missing/,
  },
  forgetsDeletions: {
    plant: carryingOut("collect", (handler) => async (order, context) => {
      const collected = await handler(order, context);
      const slice = collected["slice"] as Fields;
      const events = (slice["events"] as readonly Fields[]).filter(
        (event) => (event["item"] as Fields | undefined)?.["kind"] !== "deleted",
      );
      return { ...collected, slice: { ...slice, events } };
    }),
    complaint: /mailbox has #\d+, deleted, 0 times/,
  },
};
