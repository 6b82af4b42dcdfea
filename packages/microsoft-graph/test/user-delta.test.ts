import { afterEach, expect, test } from "vitest";
import { anna, bert, clientId, openWorld, patient, tenantId, type World } from "./world.ts";

let world: World | undefined;
afterEach(() => world?.close());

const signal = patient();

test("users come page by page, and the next round tells who changed and who is gone", async () => {
  world = await openWorld();
  const { graph, simulator } = world;
  const first = await graph.users.delta({ tenantId, link: null, pageSize: 1, signal });
  expect(first).toMatchObject({ users: [{ id: anna, userType: "Member" }], removed: [], unusable: 0 });
  expect(first.next.kind).toBe("page");
  const second = await graph.users.delta({ tenantId, link: first.next.link, pageSize: 1, signal });
  expect(second.users.map(({ id }) => id)).toEqual([bert]);
  expect(second.next.kind).toBe("round");
  simulator.deleteUser(bert);
  const changes = await graph.users.delta({ tenantId, link: second.next.link, pageSize: 10, signal });
  expect(changes).toMatchObject({ users: [], removed: [bert], next: { kind: "round" } });
});

test("a link that Graph does not know is lost state, one that leads away is not followed", async () => {
  world = await openWorld();
  const { graph, simulator } = world;
  const lost = `${simulator.baseUrl}/v1.0/users/delta?$deltatoken=older`;
  const order = { tenantId, pageSize: 10, signal };
  await expect(graph.users.delta({ ...order, link: lost })).rejects.toMatchObject({ code: "syncStateLost" });
  const away = "https://elsewhere.example/v1.0/users/delta";
  await expect(graph.users.delta({ ...order, link: away })).rejects.toMatchObject({ code: "invalidRequest" });
});

test("verified domains need the permission, and come in small letters", async () => {
  world = await openWorld();
  const { graph, simulator } = world;
  await expect(graph.tenants.listVerifiedDomains({ tenantId, signal })).rejects.toMatchObject({
    status: 403,
  });
  simulator.grantConsent(tenantId, clientId, ["Domain.Read.All"]);
  const fresh = await world.connect();
  expect(await fresh.tenants.listVerifiedDomains({ tenantId, signal })).toEqual([
    `t${tenantId.slice(0, 8)}.onmicrosoft.com`,
  ]);
});
