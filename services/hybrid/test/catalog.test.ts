import {
  adminCommands,
  calendarChanges,
  dataTopics,
  organisationKeys,
  schemaFamilies,
  topicSettings,
  userKeys,
  userStatus,
} from "@hybrid/contracts";
import { days } from "@hybrid/kernel";
import { expect, test } from "vitest";
import { catalog } from "../src/service-list.ts";

const { actorServices, allTopics, deadLetterOf, readersOf, schemas } = catalog;

/** Topics with more than one writer (docs/DESIGN.md, "Log port"). */
const severalWriters = [
  /^admin-commands$/,
  /^audit-log$/,
  /^archive-commands$/,
  /^group-commands$/,
  /^migration-commands$/,
  /^meeting-rule-orders$/,
  /^organisation-modes$/,
  /^room-commands$/,
  /^sync-orders$/,
  /^webex-events$/,
  /-control$/,
  /-reprocess$/,
  /-dead$/,
];

test.each(allTopics.map((topic) => [topic.name, topic] as const))(
  "%s has exactly one writer, unless it is a named exception",
  (name, { writers }) => {
    const two = severalWriters.some((exception) => exception.test(name));
    // Every writer of another topic publishes what it writes with.
    // So does everybody who seals make keys, and every reader of a topic dead letters beside it.
    const isShared =
      name.endsWith("-dead") || [schemas, organisationKeys, userKeys].some((topic) => topic.name === name);
    const several = name === adminCommands.name ? 3 : 2;
    const writersMax = isShared ? writers.length : two ? several : 1;
    expect(writers.length).toBeGreaterThan(0);
    expect(writers.length).toBeLessThanOrEqual(writersMax);
    expect(new Set(writers).size).toBe(writers.length);
  },
);

test("no two topics share a name, and names are kebab-case", () => {
  const names = allTopics.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
});

test("every topic has the schema of a family with golden records", () => {
  const families = [...schemaFamilies.values()].map(({ versions }) => JSON.stringify(versions));
  for (const { versions } of allTopics) expect(families).toContain(JSON.stringify(versions));
});

test("every topic that is read has a dead-letter topic, and its readers may write it", () => {
  for (const [service, { sources }] of actorServices) {
    for (const source of sources) {
      expect(dataTopics).toContain(source);
      expect(source.partitioning).not.toBe("none");
      expect(deadLetterOf(source.name).writers).toContain(service);
      expect(allTopics).toContain(deadLetterOf(source.name));
    }
    expect(deadLetterOf(service)).toMatchObject({ name: `${service}-dead`, writers: [service] });
  }
});

test("what ingest cannot turn into a record goes beside the topic it was meant for", () => {
  expect(deadLetterOf(calendarChanges.name)).toMatchObject({
    name: `${calendarChanges.name}-dead`,
    writers: ["notification-ingest", "decorator", "meetings", "meetings-rooms", "presence"],
    retention: { cleanup: "delete", retentionMs: days(30) },
  });
});

test("a dead-letter topic that nobody declared is not made up", () => {
  expect(() => deadLetterOf("nonsense")).toThrow('"nonsense"');
});

test("readers are the services that declare the topic as a source", () => {
  expect(readersOf(userStatus.name)).toEqual([
    "decorator",
    "mailbox-migration-detector",
    "meetings",
    "notices",
    "presence",
  ]);
  expect(readersOf("nonsense")).toEqual([]);
});

test("everybody who writes anything may publish the schemas of it, on a topic of one partition", () => {
  for (const { writers } of allTopics) expect(schemas.writers).toEqual(expect.arrayContaining([...writers]));
  expect(topicSettings(schemas, 48)).toMatchObject({ partitions: 1, cleanup: "compact" });
  expect(readersOf(schemas.name)).toEqual([...actorServices.keys()]);
});

test("settings for a log hold the retention of topics that delete and none of those that compact", () => {
  expect(topicSettings(calendarChanges, 8)).toEqual({
    name: calendarChanges.name,
    partitions: 8,
    cleanup: "delete",
    retentionMs: days(7),
  });
  expect(topicSettings(userStatus, 48)).toEqual({
    name: userStatus.name,
    partitions: 48,
    cleanup: "compact",
    retentionMs: null,
  });
});
