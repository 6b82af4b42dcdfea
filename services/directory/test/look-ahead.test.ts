import { expect, test } from "vitest";
import { lookAhead } from "../src/domain/look-ahead.ts";
import { DrivenDirectory, listed, objectId, tenantId, webexClaim } from "./driven-directory.ts";

const webex = { kind: "webex" } as const;
const graph = { kind: "graph", tenantId } as const;

const claimsOf = (numbers: readonly number[]) => ({
  graph: numbers.map((each) => ({
    objectId: objectId(each),
    tenantId,
    mailAddress: `user${each}@acme.example`,
  })),
  webex: numbers.map((each) => webexClaim(each)),
  workspaces: [],
  domains: {},
});

const synchronised = (numbers: readonly number[]): DrivenDirectory => {
  const directory = new DrivenDirectory();
  const users = claimsOf(numbers).graph;
  directory.syncAll({ graph: new Map([[tenantId, users]]), webex: claimsOf(numbers).webex }, [graph, webex]);
  return directory;
};

test("what a synchronisation would do is what it then does, and nothing the second time", () => {
  const { created, changed, gone } = { created: 3, changed: 2, gone: 1 };
  const directory = synchronised([gone, changed]);
  const next = claimsOf([changed, created]);
  const renamed = next.webex.map((claim) => ({ ...claim, active: claim.externalId !== objectId(changed) }));
  const foreseen = lookAhead(directory.users(), { ...next, webex: renamed }, true);
  expect(
    foreseen.map(({ userId, change, fields, obstacles }) => [userId, change, fields, obstacles]),
  ).toEqual([
    [objectId(gone), "gone", [], []],
    [objectId(changed), "changed", ["webex", "obstacles"], ["notSignedIn"]],
    [objectId(created), "created", [], []],
  ]);
  expect(lookAhead(synchronised([1, 2]).users(), claimsOf([1, 2]), true)).toEqual([]);
});

test("without Webex nobody is gone, and what Webex said stays", () => {
  const directory = synchronised([1, 2]);
  directory.put("cy", listed(4));
  expect(lookAhead(directory.users(), { ...claimsOf([1, 2]), webex: [] }, false)).toEqual([]);
});
