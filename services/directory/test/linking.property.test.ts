import type { PeopleSource } from "@hybrid/contracts";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { GraphUserFacts } from "../src/domain/inputs.ts";
import type { ListClaim, WebexClaim } from "../src/domain/link.ts";
import { type AllClaims, linkAll } from "../src/domain/link-all.ts";
import {
  DrivenDirectory,
  objectId,
  otherTenantId,
  personId,
  type Sources,
  tenantId,
  workspaceId,
} from "./driven-directory.ts";

// Few names, so that they meet: the same object in two tenants, one address for three, a list that is wrong.

const anyAddress = fc.constantFrom(
  "ada@acme.example",
  "ADA@ACME.example",
  "o'brien@acme.example",
  "bo+tag@bücher.example",
  "bo+tag@xn--bcher-kva.example",
  "cy@other.example",
  "room@acme.example",
);
const anyTenant = fc.constantFrom(tenantId, otherTenantId);
const few = fc.integer({ min: 1, max: 4 });

const anyWebex: fc.Arbitrary<WebexClaim> = fc.record({
  personId: few.map(personId),
  mailAddress: anyAddress,
  externalId: fc.oneof(
    few.map(objectId),
    few.map((each) => `User_${objectId(each).toUpperCase()}`),
    fc.constantFrom(null, "", "none", "12345"),
  ),
  active: fc.boolean(),
  loginAllowed: fc.boolean(),
  messaging: fc.constantFrom(true, false, null),
});

const uniquely = <Item>(item: fc.Arbitrary<Item>, key: (item: Item) => string) =>
  fc.uniqueArray(item, { selector: key, maxLength: 5 });

const anyWorld = fc.record({
  graph: uniquely(
    fc.record({ tenantId: anyTenant, objectId: few.map(objectId), mailAddress: fc.option(anyAddress) }),
    (each) => `${each.tenantId} ${each.objectId}`,
  ),
  lists: uniquely(
    fc.record({
      userId: fc.constantFrom("ada", "bo", "cy"),
      objectId: few.map(objectId),
      tenantId: anyTenant,
      mailAddress: anyAddress,
      connector: fc.constantFrom(null, { resourceGroup: "pilot" }),
    }),
    ({ userId }) => userId,
  ),
  webex: uniquely(anyWebex, (each) => each.personId),
  workspaces: uniquely(
    fc.record({ workspaceId: few.map(workspaceId), mailAddress: anyAddress }),
    (each) => each.workspaceId,
  ),
  domains: fc.record({
    "acme.example": fc.subarray([tenantId, otherTenantId]),
    "xn--bcher-kva.example": fc.subarray([tenantId, otherTenantId]),
  }),
});

type World = AllClaims & { readonly lists: readonly (ListClaim & { readonly objectId: string })[] };

const sourcesOf = ({ graph, webex, workspaces, domains }: World): Sources => {
  const tenants = [tenantId, otherTenantId];
  const facts = (tenant: string): GraphUserFacts[] =>
    graph
      .filter((each) => each.tenantId === tenant)
      .map(({ objectId: id, mailAddress }) => ({ objectId: id, mailAddress }));
  const verified = (tenant: string): string[] =>
    Object.keys(domains)
      .filter((domain) => domains[domain]?.includes(tenant))
      .sort();
  return {
    graph: new Map(tenants.map((tenant) => [tenant, facts(tenant)])),
    domains: new Map(tenants.map((tenant) => [tenant, verified(tenant)])),
    webex,
    workspaces,
  };
};

type Turn = PeopleSource | { readonly kind: "list" };

const turns: readonly Turn[] = [
  { kind: "list" },
  { kind: "webex" },
  { kind: "graph", tenantId },
  { kind: "graph", tenantId: otherTenantId },
];

const anyOrder = fc.shuffledSubarray([...turns], { minLength: turns.length });

const tell = (directory: DrivenDirectory, world: World, order: readonly Turn[], pageSize: number): void => {
  for (const turn of order)
    if (turn.kind === "list") {
      for (const { userId, ...person } of world.lists) directory.put(userId, person);
    } else directory.syncAll(sourcesOf(world), [turn], pageSize);
};

/** What the world makes of users, by the reference that links everything at once. */
const expected = (world: World) => {
  const { objects, people, clashing } = linkAll(world);
  const users = [...objects].flatMap(([, { userId, person }]) => (person ? [[userId, person] as const] : []));
  return {
    users: Object.fromEntries(users),
    codes: Object.fromEntries([
      ...[...objects].flatMap(([id, { findings }]) =>
        findings.length > 0 ? [[`object-${id}`, findings] as const] : [],
      ),
      ...[...people].map(([id, codes]) => [`webex-${id}`, codes] as const),
      ...clashing.map((id) => [`workspace-${id}`, ["addressTakenByUser"]] as const),
    ]),
  };
};

const found = (directory: DrivenDirectory) => ({
  users: Object.fromEntries(
    [...directory.users()].map(([userId, entry]) => {
      const { tenantId: tenant, objectId: id, mailAddress, connector, webex, obstacles } = entry;
      return [userId, { tenantId: tenant, objectId: id, mailAddress, connector, webex, obstacles }];
    }),
  ),
  codes: directory.codes(),
});

test("property: whatever the order of the sources, the directory comes to the same, and again to nothing new", () => {
  fc.assert(
    fc.property(
      anyWorld,
      anyOrder,
      anyOrder,
      fc.integer({ min: 1, max: 4 }),
      (world, one, other, pageSize) => {
        const [first, second] = [new DrivenDirectory(), new DrivenDirectory()];
        tell(first, world, one, pageSize);
        tell(second, world, other, 100);
        expect(found(first)).toEqual(expected(world));
        expect(found(second)).toEqual(expected(world));
        first.news();
        tell(
          first,
          world,
          other.filter(({ kind }) => kind !== "list"),
          pageSize,
        );
        expect(first.news()).toBe(0);
      },
    ),
    { numRuns: 30 },
  );
});

test("property: from any world to any other, nothing of the former is left", () => {
  fc.assert(
    fc.property(anyWorld, anyWorld, anyOrder, (before, after, order) => {
      const directory = new DrivenDirectory();
      tell(directory, before, order, 3);
      for (const { userId } of before.lists) directory.order(userId, { kind: "removeUser" });
      // Somebody must be missing from two rounds of Webex.
      for (let round = 0; round < 2; round++) tell(directory, after, order, 3);
      const lists = new Set<string>(after.lists.map(({ userId }) => userId));
      const { users, codes } = expected(after);
      expect(directory.codes()).toEqual(codes);
      const visible = Object.keys(found(directory).users).sort();
      const dismissed = new Set(
        before.lists.map(({ userId }): string => userId).filter((userId) => !lists.has(userId)),
      );
      expect(visible).toEqual(
        Object.keys(users)
          .filter((userId) => !dismissed.has(userId))
          .sort(),
      );
    }),
    { numRuns: 30 },
  );
});
