import { permissions } from "@hybrid/consent";
import { groupPermissions } from "@hybrid/group-provisioner";
import { expect, test } from "vitest";

test("what the registration for groups asks for is what the groups' own page says", () => {
  const asked = permissions.groups.filter(({ kind }) => kind === "application").map(({ name }) => name);
  expect([...asked].sort()).toEqual(groupPermissions.map(({ permission }) => permission).sort());
});
