import { type AdminOutcome, adminOutcomes, type PersonDetails } from "@hybrid/contracts";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  DrivenDirectory,
  listed,
  objectId,
  otherTenantId,
  tenantId,
  webexClaim,
} from "./driven-directory.ts";

const webex = { kind: "webex" } as const;
const graph = { kind: "graph", tenantId } as const;
const enable = { kind: "toggleUser", enabled: true } as const;
const disable = { kind: "toggleUser", enabled: false } as const;
const remove = { kind: "removeUser" } as const;
const ada = "ada";

const withAda = (over: Partial<PersonDetails> = {}, enabled = true): DrivenDirectory => {
  const directory = new DrivenDirectory();
  directory.put(ada, listed(1, over), enabled);
  return directory;
};

const outcomesOf = ({ driver }: DrivenDirectory): readonly AdminOutcome[] =>
  driver.emitted
    .filter(({ topic }) => topic === adminOutcomes.name)
    .map(({ value }) => value as AdminOutcome);

test("a new enabled user is published once, whole, with version 1 and a first attempt generation", () => {
  expect(withAda({ mailAddress: "o'brien+x@acme.example" }).records(ada)).toEqual([
    {
      version: 1,
      removed: false,
      enabled: true,
      attemptGeneration: 1,
      ...listed(1, { mailAddress: "o'brien+x@acme.example" }),
      wanted: true,
      obstacles: [],
      webex: null,
    },
  ]);
});

test("a new user who is not enabled asks for no attempt", () => {
  expect(withAda({}, false).records(ada)).toMatchObject([{ enabled: false, attemptGeneration: 0 }]);
});

test("the same list again publishes nothing", () => {
  const directory = withAda({ connector: { resourceGroup: "pilot" } });
  directory.put(ada, listed(1, { connector: { resourceGroup: "pilot" } }));
  expect(directory.records(ada)).toHaveLength(1);
});

test.each([
  [{ mailAddress: "new@acme.example" }],
  [{ objectId: objectId(2) }],
  [{ tenantId: otherTenantId }],
  [{ tenantId: otherTenantId, objectId: objectId(2) }],
  [{ connector: { resourceGroup: null } }],
  [{ connector: { resourceGroup: "pilot" } }],
])("a change of %o is the next version and no new attempt", (over) => {
  const directory = withAda();
  directory.put(ada, listed(1, over));
  expect(directory.records(ada)).toHaveLength(2);
  expect(directory.records(ada)[1]).toMatchObject({
    version: 2,
    attemptGeneration: 1,
    enabled: true,
    removed: false,
    ...over,
  });
});

test("an import that enables asks for a new attempt, one that disables does not", () => {
  const directory = withAda();
  directory.put(ada, listed(1), false);
  directory.put(ada, listed(1), true);
  expect(directory.records(ada).slice(1)).toMatchObject([
    { version: 2, enabled: false, attemptGeneration: 1 },
    { version: 3, enabled: true, attemptGeneration: 2 },
  ]);
});

test("every toggle counts, but not switching off what is off", () => {
  const directory = withAda();
  for (const order of [enable, disable, disable]) directory.order(ada, order);
  expect(directory.records(ada).slice(1)).toMatchObject([
    { version: 2, enabled: true, attemptGeneration: 2 },
    { version: 3, enabled: false, attemptGeneration: 3 },
  ]);
});

test("a removed user gets a last record, ends, and starts with version 1 when put again", () => {
  const directory = withAda();
  directory.order(ada, remove);
  expect(directory.records(ada)[1]).toMatchObject({ version: 2, removed: true, enabled: false });
  expect(directory.driver.actors("acme/o/", null, 10)).toEqual([]);
  directory.put(ada, listed(1));
  expect(directory.records(ada)[2]).toMatchObject({ version: 1, removed: false });
});

test("orders about nobody change nothing, and their outcome says so", () => {
  const directory = new DrivenDirectory();
  directory.order("nobody", enable, { orderId: "1" });
  directory.order("nobody", remove, { orderId: "2" });
  expect(directory.users().size).toBe(0);
  expect(outcomesOf(directory)).toMatchObject([
    { orderId: "1", outcome: "unknownUser", version: 0 },
    { orderId: "2", outcome: "unknownUser", version: 0 },
  ]);
});

test("an order for another version changes nothing, and tells the version there is", () => {
  const directory = withAda();
  directory.order(ada, disable, { ifMatch: 7, orderId: "1" });
  directory.order(ada, disable, { ifMatch: 1, orderId: "2" });
  directory.order(ada, disable, { orderId: "3" });
  directory.order("bo", { kind: "putUser", person: listed(2), enabled: true }, { ifMatch: 0, orderId: "4" });
  expect(outcomesOf(directory)).toMatchObject([
    { orderId: "1", outcome: "versionConflict", version: 1 },
    { orderId: "2", outcome: "applied", version: 2 },
    { orderId: "3", outcome: "unchanged", version: 2 },
    { orderId: "4", outcome: "applied" },
  ]);
  expect(directory.users().get(ada)).toMatchObject({ enabled: false, version: 2 });
  expect(directory.users().get("bo")).toMatchObject({ enabled: true, version: 1 });
});

test("who has not signed in to Webex is wanted and not enabled; signing in enables, and asks for an attempt", () => {
  const directory = withAda();
  directory.syncAll({ webex: [webexClaim(1, { active: false })] }, [webex]);
  expect(directory.users().get(ada)).toMatchObject({
    wanted: true,
    enabled: false,
    attemptGeneration: 1,
    obstacles: ["notSignedIn"],
    webex: { active: false, messaging: true, linked: true },
  });
  directory.syncAll({ webex: [webexClaim(1)] }, [webex]);
  expect(directory.users().get(ada)).toMatchObject({ enabled: true, attemptGeneration: 2, obstacles: [] });
});

test("people of a source are users whom nobody has enabled yet; a toggle enables, and removal stays", () => {
  const directory = new DrivenDirectory();
  const sources = {
    webex: [webexClaim(1)],
    graph: new Map([[tenantId, [{ objectId: objectId(1), mailAddress: "user1@acme.example" }]]]),
  };
  directory.syncAll(sources, [webex, graph]);
  expect(directory.users().get(objectId(1))).toMatchObject({
    wanted: false,
    enabled: false,
    attemptGeneration: 0,
  });
  directory.order(objectId(1), enable);
  expect(directory.users().get(objectId(1))).toMatchObject({ enabled: true, attemptGeneration: 1 });
  directory.order(objectId(1), remove);
  directory.syncAll(sources, [graph, webex]);
  expect(directory.users().size).toBe(0);
  expect(directory.records(objectId(1)).at(-1)).toMatchObject({ removed: true });
});

test("an address renamed in Exchange is the same user's; Webex has to follow", () => {
  const directory = new DrivenDirectory();
  const mailbox = (mailAddress: string) => new Map([[tenantId, [{ objectId: objectId(1), mailAddress }]]]);
  directory.syncAll({ webex: [webexClaim(1)], graph: mailbox("user1@acme.example") }, [webex, graph]);
  directory.order(objectId(1), enable);
  directory.syncAll({ graph: mailbox("married@acme.example") }, [graph]);
  expect(directory.users().get(objectId(1))).toMatchObject({
    mailAddress: "married@acme.example",
    enabled: false,
    obstacles: ["addressDiffers"],
  });
  directory.syncAll({ webex: [webexClaim(1, { mailAddress: "Married@ACME.example" })] }, [webex]);
  expect(directory.users().get(objectId(1))).toMatchObject({ enabled: true, obstacles: [] });
});

test("a user whose address a workspace has is refused, and both are reported, until one gives it up", () => {
  const directory = withAda();
  const room = { workspaceId: "c0000000-0000-4000-8000-000000000009", mailAddress: "USER1@acme.example" };
  directory.syncAll({ workspaces: [room] }, [webex]);
  expect(directory.users().get(ada)).toMatchObject({
    enabled: false,
    obstacles: ["addressTakenByWorkspace"],
  });
  expect(directory.codes()).toEqual({
    [`object-${objectId(1)}`]: ["addressTakenByWorkspace"],
    [`workspace-${room.workspaceId}`]: ["addressTakenByUser"],
  });
  directory.syncAll({ workspaces: [{ ...room, mailAddress: "room@acme.example" }] }, [webex]);
  expect(directory.users().get(ada)).toMatchObject({ enabled: true, obstacles: [] });
  expect(directory.codes()).toEqual({});
});

test("of two with one address the one whom Exchange knows has it; of two equal ones neither", () => {
  const directory = withAda();
  directory.put("bo", listed(2, { mailAddress: "User1@acme.example" }));
  expect([...directory.users().values()].map(({ obstacles }) => obstacles)).toEqual([
    ["addressTakenByUser"],
    ["addressTakenByUser"],
  ]);
  directory.syncAll(
    { graph: new Map([[tenantId, [{ objectId: objectId(2), mailAddress: "user1@acme.example" }]]]) },
    [graph],
  );
  expect(directory.users().get("bo")).toMatchObject({ enabled: true, obstacles: [] });
  expect(directory.users().get(ada)).toMatchObject({ enabled: false, obstacles: ["addressTakenByUser"] });
});

test("the tenant of a person at Webex is that of the verified domain, and moves with it", () => {
  const directory = new DrivenDirectory();
  const domains = (tenant: string) =>
    new Map([
      [tenantId, tenant === tenantId ? ["acme.example"] : []],
      [otherTenantId, tenant === otherTenantId ? ["acme.example"] : []],
    ]);
  const other = { kind: "graph", tenantId: otherTenantId } as const;
  directory.syncAll({ webex: [webexClaim(1)] }, [webex]);
  expect(directory.codes()).toEqual({ [`object-${objectId(1)}`]: ["tenantUnknown"] });
  directory.syncAll({ domains: domains(tenantId) }, [graph, other]);
  expect(directory.users().get(objectId(1))).toMatchObject({ tenantId });
  directory.syncAll({ domains: domains(otherTenantId) }, [graph, other]);
  expect(directory.users().get(objectId(1))).toMatchObject({ tenantId: otherTenantId });
});

test("property: versions grow by one, attempts never fall, nothing is published twice", () => {
  const anyCommand = fc.oneof(
    fc.record({
      kind: fc.constant("putUser" as const),
      enabled: fc.boolean(),
      person: fc.record({
        objectId: fc.constantFrom(objectId(1), objectId(2)),
        tenantId: fc.constant(tenantId),
        mailAddress: fc.constantFrom("a@acme.example", "b@acme.example"),
        connector: fc.constantFrom(null, { resourceGroup: null }, { resourceGroup: "pilot" }),
      }),
    }),
    fc.constantFrom(enable, disable, remove),
  );
  fc.assert(
    fc.property(fc.array(anyCommand), (commands) => {
      const directory = new DrivenDirectory();
      for (const command of commands) directory.order(ada, command);
      const records = directory.records(ada);
      for (const [at, record] of records.entries()) {
        const previous = records[at - 1];
        const before = previous?.removed ? undefined : previous;
        expect(record.version).toBe((before?.version ?? 0) + 1);
        expect(record.attemptGeneration).toBeGreaterThanOrEqual(before?.attemptGeneration ?? 0);
        expect({ ...record, version: 0 }).not.toEqual({ ...before, version: 0 });
      }
    }),
    { numRuns: 40 },
  );
});
