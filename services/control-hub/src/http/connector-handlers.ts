import { HttpFault } from "@hybrid/http-api";
import { days, minutes } from "@hybrid/kernel";
import { connectorDetail } from "../adapters/archive.ts";
import { tenantSettings } from "../adapters/overview.ts";
import type { Asked, Handlers } from "./asked.ts";
import { found, give, type HandlerPorts, note, type OfOrg, orgOf } from "./giving.ts";

/** How often a connector that is made here reads the feed. */
const pollEveryMs = minutes(15);
/** As far back as Webex keeps events. */
const startsBackMax = days(90);
/** A preview of a large organisation reads many spaces; a browser waits this long. */
const previewMs = minutes(2);

/** Who makes a connector: the person who is signed in; where the sign-in names nobody, who they say. */
const makerOf = ({ session }: Pick<OfOrg, "session">, said: string | undefined): string | null => {
  const name = session?.name.toLowerCase() ?? "";
  if (name.includes("@")) return name;
  // A link of the operator's own signs in for every organisation and names nobody.
  return session?.org === null ? (said ?? null) : null;
};

const order = (ports: HandlerPorts) => async (asked: Asked<"orderConnector">) => {
  const { connector } = asked.params;
  const { order: kind, ...window } = asked.body;
  found(await connectorDetail(ports.views, orgOf(asked), connector), "connector");
  const given = { act: `archive.${kind}`, about: connector, order: kind === "rerun" ? window : null };
  return give(ports, asked, given, (act) => ports.orders.ofConnector(act, connector, { kind, ...window }));
};

const create = (ports: HandlerPorts) => async (asked: Asked<"createConnector">) => {
  const { name, wanted, from, by: said } = asked.body;
  const org = orgOf(asked);
  const by = makerOf(asked, said);
  if (by === null || !ports.desk.mayArchive(by))
    throw new HttpFault(403, "notArchivist", "Who makes a connector must hold the archive role.");
  if ((await connectorDetail(ports.views, org, name)) !== null)
    throw new HttpFault(409, "nameTaken", "There is a connector of this name already.");
  for (const tenant of wanted.tenants)
    found(tenantSettings(ports.views.organisations, org, tenant), "tenant");
  const now = ports.clock.now();
  const startsAt = from ?? now - days(1);
  if (startsAt > now || startsAt < now - startsBackMax)
    throw new HttpFault(400, "badRequest", "A connector begins at most 90 days ago, and not in the future.");
  const given = { act: "archive.create", about: name, order: { ...wanted, from: startsAt, by } };
  return give(ports, asked, given, (act) =>
    ports.orders.ofConnector(act, name, { kind: "create", by, terms: wanted, pollEveryMs, from: startsAt }),
  );
};

const preview = (ports: HandlerPorts) => async (asked: Asked<"previewConnector">) => {
  const org = orgOf(asked);
  for (const tenant of asked.body.tenants)
    found(tenantSettings(ports.views.organisations, org, tenant), "tenant");
  await note(ports, asked, { act: "archive.preview", about: null });
  return ports.desk.previewConnector(asked.body, AbortSignal.timeout(previewMs));
};

type ConnectorHandlers = Pick<
  Handlers,
  "orderConnector" | "createConnector" | "previewConnector" | "archiveRole"
>;

/** Connectors are made, looked at before, and ordered about. */
export const connectorHandlers = (ports: HandlerPorts): ConnectorHandlers => ({
  orderConnector: order(ports),
  createConnector: create(ports),
  previewConnector: preview(ports),
  archiveRole: (asked) => {
    const by = makerOf(asked, undefined);
    return { by, holdsRole: by !== null && ports.desk.mayArchive(by) };
  },
});
