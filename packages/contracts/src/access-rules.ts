import { type ActorServiceTopics, type Catalog, type ServiceTopics, schemas } from "./catalog.ts";
import { dataTopics } from "./data-topics.ts";
import type { AnyTopicContract } from "./define-topic.ts";
import { organisationKeys } from "./topics/organisation-keys.ts";
import { userKeys } from "./topics/user-keys.ts";

/** What somebody may do with a resource: Kafka's AclOperation (KIP-11). READ and WRITE contain DESCRIBE. */
export type AccessOperation = "READ" | "WRITE" | "CREATE" | "DESCRIBE" | "DESCRIBE_CONFIGS" | "ALTER_CONFIGS";

/** One right that a service needs and would fail without: one ALLOW entry, from every host. */
export interface AccessBinding {
  readonly resource: "TOPIC" | "GROUP" | "TRANSACTIONAL_ID";
  readonly name: string;
  /** PREFIXED: every name that begins with `name`. */
  readonly pattern: "LITERAL" | "PREFIXED";
  readonly operation: AccessOperation;
  /** What the service does with it, for docs/ACCESS.md. */
  readonly purpose: string;
}

/** All that one service may do on the brokers. */
export interface AccessRule {
  readonly service: string;
  /** Whom the brokers take it for, as `User:name`. */
  readonly principal: string;
  readonly bindings: readonly AccessBinding[];
}

/** Creates topics and sets them right; runs `hybrid topics`, and none of the services. */
export const administrator = "administrator";

/** Gives orders and looks at users: every other command of `hybrid`. */
const operator = "hybrid";

const topicBinding = (name: string, operation: AccessOperation, purpose: string): AccessBinding => ({
  resource: "TOPIC",
  name,
  pattern: "LITERAL",
  operation,
  purpose,
});

const groupBinding = (name: string, operation: AccessOperation, purpose: string): AccessBinding => ({
  resource: "GROUP",
  name,
  pattern: "LITERAL",
  operation,
  purpose,
});

const purposeOf = (name: string): string => {
  if (name === schemas.name) return "publishes what it writes records with";
  if (name.endsWith("-dead")) return "dead letters";
  return name.endsWith("-post") ? "what its actors post to each other" : "output";
};

const machinesOf = (
  catalog: Catalog,
  service: ServiceTopics | undefined,
): readonly (readonly [string, ActorServiceTopics])[] =>
  (service?.machines ?? []).flatMap(({ name }) => {
    const own = catalog.actorServices.get(name);
    return own ? [[name, own] as const] : [];
  });

/** What the service writes for others, dead letters among it; its journals and checkpoints are its own. */
const outputs = (catalog: Catalog, name: string): readonly AccessBinding[] => {
  const service = catalog.services.find((each) => each.name === name);
  const machines = machinesOf(catalog, service);
  const writers = new Set([name, ...machines.map(([machine]) => machine)]);
  const own = new Set(
    machines.flatMap(([, { journal, checkpoint }]): readonly AnyTopicContract[] => [journal, checkpoint]),
  );
  return catalog.allTopics
    .filter((topic) => topic.writers.some((writer) => writers.has(writer)) && !own.has(topic))
    .map((topic) => topicBinding(topic.name, "WRITE", purposeOf(topic.name)));
};

const machineBindings = (machine: string, own: ActorServiceTopics): readonly AccessBinding[] => [
  ...own.sources.map(({ name }) => topicBinding(name, "READ", "source")),
  topicBinding(own.control.name, "READ", "operators' orders"),
  topicBinding(own.post.name, "READ", "what its actors post to each other"),
  topicBinding(schemas.name, "READ", "reads what newer releases have written"),
  topicBinding(own.journal.name, "READ", "restores states"),
  topicBinding(own.journal.name, "WRITE", "steps"),
  topicBinding(own.checkpoint.name, "READ", "restores states"),
  topicBinding(own.checkpoint.name, "WRITE", "states"),
  ...dataTopics
    .filter(
      ({ writers, retention, sealed = [] }) =>
        writers.includes(machine) && retention.cleanup === "compact" && sealed.length > 0,
    )
    .map(({ name }) => topicBinding(name, "READ", "seals what an earlier release has written in clear")),
  groupBinding(machine, "READ", "shares partitions among its workers"),
  {
    resource: "TRANSACTIONAL_ID",
    name: `${own.journal.name}-`,
    pattern: "PREFIXED",
    operation: "WRITE",
    purpose: "one writer for each partition, alone",
  },
];

const readsSealed = ({ machines, views }: ServiceTopics): boolean =>
  [...machines.flatMap(({ sources }) => sources), ...views].some(({ sealed }) => (sealed ?? []).length > 0);

/** Who seals, or reads what is sealed, finds keys. */
const keyBindings = (service: ServiceTopics): readonly AccessBinding[] =>
  [organisationKeys, userKeys]
    .filter(({ writers }) => writers.includes(service.name) || readsSealed(service))
    .map((topic) => topicBinding(topic.name, "READ", "finds keys of sealed values"));

const viewBindings = ({ views }: ServiceTopics): readonly AccessBinding[] =>
  views.length === 0
    ? []
    : [...views, schemas].map(({ name }) => topicBinding(name, "READ", "makes its view"));

/** Several parts of a service may need the same right; it is granted once, with the first purpose. */
const once = (bindings: readonly AccessBinding[]): readonly AccessBinding[] => {
  const granted = new Map<string, AccessBinding>();
  for (const binding of bindings) {
    const key = `${binding.resource} ${binding.name} ${binding.operation}`;
    if (!granted.has(key)) granted.set(key, binding);
  }
  return [...granted.values()];
};

const visibleTopics = (bindings: readonly AccessBinding[]): readonly string[] => [
  ...new Set(bindings.filter(({ resource }) => resource === "TOPIC").map(({ name }) => name)),
];

/** A client that lists topics reads the settings of all that it sees. */
const withListing = (bindings: readonly AccessBinding[]): readonly AccessBinding[] => [
  ...bindings,
  ...visibleTopics(bindings).map((name) => topicBinding(name, "DESCRIBE_CONFIGS", "lists topics")),
];

const operatorBindings = (catalog: Catalog): readonly AccessBinding[] => [
  ...withListing([
    ...outputs(catalog, operator),
    ...dataTopics.flatMap(({ name, operatorReads }) =>
      operatorReads === undefined ? [] : [topicBinding(name, "READ", operatorReads)],
    ),
    ...[...catalog.actorServices.values()].map(({ checkpoint }) =>
      topicBinding(checkpoint.name, "READ", "shows owners of partitions"),
    ),
  ]),
  ...[...catalog.actorServices.keys()].map((machine) =>
    groupBinding(machine, "DESCRIBE", "shows owners of partitions"),
  ),
];

const administratorBindings = ({ allTopics }: Catalog): readonly AccessBinding[] =>
  allTopics.flatMap(({ name }) => [
    topicBinding(name, "CREATE", "creates what is missing"),
    topicBinding(name, "DESCRIBE", "sees what is there"),
    topicBinding(name, "ALTER_CONFIGS", "compares settings and sets them right"),
  ]);

const bindingsOf = (catalog: Catalog, name: string): readonly AccessBinding[] => {
  if (name === administrator) return administratorBindings(catalog);
  if (name === operator) return operatorBindings(catalog);
  const service = catalog.services.find((each) => each.name === name);
  if (!service) return outputs(catalog, name);
  const bindings = once([
    ...machinesOf(catalog, service).flatMap(([machine, own]) => machineBindings(machine, own)),
    ...viewBindings(service),
    ...keyBindings(service),
    ...outputs(catalog, name),
  ]);
  // What takes requests in answers /readyz with the topics that it finds.
  return service.intakes.length > 0 ? withListing(bindings) : bindings;
};

/** Everybody who works with the topics: services, other writers, and the administrator. */
const everybody = ({ services, allTopics }: Catalog): readonly string[] => {
  const machines = new Set(services.flatMap((each) => each.machines.map(({ name }) => name)));
  const others = allTopics.flatMap(({ writers }) => writers).filter((writer) => !machines.has(writer));
  return [...new Set([...services.map(({ name }) => name), ...others, administrator])];
};

/** `User:hybrid-<service>`, and `User:hybrid` for the operator's command line. */
export const defaultPrincipalOf = (service: string): string =>
  service === operator ? `User:${operator}` : `User:${operator}-${service}`;

/**
 * The least that each service needs on brokers with an authorizer, derived from who reads and writes which
 * topic. Every binding is needed. Services whose principal is the same need all their bindings together.
 */
export const accessRules = (
  catalog: Catalog,
  principalOf: (service: string) => string = defaultPrincipalOf,
): readonly AccessRule[] =>
  everybody(catalog).map((service) => ({
    service,
    principal: principalOf(service),
    bindings: bindingsOf(catalog, service),
  }));

/** The topics that a service reads or writes, by its access rule; nothing else is visible to it. */
export const topicsOfService = (catalog: Catalog, service: string): readonly AnyTopicContract[] => {
  const visible = new Set(visibleTopics(bindingsOf(catalog, service)));
  return catalog.allTopics.filter(({ name }) => visible.has(name));
};

const resourceFlags = {
  TOPIC: "--topic",
  GROUP: "--group",
  TRANSACTIONAL_ID: "--transactional-id",
} as const;

/** Bindings that differ in their names alone, together, in their order. */
export const groupBindings = (
  bindings: readonly AccessBinding[],
): readonly (readonly [AccessBinding, ...AccessBinding[]])[] => {
  const groups = new Map<string, [AccessBinding, ...AccessBinding[]]>();
  for (const binding of bindings) {
    const key = `${binding.operation} ${binding.resource} ${binding.pattern}`;
    const group = groups.get(key);
    if (group) group.push(binding);
    else groups.set(key, [binding]);
  }
  return [...groups.values()];
};

/**
 * The arguments of Kafka's `kafka-acls.sh` that grant a rule, one command for each list; the caller adds
 * `--bootstrap-server` and `--command-config`.
 */
export const accessCommands = ({ principal, bindings }: AccessRule): readonly (readonly string[])[] =>
  groupBindings(bindings).map((group) => {
    const [{ operation, pattern, resource }] = group;
    return [
      "--add",
      "--allow-principal",
      principal,
      "--operation",
      operation,
      ...(pattern === "PREFIXED" ? ["--resource-pattern-type", "prefixed"] : []),
      ...group.flatMap(({ name }) => [resourceFlags[resource], name]),
    ];
  });
