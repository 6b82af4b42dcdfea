import type { AnyService } from "@hybrid/service";
import type { PlantedFault } from "../../planted-fault.ts";

interface Bookings {
  readonly kind: string;
  readonly bookings?: readonly { readonly Time: { readonly StartTimeBuffer: number } }[];
}

/** meetings with what it puts onto devices changed; any other service unchanged. */
const putting =
  (changed: (order: Bookings) => Bookings) =>
  (service: AnyService): AnyService =>
    service.name !== "meetings"
      ? service
      : {
          ...service,
          parts: service.parts.map((part) => {
            if (part.kind !== "actors" || part.topology.service !== "meetings-rooms") return part;
            const open: typeof part.open = async (ports) => {
              const { topology, handlers } = await part.open(ports);
              const put = handlers["putBookings"];
              const planted = (order: Bookings, context: unknown): unknown => put(changed(order), context);
              return { topology, handlers: { ...handlers, putBookings: planted } };
            };
            return { ...part, open };
          }),
        };

/** The mistakes of the chapter. */
export const meetingFaults: Readonly<Record<string, PlantedFault>> = {
  forgetsTheLastMeeting: {
    plant: putting((order) => ({ ...order, bookings: (order.bookings ?? []).slice(0, -1) })),
    complaint: /does not offer/,
  },
  offersTooEarly: {
    plant: putting((order) => ({
      ...order,
      bookings: (order.bookings ?? []).map((booking) => ({
        ...booking,
        Time: { ...booking.Time, StartTimeBuffer: 600 },
      })),
    })),
    complaint: /and must not/,
  },
};
