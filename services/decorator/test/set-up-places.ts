import { defaultJoinSettings, type JoinSettings } from "@hybrid/contracts";
import { actorIdOf, type CallContext, minutes, plus } from "@hybrid/kernel";
import { compileRules, readOwnRules } from "@hybrid/meeting-links";
import type { Call } from "#domain/mailbox-state";
import { decoratorHandlers } from "../src/adapters/handlers.ts";
import type { EventModel } from "../src/adapters/ports.ts";
import { FakeMailbox, FakeWebex, SetClock } from "./fake-mailbox.ts";
import { monday, settings } from "./invitations.ts";

type Order = Extract<Call, { readonly kind: "decorateEvent" }>;

const context: CallContext = {
  callId: "acme/u-1/1/0",
  actor: actorIdOf("acme/u-1"),
  signal: new AbortController().signal,
  deadlineAt: plus(monday, 30_000),
  actors: () => [],
};

/** A mailbox, Webex and the handler between them, with what the organisation wants. */
export const setUp = (join: Partial<JoinSettings> = {}, ownRules: unknown = null) => {
  const mailbox = new FakeMailbox();
  const webex = new FakeWebex();
  const clock = new SetClock();
  const cache = { keepMs: minutes(10), entriesMax: 100 };
  const compiled = ownRules === null ? null : compileRules(readOwnRules(JSON.stringify(ownRules)).book);
  const ownRulesOf = async () => compiled;
  const handlers = decoratorHandlers({
    events: mailbox,
    mailboxes: mailbox,
    webex,
    clock,
    ownRulesOf,
    cache,
  });
  const whose = {
    tenantId: "t",
    objectId: "o",
    mailAddress: "anna@acme.example",
    settings: { ...settings, join: { ...defaultJoinSettings, ...join } },
  };
  const decorate = (eventId = "e1", more: Partial<Order> = {}): Promise<any> =>
    handlers.decorateEvent(
      { kind: "decorateEvent", mailbox: whose, eventId, ...more },
      context,
    ) as Promise<any>;
  return { mailbox, webex, clock, decorate, content: (id = "e1") => mailbox.events.get(id)!.body.content };
};

/** An event at a place. */
export const at = (displayName: string): Partial<EventModel> => ({ location: { displayName } });
