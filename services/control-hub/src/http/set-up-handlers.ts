import { Readable } from "node:stream";
import type { AppName, TrialStep } from "@hybrid/control-hub-page/api";
import { HttpFault } from "@hybrid/http-api";
import { seconds } from "@hybrid/kernel";
import { isPattern } from "@hybrid/meeting-links";
import { calendarSetup } from "../adapters/calendar.ts";
import { settingsOf, tenantSettings } from "../adapters/overview.ts";
import type { Asked, Handlers } from "./asked.ts";
import { found, give, type HandlerPorts, note, orgOf } from "./giving.ts";
import { ownAddress } from "./own-address.ts";

/** Where each wizard goes on when Microsoft sends the browser back. */
const returnPaths: Readonly<Record<AppName, string>> = {
  calendar: "hybrid/calendar/setup/role",
  groups: "hybrid/groups/setup/accept",
  archive: "hybrid/archive/setup/consent",
};

/** A trial calls Microsoft four times. */
const trialMs = seconds(60);

const configure = (
  ports: HandlerPorts,
  asked: Asked<"orderTenant">,
  body: Extract<Asked<"orderTenant">["body"], { readonly order: "configure" }>,
) => {
  const { tenant } = asked.params;
  const { organisations } = ports.views;
  const known = settingsOf(organisations, orgOf(asked)).tenants.find(({ tenantId }) => tenantId === tenant);
  // The order that carries settings also puts the tenant into service, which is not meant here.
  if (known?.status !== "active")
    throw new HttpFault(409, "tenantNotActive", "The tenant must be active to be given other settings.");
  const ifMatch = asked.request.headers["if-match"] ?? "*";
  const isSeen = ifMatch === "*" || ifMatch === `"${known.etag}"`;
  const pattern = body.settings.join.excluded.subjectPattern;
  if (pattern !== null && !isPattern(pattern))
    throw new HttpFault(400, "badRequest", "Some of what was sent cannot be used.", {
      faults: [
        {
          at: "body.settings.join.excluded.subjectPattern",
          fault: "is no regular expression in RE2's syntax",
        },
      ],
    });
  // Who lets us into calendars is no matter of these settings, and stays.
  const { consent } = known;
  const given = { act: "tenants.configure", about: tenant, order: body.settings };
  // Looked at within: an order that comes again has changed the settings itself.
  return give(ports, asked, given, async (act) => {
    if (!isSeen)
      throw new HttpFault(
        412,
        "changedMeanwhile",
        "The settings were changed meanwhile. Look again, then decide.",
      );
    const settings = { ...body.settings, consent };
    await ports.orders.ofTenant(act, tenant, { kind: "activateTenant", settings });
  });
};

const orderTenant = (ports: HandlerPorts) => (asked: Asked<"orderTenant">) => {
  const { tenant } = asked.params;
  const { body } = asked;
  const settings = found(tenantSettings(ports.views.organisations, orgOf(asked), tenant), "tenant");
  if (body.order === "configure") return configure(ports, asked, body);
  return give(ports, asked, { act: `tenants.${body.order}`, about: tenant, order: null }, (act) =>
    ports.orders.ofTenant(
      act,
      tenant,
      body.order === "activate" ? { kind: "activateTenant", settings } : { kind: "deactivateTenant" },
    ),
  );
};

const orderCalendar = (ports: HandlerPorts) => (asked: Asked<"orderCalendar">) => {
  const { order } = asked.body;
  const org = orgOf(asked);
  const { desk, orders, views } = ports;
  return give(ports, asked, { act: `calendar.${order}`, about: null, order: null }, (act) => {
    if (order === "observe") return orders.ofMode(act, desk.observed.on, true);
    if (order === "live") return orders.ofMode(act, desk.observed.off, false);
    const tenants = calendarSetup(views, org, desk).tenants.filter(({ status }) => status === "active");
    return orders.ofPeople(act, [
      { kind: "webex" },
      ...tenants.map(({ tenantId }) => ({ kind: "graph", tenantId }) as const),
    ]);
  });
};

const consentLink = (ports: HandlerPorts) => async (asked: Asked<"consentLink">) => {
  const { app, tenantId = null } = asked.body;
  const org = orgOf(asked);
  const returnTo = `${ownAddress(asked.request, ports)}/o/${org}/${returnPaths[app]}`;
  await note(ports, asked, { act: `consent.${app}`, about: tenantId });
  return { url: await ports.desk.consentLink({ org, app, tenantId, returnTo }) };
};

async function* linesOf(steps: AsyncIterable<TrialStep>): AsyncGenerator<string> {
  for await (const { name, isDone, code } of steps) yield `${JSON.stringify({ name, isDone, code })}\n`;
}

const tryMailbox = (ports: HandlerPorts) => async (asked: Asked<"tryMailbox">) => {
  const { tenant: tenantId } = asked.params;
  found(tenantSettings(ports.views.organisations, orgOf(asked), tenantId), "tenant");
  await note(ports, asked, { act: "tenants.try", about: tenantId });
  const trial = { tenantId, mailbox: asked.body.mailbox, signal: AbortSignal.timeout(trialMs) };
  return asked.reply
    .type("application/x-ndjson")
    .send(Readable.from(linesOf(ports.desk.tryMailbox(trial)), { objectMode: false }));
};

type SetUpHandlers = Pick<
  Handlers,
  "calendarSetup" | "orderCalendar" | "consentLink" | "tryMailbox" | "orderTenant" | "previewDetails"
>;

/** What the wizards ask for: tenants, consents, trials, and how calendars are to be. */
export const setUpHandlers = (ports: HandlerPorts): SetUpHandlers => ({
  calendarSetup: (asked) => calendarSetup(ports.views, orgOf(asked), ports.desk),
  orderCalendar: orderCalendar(ports),
  consentLink: consentLink(ports),
  tryMailbox: tryMailbox(ports),
  orderTenant: orderTenant(ports),
  previewDetails: ({ body }) => ({ previews: ports.desk.previewDetails(body) }),
});
