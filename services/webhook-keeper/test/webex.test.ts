import { openWebhookAddress, webhookSecretOf } from "@hybrid/contracts";
import { actorIdOf, minutes, plus } from "@hybrid/kernel";
import { VirtualClock } from "@hybrid/kernel/testing";
import { createWebexClient, type Webhook } from "@hybrid/webex";
import { startWebexSimulator } from "@hybrid/webex-simulator";
import { generate } from "selfsigned";
import { expect, onTestFinished, test } from "vitest";
import { keeperHandlers } from "../src/adapters/handlers.ts";
import type { Input } from "../src/domain/state.ts";

const acme = actorIdOf("acme/o");
const key = new Uint8Array(32).fill(1);
const signal = new AbortController().signal;

const open = async () => {
  const { private: privateKey, cert } = await generate([{ name: "commonName", value: "localhost" }], {
    keyType: "ec",
    algorithm: "sha256",
    extensions: [
      { name: "basicConstraints", cA: true },
      { name: "subjectAltName", altNames: [{ type: 2, value: "localhost" }] },
    ],
  });
  const clock = new VirtualClock();
  const scopes = ["events", "messages", "rooms", "memberships", "webhooks"].flatMap((name) => [
    `spark-compliance:${name}_read`,
    `spark-compliance:${name}_write`,
  ]);
  const webex = await startWebexSimulator({
    tls: { key: privateKey, cert },
    clock,
    accessTokens: [
      { token: "officer", orgId: "acme", defaultSite: "a", person: "officer@acme.example", scopes },
    ],
  });
  onTestFinished(() => webex.close());
  const [officer, nora] = ["officer", "nora"].map((name) =>
    webex.addPerson({ orgId: "acme", email: `${name}@acme.example`, displayName: name, sites: [] }),
  );
  if (!officer || !nora) throw new Error("both are there");
  const client = createWebexClient({
    baseUrl: webex.url,
    ca: cert,
    accessToken: async () => "officer",
    scheduler: clock,
    random: () => 0.5,
  });
  onTestFinished(() => client.close());
  const handlers = keeperHandlers({
    webex: client,
    clock,
    baseUrl: "https://localhost:1/webex/webhooks",
    key,
    ownedBy: "org",
  });
  const context = { callId: "c", actor: acme, signal, deadlineAt: clock.now(), actors: () => [] };
  const look = async (memory = {}, isWanted = true) => {
    const outcome = await handlers.keepWebhooks({ kind: "keepWebhooks", look: 1, isWanted, memory }, context);
    if (outcome.kind !== "webhooksKept") throw new Error("a look ends with what was kept");
    return outcome;
  };
  const list = async () => {
    const found: Webhook[] = [];
    for await (const { items } of client.listWebhooks({}, signal)) found.push(...items);
    return found;
  };
  return { webex, clock, handlers, context, look, list, nora };
};

test("webhooks carry a signed address and its secret; with the last tenant they go", async () => {
  const { look, list } = await open();
  await look();
  const hooks = await list();
  expect(hooks.map(({ name, ownedBy }) => [name, ownedBy])).toEqual([
    ["hybrid-services acme/o messages", "org"],
    ["hybrid-services acme/o memberships", "creator"],
    ["hybrid-services acme/o rooms", "org"],
  ]);
  for (const { targetUrl } of hooks)
    expect(openWebhookAddress(targetUrl.split("/").at(-1) ?? "", [key])).toBe(acme);
  expect(JSON.stringify(hooks)).not.toContain(webhookSecretOf(acme, key));
  await look({}, false);
  expect(await list()).toEqual([]);
});

test("a webhook that a hundred failures disabled delivers again after five minutes, and nothing is lost", async () => {
  const { webex, clock, look, list, nora, handlers, context } = await open();
  const first = await look();
  const room = webex.spaces.createRoom(nora, "Press");
  clock.advanceBy(1_000);
  for (let count = 0; count < 130; count++) {
    webex.spaces.post(nora, room, { text: String(count) });
    // Ties: three of one millisecond.
    if (count % 3 === 2) clock.advanceBy(1);
  }
  await webex.deliveriesSettled();
  expect((await list()).map(({ status }) => status)).toEqual(["inactive", "active", "active"]);
  const seen = await look(first.memory);
  expect(seen.waiting).toHaveLength(1);
  clock.advanceBy(minutes(5));
  const { repaired } = await look(seen.memory);
  expect(repaired).toEqual([
    { resource: "messages", missedSince: first.memory["hybrid-services acme/o messages"]?.goodAt },
  ]);
  expect((await list()).map(({ status }) => status)).toEqual(["active", "active", "active"]);
  const told: string[] = [];
  let place: Extract<Input, { kind: "missedRead" }>["place"] = null;
  const from = repaired[0]?.missedSince ?? clock.now();
  const to = plus(clock.now(), -minutes(1));
  do {
    const stretch = { resource: "messages", from, to, place };
    const outcome = await handlers.readMissed({ kind: "readMissed", stretch }, context);
    if (outcome.kind !== "missedRead") throw new Error("reading ends with what was missed");
    expect(JSON.stringify(outcome).length).toBeLessThan(65_536);
    expect(JSON.stringify(outcome)).not.toContain("nora@");
    told.push(...outcome.hints.map(({ hint }) => hint.itemId));
    expect(outcome.hints.every(({ roomUuid }) => roomUuid === room.uuid)).toBe(true);
    place = outcome.place;
  } while (place !== null);
  expect([told.length, new Set(told).size]).toEqual([130, 130]);
});
