import type { ArchiveDay, ArchiveImport } from "@hybrid/contracts";
import { expect, test } from "vitest";
import { type Compared, compare, hasFaults } from "../src/domain/comparison.ts";
import type { Item } from "../src/domain/terms.ts";

const day = Date.UTC(2026, 0, 12);
const itemOf = (number: number): Item => ({
  eventId: `item-${number}`,
  kind: "created",
  messageId: `message-${number}`,
  personId: "ada",
  email: "ada@acme.example",
  at: day + number,
});
const items = [1, 2, 3].map(itemOf);
const tally = { source: 3, available: 6, success: 6, partial: 0, skipped: 0, failed: 0 };
const imported: ArchiveImport = {
  connector: "main",
  at: day + 5_000,
  ...tally,
  items: items.map(({ eventId, at }) => ({
    itemId: eventId,
    run: "main.1",
    saidAt: at,
    copies: 2,
    failed: 0,
  })),
};
const logged: ArchiveDay = { day: "2026-01-12", completedAt: day + 5_000, ...tally };
const found = items.map(({ eventId, at }) => ({ itemId: eventId, connector: "main", sentAt: at }));
const person = (name: string) => ({ personId: name, email: `${name}@acme.example`, items, found });

const good: Compared = {
  connector: "main",
  from: day,
  to: day + 10_000,
  sourceIds: new Set(items.map(({ eventId }) => eventId)),
  items,
  people: [person("ada"), person("ben")],
  log: { days: [logged], imports: [imported], failures: [] },
};
const faultsOf = (over: Partial<Compared>) => {
  const { missing, doubled, missingInLog, missingInSource, wrongDays } = compare({ ...good, ...over });
  return { missing, doubled, missingInLog, missingInSource, wrongDays };
};
const none = { missing: [], doubled: [], missingInLog: [], missingInSource: [], wrongDays: [] };

test("nothing is found where all three sides have everything", () => {
  expect(compare(good)).toEqual({ ...none, items: 3, wanted: 6, withoutMailbox: [] });
  expect(hasFaults(compare(good))).toBe(false);
});

test("what a mailbox lacks is named, and whether the log tells that it failed", () => {
  const people = [person("ada"), { ...person("ben"), found: found.slice(1) }];
  const lost = {
    itemId: "item-1",
    messageId: "message-1",
    kind: "created",
    at: day + 1,
    email: "ben@acme.example",
  };
  expect(faultsOf({ people })).toEqual({ ...none, missing: [{ ...lost, isLogged: false }] });
  const failure = {
    connector: "main",
    at: day,
    itemId: "item-1",
    sourceUserId: "ben",
    userPrincipalName: null,
    reason: "contentLost",
  };
  const log = { ...good.log, failures: [failure] };
  expect(faultsOf({ people, log }).missing).toEqual([{ ...lost, isLogged: true }]);
});

test("what the log lacks is named: an item, a copy of one, or the counts of a day", () => {
  const [one, ...others] = imported.items;
  if (!one) throw new Error("there are items");
  const withoutItem = { ...good.log, imports: [{ ...imported, items: others }] };
  expect(faultsOf({ log: withoutItem })).toMatchObject({ ...none, missingInLog: [{ itemId: "item-1" }] });
  const withoutCopy = { ...good.log, imports: [{ ...imported, items: [{ ...one, copies: 1 }, ...others] }] };
  expect(faultsOf({ log: withoutCopy })).toMatchObject({ ...none, missingInLog: [{ itemId: "item-1" }] });
  const fewer = { ...good.log, days: [{ ...logged, available: 5, success: 5 }] };
  expect(faultsOf({ log: fewer })).toEqual({ ...none, wrongDays: ["2026-01-12"] });
  expect(faultsOf({ log: { ...good.log, days: [] } })).toEqual({ ...none, wrongDays: ["2026-01-12"] });
});

test("what the source lacks is named by who still knows it", () => {
  const people = good.people.map((each) => ({ ...each, items: items.slice(1) }));
  const sourceIds = new Set(["item-2", "item-3"]);
  const { missingInSource, ...rest } = faultsOf({ people, sourceIds, items: items.slice(1) });
  expect(rest).toEqual({ missing: [], doubled: [], missingInLog: [], wrongDays: [] });
  expect(missingInSource.map(({ itemId, knownBy, email }) => [itemId, knownBy, email])).toEqual([
    ["item-1", "log", null],
    ["item-1", "mailbox", "ada@acme.example"],
    ["item-1", "mailbox", "ben@acme.example"],
  ]);
});

test("items outside the window, and copies of another connector, are nobody's fault", () => {
  const other = { itemId: "other", connector: "second", sentAt: day + 1 };
  const older = { itemId: "older", connector: "main", sentAt: day - 1 };
  const people = good.people.map((each) => ({ ...each, found: [...found, other, older] }));
  const old = { itemId: "older", run: "main.1", saidAt: day - 1, copies: 1, failed: 0 };
  const log = { ...good.log, imports: [{ ...imported, items: [...imported.items, old] }] };
  expect(faultsOf({ people, log })).toEqual(none);
});

test("a copy that is there twice is named, and somebody without mailbox is not missing anything", () => {
  const people = [
    { ...person("ada"), found: [...found, ...found.slice(0, 1)] },
    { ...person("ben"), found: null },
  ];
  const result = compare({ ...good, people });
  expect(result.doubled).toMatchObject([{ itemId: "item-1", email: "ada@acme.example" }]);
  expect([result.withoutMailbox, result.wanted]).toEqual([["ben@acme.example"], 3]);
});
