import { expect, test } from "vitest";
import { objectIdIn, refusalOf } from "#domain/eligibility";
import { confirmable, type Findings, judgePrerequisites, prerequisiteNames } from "#domain/prerequisites";
import { groupPermissions, permissionNote } from "#texts/permissions";
import { prerequisiteTexts } from "#texts/prerequisites";

const confirmed = {
  messagingEntitlement: "yes",
  microsoftContent: "yes",
  linkedFolders: "yes",
  tenantName: "Acme.example",
};

const all: Findings = {
  consent: "ok",
  granted: groupPermissions.map(({ permission }) => permission),
  tenant: { services: ["exchange", "sharepoint"], domains: ["acme.example"] },
  judgesNames: true,
  users: { seen: 4, linked: 4, notActive: 0, withoutId: 0 },
  linkedUserFound: true,
  isGlobalInstance: true,
  confirmed,
};

const stateOf = (name: string, change: Partial<Findings>) =>
  judgePrerequisites({ ...all, ...change }).find((check) => check.name === name);

test("the list has every point in its order, each met when its facts are there", () => {
  const list = judgePrerequisites(all);
  expect(list.map(({ name }) => name)).toEqual(prerequisiteNames);
  expect(new Set(list.map(({ state }) => state))).toEqual(new Set(["met"]));
  expect(stateOf("globalAdministrator", { consent: "consentRevoked" })).toMatchObject({
    state: "missing",
    found: "consentRevoked",
  });
});

test("a half-given consent names what it lacks; a wider permission holds a narrower one", () => {
  const granted = ["Directory.Read.All", "Files.ReadWrite.All"];
  expect(stateOf("globalAdministrator", { granted })).toEqual({
    name: "globalAdministrator",
    state: "missing",
    found: "lacks Group.ReadWrite.All",
  });
  expect(stateOf("globalAdministrator", { granted: ["Group.ReadWrite.All", "User.Read.All"] })).toMatchObject(
    { state: "met", found: "lacks Files.ReadWrite.All, Organization.Read.All" },
  );
});

test("a tenant without Exchange or SharePoint lacks the groups feature", () => {
  const tenant = { services: ["exchange"], domains: [] };
  expect(stateOf("groupsFeature", { tenant })).toMatchObject({ state: "missing", found: "sharepoint" });
  expect(stateOf("groupsFeature", { judgesNames: null })).toMatchObject({ state: "unknown" });
});

test("a linked user who is not in the tenant shows that users are missing there", () => {
  expect(stateOf("usersInEntra", { linkedUserFound: false })).toMatchObject({ state: "missing" });
  expect(stateOf("usersInEntra", { linkedUserFound: null })).toMatchObject({ state: "unknown" });
});

test("an account that may not list users is no full administrator's", () => {
  expect(stateOf("fullAdministrator", { users: null })).toMatchObject({ state: "missing" });
  expect(stateOf("externalIds", { users: null })).toMatchObject({ state: "unknown" });
});

test.each(confirmable)("what no interface tells is missing until it is confirmed: %s", (name) => {
  expect(stateOf(name, { confirmed: {} })).toMatchObject({ state: "missing" });
  expect(stateOf(name, {})).toMatchObject({ state: "met" });
});

test("a tenant name counts when it is a verified domain of the tenant", () => {
  const wrong = { ...confirmed, tenantName: "other.example" };
  expect(stateOf("tenantName", { confirmed: wrong })).toMatchObject({
    state: "missing",
    found: "other.example",
  });
});

test("another cloud than the Global instance is missing", () => {
  expect(stateOf("globalInstance", { isGlobalInstance: false })).toMatchObject({ state: "missing" });
});

test("users who are not linked are counted and listed with the reason", () => {
  const users = { seen: 5, linked: 2, notActive: 1, withoutId: 2 };
  expect(stateOf("usersSynchronised", { users })).toMatchObject({ state: "met", found: "2/5" });
  expect(stateOf("usersActive", { users })).toMatchObject({ state: "missing", found: "4/5" });
  expect(stateOf("externalIds", { users })).toMatchObject({ state: "missing", found: "3/5" });
  const account = (externalId: string | null, isActive: boolean) =>
    refusalOf({ isGuest: null, webex: { isActive, externalId }, personOrgUuid: null, ownOrgUuid: "o" });
  expect(account(null, true)).toBe("noExternalId");
  expect(account("66666666-6666-4666-8666-666666666666", false)).toBe("notActive");
});

test("an external id counts by the GUID at its end, whatever words stand before it", () => {
  const id = "66666666-6666-4666-8666-66666666666A";
  expect(objectIdIn(id)).toBe(id.toLowerCase());
  expect(objectIdIn(`OID: ${id} `)).toBe(id.toLowerCase());
  for (const none of [null, undefined, "", "anna", `${id} behind`]) expect(objectIdIn(none)).toBeNull();
});

test("every point has a title, what to do and where, in English and in Swedish", () => {
  for (const name of prerequisiteNames) {
    const { en, sv } = prerequisiteTexts[name];
    for (const text of [en, sv]) {
      expect([name, text.title.length > 10, text.todo.endsWith("."), text.where.length > 5]).toEqual([
        name,
        true,
        true,
        true,
      ]);
    }
    expect([name, en.title === sv.title]).toEqual([name, false]);
  }
});

test("permissions have a note and a reason each, in English and in Swedish", () => {
  expect(groupPermissions.map(({ permission }) => permission)).toEqual([
    "Group.ReadWrite.All",
    "User.Read.All",
    "Files.ReadWrite.All",
    "Organization.Read.All",
  ]);
  for (const { reason } of groupPermissions) expect([reason.en.at(-1), reason.sv.at(-1)]).toEqual([".", "."]);
  expect(permissionNote.sv).toMatch(/^En global administratör/);
});
