import { minutes } from "@hybrid/kernel";
import { afterEach, expect, test } from "vitest";
import type { SharedToken, SharedTokens, TokenOwner } from "../src/index.ts";
import {
  anna,
  clientId,
  failureOf,
  openWorld,
  otherTenantId,
  patient,
  tenantId,
  type World,
} from "./world.ts";

let world: World;
afterEach(async () => await world.close());

const user = () => ({ tenantId, userObjectId: anna, signal: patient() });
const asked = () =>
  world.simulator.metrics.countRequests({ method: "POST", route: "/:tenant/oauth2/v2.0/token" });

/** What a fleet shares, in memory: one worker at a time, each text for as long as the test says. */
class Shelf implements SharedTokens {
  readonly kept = new Map<string, SharedToken>();
  isAway = false;
  #turn: Promise<unknown> = Promise.resolve();

  exclusively<Result>(_: TokenOwner, work: () => Promise<Result>): Promise<Result> {
    const mine = this.#turn.then(work);
    this.#turn = mine.catch(() => undefined);
    return mine;
  }

  load(owner: TokenOwner): Promise<SharedToken | null> {
    return Promise.resolve(this.isAway ? null : (this.kept.get(JSON.stringify(owner)) ?? null));
  }

  async save(owner: TokenOwner, token: SharedToken): Promise<void> {
    if (!this.isAway) this.kept.set(JSON.stringify(owner), token);
  }

  age(ms: number): void {
    for (const [name, { text, leftMs }] of this.kept) this.kept.set(name, { text, leftMs: leftMs - ms });
  }
}

const openFleet = async () => {
  const shelf = new Shelf();
  world = await openWorld({ graph: { sharedTokens: shelf } });
  return { shelf, first: world.graph, second: await world.connect({ sharedTokens: shelf }) };
};

test("two workers that begin at once ask for a tenant's token once", async () => {
  const { shelf, first, second } = await openFleet();
  await Promise.all([first, second].map((graph) => graph.mailboxes.probe(user())));
  expect(asked()).toBe(1);
  expect([...shelf.kept.keys()]).toEqual([JSON.stringify({ clientId, tenantId })]);
  // What was taken from the shelf was no request.
  expect(world.reports.filter(({ operation }) => operation === "token")).toHaveLength(1);
});

test("another tenant has a partition of its own", async () => {
  const { shelf, first } = await openFleet();
  world.simulator.addTenant({ tenantId: otherTenantId, displayName: "Other", consentedApps: [clientId] });
  const cara = "66666666-6666-4666-8666-666666666666";
  const [mail, displayName] = ["cara@other.example", "cara"];
  world.simulator.addMailbox({
    tenantId: otherTenantId,
    userId: cara,
    userPrincipalName: mail,
    mail,
    displayName,
  });
  await first.mailboxes.probe(user());
  await first.mailboxes.probe({ tenantId: otherTenantId, userObjectId: cara, signal: patient() });
  expect(shelf.kept.size).toBe(2);
});

test("a token that is to be replaced soon is not taken: its next one is asked for once", async () => {
  const { shelf, first, second } = await openFleet();
  await first.mailboxes.probe(user());
  shelf.age(minutes(56));
  world.clock.advanceBy(minutes(56));
  await Promise.all([first, second].map((graph) => graph.mailboxes.probe(user())));
  expect(asked()).toBe(2);
});

test("a token that Graph refuses is replaced once for all workers, and a new consent is heard at once", async () => {
  const { first, second } = await openFleet();
  await Promise.all([first, second].map((graph) => graph.mailboxes.probe(user())));
  world.simulator.revokeConsent(tenantId, clientId);
  expect(await failureOf(first.mailboxes.probe(user()))).toMatchObject({ code: "consentRevoked" });
  world.simulator.grantConsent(tenantId, clientId);
  const before = asked();
  await first.mailboxes.probe(user());
  await second.mailboxes.probe(user());
  expect(asked()).toBe(before + 1);
});

test("without what is shared each worker asks itself, and no call fails", async () => {
  const { shelf, first, second } = await openFleet();
  shelf.isAway = true;
  await Promise.all([first, second].map((graph) => graph.mailboxes.probe(user())));
  expect(asked()).toBe(2);
});
