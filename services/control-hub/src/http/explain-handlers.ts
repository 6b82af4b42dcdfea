import { HttpFault } from "@hybrid/http-api";
import { instant } from "@hybrid/kernel";
import { readOwnRules } from "@hybrid/meeting-links";
import { settingsOf } from "../adapters/overview.ts";
import { rulesCsv, rulesInForce, rulesOfOrg } from "../adapters/rules.ts";
import { userDetail } from "../adapters/users.ts";
import type { Judging } from "../desk.ts";
import type { Asked, Handlers } from "./asked.ts";
import { csvNamed } from "./csv-reply.ts";
import { found, give, type HandlerPorts, note, type OfOrg, orgOf } from "./giving.ts";

/** Graph answers within this, or the person asks again. */
const patienceMs = 30_000;

/** What the organisation has said, of this tenant or of the first one that is in service. */
const judgingOf = (
  { views, clock }: HandlerPorts,
  asked: OfOrg,
  { tenantId, rules }: { readonly tenantId: string | null; readonly rules: string | null },
): Omit<Judging, "organizer"> => {
  const org = orgOf(asked);
  const { tenants } = settingsOf(views.organisations, org);
  const tenant =
    tenants.find((each) => each.tenantId === tenantId) ??
    tenants.find(({ status }) => status === "active") ??
    tenants[0];
  return {
    settings: tenant?.settings ?? null,
    rules: rules ?? rulesInForce(views.organisations, org).document,
    now: instant(clock.now()),
  };
};

const explainText = (ports: HandlerPorts) => (asked: Asked<"explainText">) => {
  const { text, organizer, rules } = asked.body;
  const by = { ...judgingOf(ports, asked, { tenantId: null, rules }), organizer };
  const explained = ports.desk.explainText(text, by);
  if (explained === null)
    throw new HttpFault(400, "noEvent", "It begins like JSON, and is no event as Graph gives it.");
  return explained;
};

const explainEvent = (ports: HandlerPorts) => async (asked: Asked<"explainEvent">) => {
  const { user: id } = asked.params;
  const { eventId, organizer } = asked.body;
  const user = found(await userDetail(ports.views, orgOf(asked), id), "user");
  await note(ports, asked, { act: "events.explain", about: id });
  const { tenantId, objectId } = user;
  const by = { ...judgingOf(ports, asked, { tenantId, rules: null }), organizer };
  const place = { tenantId, objectId, eventId, signal: AbortSignal.timeout(patienceMs) };
  return found(await ports.desk.explainEvent(place, by), "event");
};

const orderRules = (ports: HandlerPorts) => (asked: Asked<"orderRules">) => {
  const { body } = asked;
  const document = body.order === "set" ? body.document : null;
  const { faults } = readOwnRules(document);
  if (faults.length > 0)
    throw new HttpFault(400, "rulesUnusable", "Some rules cannot be used.", {
      faults: faults.slice(0, 100).map(({ at, message }) => ({ at, fault: message })),
    });
  const { version } = rulesInForce(ports.views.organisations, orgOf(asked));
  // The document would make the entry as long as itself.
  const given = { act: `rules.${body.order}`, about: null, order: null };
  // Looked at within: an order that comes again has changed the rules itself.
  return give(ports, asked, given, async (act) => {
    if (version !== body.version)
      throw new HttpFault(
        412,
        "changedMeanwhile",
        "The rules were changed meanwhile. Look again, then decide.",
      );
    await ports.orders.ofRules(act, document, body.version);
  });
};

type ExplainHandlers = Pick<Handlers, "explainText" | "explainEvent" | "rules" | "rulesCsv" | "orderRules">;

/** What would be done with an event or a text, and by which rules. */
export const explainHandlers = (ports: HandlerPorts): ExplainHandlers => ({
  explainText: explainText(ports),
  explainEvent: explainEvent(ports),
  rules: (asked) => rulesOfOrg(ports.views.organisations, orgOf(asked)),
  rulesCsv: (asked) => {
    csvNamed(asked.reply, `rules-${orgOf(asked)}`);
    return rulesCsv(ports.views.organisations, orgOf(asked));
  },
  orderRules: orderRules(ports),
});
