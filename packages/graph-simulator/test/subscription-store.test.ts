import { expect, test } from "vitest";
import { Agenda } from "../src/agenda.ts";
import { createDice } from "../src/dice.ts";
import { GraphFault } from "../src/http/graph-fault.ts";
import { Subscriptions } from "../src/notifications/subscriptions.ts";
import { alphaId, noon, TestClock, tenantId } from "./world.ts";

test("a mailbox takes a thousand subscriptions across all applications, then 403", () => {
  const clock = new TestClock();
  const events = {
    changed: () => undefined,
    directoryChanged: () => undefined,
    lifecycle: () => undefined,
  };
  const target = { about: "events", userId: alphaId } as const;
  const store = new Subscriptions(
    { clock, agenda: new Agenda(clock), dice: createDice(1) },
    events,
    undefined,
  );
  const given = {
    changeType: "updated",
    notificationUrl: "https://localhost/n",
    resource: `users/${alphaId}/events`,
    expirationDateTime: noon + 3_600_000,
  };
  for (let app = 0; app < 1_000; app++) {
    const owner = { clientId: `app ${app}`, tenantId };
    store.checkRoom(owner, target, given);
    store.add(owner, target, given, false);
  }
  const oneMore = () => store.checkRoom({ clientId: "one more", tenantId }, target, given);
  expect(oneMore).toThrowError(GraphFault);
  expect(oneMore).toThrowError(/limit of 1000 subscriptions/);
});
