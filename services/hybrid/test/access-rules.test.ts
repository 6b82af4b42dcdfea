import {
  type AccessBinding,
  accessCommands,
  accessRules,
  administrator,
  dataTopics,
  organisationKeys,
  topicsOfService,
  userKeys,
} from "@hybrid/contracts";
import { actorsOf } from "@hybrid/service";
import { expect, test } from "vitest";
import { catalog, services } from "../src/service-list.ts";

const { actorServices, allTopics, deadLetterOf, readersOf, viewersOf } = catalog;
const rules = accessRules(catalog);
const bindingsOf = (service: string): readonly AccessBinding[] =>
  rules.find((rule) => rule.service === service)?.bindings ?? [];
const namesOf = (service: string, operation: string, resource = "TOPIC"): readonly string[] =>
  bindingsOf(service)
    .filter((binding) => binding.operation === operation && binding.resource === resource)
    .map(({ name }) => name)
    .sort();

/** A machine has the rule of its service. */
const serviceOf = (name: string): string =>
  services.find((service) => actorsOf(service).some(({ topology }) => topology.service === name))?.name ??
  name;
const servicesOf = (names: readonly string[]): readonly string[] => [...new Set(names.map(serviceOf))].sort();

const sealedReaders = allTopics
  .filter(({ sealed }) => (sealed ?? []).length > 0)
  .flatMap(({ name }) => [...readersOf(name), ...viewersOf(name)]);

test("everybody who writes or reads a topic has a rule, with a principal of its own", () => {
  const names = new Set([
    ...services.map(({ name }) => name),
    ...servicesOf(allTopics.flatMap(({ writers }) => writers)),
  ]);
  expect(new Set(rules.map(({ service }) => service))).toEqual(new Set([...names, administrator]));
  expect(new Set(rules.map(({ principal }) => principal)).size).toBe(rules.length);
  expect(rules.find(({ service }) => service === "decorator")?.principal).toBe("User:hybrid-decorator");
});

test("a topic is written by its writers and read by its readers alone", () => {
  for (const {
    name,
    writers,
    retention: { cleanup },
    sealed = [],
  } of allTopics) {
    const mayWrite = rules.filter(({ service }) => namesOf(service, "WRITE").includes(name));
    expect(mayWrite.map(({ service }) => service).sort()).toEqual(servicesOf(writers));
    const mayRead = rules.filter(({ service }) => namesOf(service, "READ").includes(name));
    const owner = /^(.*)-(journal|checkpoint)$/.exec(name)?.[1];
    // Who seals, or reads what is sealed, finds keys by itself.
    const isOfKeys = name === organisationKeys.name || name === userKeys.name;
    const keyReaders = isOfKeys ? [...writers, ...sealedReaders] : [];
    const readers = [...new Set([...readersOf(name), ...viewersOf(name), ...keyReaders])];
    const expected = owner === undefined ? readers : [owner];
    const isShown = dataTopics.some((topic) => topic.name === name && topic.operatorReads !== undefined);
    // Its machines seal what an earlier release has left in clear.
    const machines = writers.filter((writer) => actorServices.has(writer));
    const sealers = cleanup === "compact" && sealed.length > 0 ? machines : [];
    const people = isShown || name.endsWith("-checkpoint") ? ["hybrid"] : [];
    const allowed = servicesOf([...expected, ...sealers, ...people]);
    expect([name, ...mayRead.map(({ service }) => service).sort()]).toEqual([name, ...allowed]);
  }
});

test("a service of actors has its group, its transactional ids and every dead-letter topic it may need", () => {
  for (const [machine, { sources, journal }] of actorServices) {
    const service = serviceOf(machine);
    const own = [...actorServices.keys()].filter((name) => serviceOf(name) === service);
    expect(namesOf(service, "READ", "GROUP")).toEqual(own.sort());
    expect(namesOf(service, "WRITE", "TRANSACTIONAL_ID")).toContain(`${journal.name}-`);
    expect(namesOf(service, "WRITE", "TRANSACTIONAL_ID")).toHaveLength(own.length);
    for (const { name } of sources) expect(namesOf(service, "WRITE")).toContain(deadLetterOf(name).name);
  }
});

test("no prefix of transactional ids reaches into another service's", () => {
  const prefixes = rules.flatMap(({ bindings }) =>
    bindings.filter(({ pattern }) => pattern === "PREFIXED").map(({ name }) => name),
  );
  expect(prefixes).toHaveLength(actorServices.size);
  for (const one of prefixes) expect(prefixes.filter((other) => `${other}0`.startsWith(one))).toEqual([one]);
});

test("nobody but the administrator creates or alters, and nothing is granted twice", () => {
  for (const { service, bindings } of rules) {
    const keys = bindings.map(({ resource, name, operation }) => `${resource} ${name} ${operation}`);
    expect(new Set(keys).size).toBe(keys.length);
    const strong = bindings.some(({ operation }) => operation === "CREATE" || operation === "ALTER_CONFIGS");
    expect(strong).toBe(service === administrator);
  }
});

test("a service sees what it reads and writes", () => {
  const seen = topicsOfService(catalog, "mailbox-migration-detector").map(({ name }) => name);
  expect(seen).toEqual(expect.arrayContaining(["mailbox-signals", "schemas", "user-status"]));
  expect(seen).not.toContain("calendar-changes");
  expect(topicsOfService(catalog, administrator)).toEqual(allTopics);
  expect(topicsOfService(catalog, "nonsense")).toEqual([]);
});

test("principals are what the caller says", () => {
  const [one] = accessRules(catalog, (service) => `User:${service.toUpperCase()}`);
  expect(one?.principal).toBe("User:ARCHIVER");
});

/** Reads a command of kafka-acls.sh back as it does: every operation on every resource named. */
const granted = (given: readonly string[]): readonly string[] => {
  const valuesOf = (flag: string): readonly string[] =>
    given.flatMap((word, index) => (word === flag ? [given[index + 1] ?? ""] : []));
  const pattern = valuesOf("--resource-pattern-type")[0] ?? "literal";
  return Object.entries({
    TOPIC: "--topic",
    GROUP: "--group",
    TRANSACTIONAL_ID: "--transactional-id",
  }).flatMap(([resource, flag]) =>
    valuesOf(flag).flatMap((name) =>
      valuesOf("--operation").map(
        (operation) =>
          `${valuesOf("--allow-principal")[0]} ${operation} ${resource} ${pattern.toUpperCase()} ${name}`,
      ),
    ),
  );
};

test.each(rules.map((rule) => [rule.service, rule] as const))(
  "the commands for %s grant its bindings and nothing more",
  (_service, rule) => {
    const expected = rule.bindings.map(
      ({ operation, resource, pattern, name }) =>
        `${rule.principal} ${operation} ${resource} ${pattern} ${name}`,
    );
    expect(accessCommands(rule).flatMap(granted).sort()).toEqual([...expected].sort());
    for (const command of accessCommands(rule)) expect(command[0]).toBe("--add");
  },
);
