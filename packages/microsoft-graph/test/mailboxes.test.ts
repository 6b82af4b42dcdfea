import { type MailboxState } from "@hybrid/graph-simulator";
import { days, plus } from "@hybrid/kernel";
import { afterEach, expect, test } from "vitest";
import {
  anna,
  bert,
  clientState,
  failureOf,
  openWorld,
  passing,
  patient,
  tenantId,
  type World,
} from "./world.ts";

let world: World;
afterEach(async () => await world.close());

const user = () => ({ tenantId, userObjectId: anna, signal: patient() });

test("a mailbox's language, zone and automatic replies are read", async () => {
  world = await openWorld();
  world.simulator.setAutomaticReplies(anna, {
    status: "scheduled",
    externalAudience: "contactsOnly",
    scheduledStartAt: plus(world.clock.now(), days(1)),
    scheduledEndAt: plus(world.clock.now(), days(8)),
  });
  const settings = await world.graph.mailboxes.getSettings(user());
  expect(settings).toMatchObject({
    locale: "sv-SE",
    timeZone: "W. Europe Standard Time",
    userPurpose: "user",
  });
  expect(settings.automaticReplies).toMatchObject({ status: "scheduled", externalAudience: "contactsOnly" });
  expect(settings.automaticReplies!.scheduledStart!.dateTime).toMatch(/^2026-01-06T08:00:00/);
  expect(settings.automaticReplies!.scheduledEnd!.timeZone).toBe("UTC");
  expect(await world.graph.mailboxes.probe({ ...user(), userObjectId: bert })).toEqual({
    userPurpose: "user",
  });
});

test.each<[MailboxState, string, boolean]>([
  ["onPremises", "mailboxMissing", false],
  ["unlicensed", "mailboxMissing", false],
  ["softDeleted", "mailboxMissing", false],
  ["outOfScope", "outOfScope", false],
  ["moving", "unavailable", true],
])(
  "a mailbox that is %s is %s to every call, however often it is asked",
  async (annaState, code, retryable) => {
    world = await openWorld({ annaState });
    for (let asked = 0; asked < 6; asked++) {
      const probe = failureOf(world.graph.mailboxes.probe(user()));
      expect(await passing(world.clock, 2_000, probe)).toMatchObject({ code, retryable });
    }
    const create = failureOf(
      world.graph.subscriptions.create({
        ...user(),
        notificationUrl: world.endpoint.url,
        lifecycleNotificationUrl: world.endpoint.url,
        clientState,
      }),
    );
    expect(await passing(world.clock, 2_000, create)).toMatchObject({ code, retryable });
  },
);

test("mailboxes on the move do not open the tenant's breaker", async () => {
  world = await openWorld({ annaState: "moving", graph: { limits: { quickAttemptsMax: 1 } } });
  for (let asked = 0; asked < 30; asked++)
    expect(await failureOf(world.graph.mailboxes.probe(user()))).toMatchObject({ code: "unavailable" });
  expect(await world.graph.mailboxes.probe({ ...user(), userObjectId: bert })).toEqual({
    userPurpose: "user",
  });
});

test("a deleted user is userNotFound, a name instead of an object id never leaves", async () => {
  world = await openWorld();
  world.simulator.deleteUser(anna);
  expect(await failureOf(world.graph.mailboxes.probe(user()))).toMatchObject({
    code: "userNotFound",
    status: 404,
  });
  const before = world.simulator.metrics.requests.length;
  const named = { ...user(), userObjectId: "anna@acme.example" };
  expect(await failureOf(world.graph.mailboxes.probe(named))).toMatchObject({ code: "invalidRequest" });
  expect(world.simulator.metrics.requests).toHaveLength(before);
});
