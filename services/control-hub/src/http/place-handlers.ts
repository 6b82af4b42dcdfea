import { auditCsv } from "../adapters/audit.ts";
import { teamsCsv } from "../adapters/groups.ts";
import { mayMove, movesCsv, movesPage } from "../adapters/migrations.ts";
import { tenantSettings } from "../adapters/overview.ts";
import { roomsCsv, roomsOf } from "../adapters/rooms.ts";
import type { Asked, Handlers } from "./asked.ts";
import { csvNamed } from "./csv-reply.ts";
import { found, give, type HandlerPorts, missing, orgOf } from "./giving.ts";

const orderMove = (ports: HandlerPorts) => async (asked: Asked<"orderMove">) => {
  const { user } = asked.params;
  if (!(await mayMove(ports.views.organisations, orgOf(asked), user))) throw missing("user");
  return give(ports, asked, { act: "migrations.look", about: user, order: null }, (act) =>
    ports.orders.ofMove(act, user),
  );
};

const orderRooms = (ports: HandlerPorts) => (asked: Asked<"orderRooms">) => {
  const { body } = asked;
  const tenantId = body.order === "follow" ? body.tenantId : null;
  if (tenantId !== null) found(tenantSettings(ports.views.organisations, orgOf(asked), tenantId), "tenant");
  return give(ports, asked, { act: `rooms.${body.order}`, about: tenantId, order: null }, (act) =>
    ports.orders.ofRooms(act, tenantId),
  );
};

type PlaceHandlers = Pick<
  Handlers,
  "moves" | "movesCsv" | "orderMove" | "rooms" | "roomsCsv" | "orderRooms" | "teamsCsv" | "auditCsv"
>;

/** Mailboxes that move, meeting rooms, and tables as CSV. */
export const placeHandlers = (ports: HandlerPorts): PlaceHandlers => {
  const { organisations, histories } = ports.views;
  return {
    moves: (asked) => movesPage(ports.views, orgOf(asked), asked.query),
    movesCsv: (asked) => {
      csvNamed(asked.reply, `migrations-${orgOf(asked)}`);
      return movesCsv(organisations, orgOf(asked), asked.query.all);
    },
    orderMove: orderMove(ports),
    rooms: async (asked) => ({ rooms: await roomsOf(organisations, orgOf(asked)) }),
    roomsCsv: (asked) => {
      csvNamed(asked.reply, `rooms-${orgOf(asked)}`);
      return roomsCsv(organisations, orgOf(asked));
    },
    orderRooms: orderRooms(ports),
    teamsCsv: (asked) => {
      csvNamed(asked.reply, `teams-${orgOf(asked)}`);
      return teamsCsv(organisations, orgOf(asked));
    },
    auditCsv: (asked) => {
      csvNamed(asked.reply, `audit-${orgOf(asked)}`);
      return auditCsv(histories, orgOf(asked));
    },
  };
};
