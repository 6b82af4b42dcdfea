import { type AnyTopicContract, actorServices, allTopics, schemas } from "./catalog.ts";
import { adminCommands } from "./topics/admin-commands.ts";
import { calendarHealth } from "./topics/calendar-health.ts";
import { tenantStatus } from "./topics/tenant-status.ts";
import { userDirectory } from "./topics/user-directory.ts";
import { userStatus } from "./topics/user-status.ts";

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

/** Answers /readyz with the topics that it finds. */
const intake = "notification-ingest";

const services: ReadonlyMap<string, (typeof actorServices)[keyof typeof actorServices]> = new Map(
  Object.entries(actorServices),
);

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

/** What the service writes for others, dead letters among it; its journal and checkpoint are its own. */
const outputs = (service: string): readonly AccessBinding[] => {
  const own = services.get(service);
  return allTopics
    .filter(({ writers }) => writers.includes(service))
    .filter((topic) => topic !== own?.journal && topic !== own?.checkpoint)
    .map(({ name }) => topicBinding(name, "WRITE", purposeOf(name)));
};

const actorBindings = (service: string): readonly AccessBinding[] => {
  const own = services.get(service);
  if (!own) return [];
  return [
    ...own.sources.map(({ name }) => topicBinding(name, "READ", "source")),
    topicBinding(own.control.name, "READ", "operators' orders"),
    topicBinding(own.post.name, "READ", "what its actors post to each other"),
    topicBinding(schemas.name, "READ", "reads what newer releases have written"),
    topicBinding(own.journal.name, "READ", "restores states"),
    topicBinding(own.journal.name, "WRITE", "steps"),
    topicBinding(own.checkpoint.name, "READ", "restores states"),
    topicBinding(own.checkpoint.name, "WRITE", "states"),
    groupBinding(service, "READ", "shares partitions among its workers"),
    {
      resource: "TRANSACTIONAL_ID",
      name: `${own.journal.name}-`,
      pattern: "PREFIXED",
      operation: "WRITE",
      purpose: "one writer for each partition, alone",
    },
  ];
};

const visibleTopics = (bindings: readonly AccessBinding[]): readonly string[] => [
  ...new Set(bindings.filter(({ resource }) => resource === "TOPIC").map(({ name }) => name)),
];

/** A client that lists topics reads the settings of all that it sees. */
const withListing = (bindings: readonly AccessBinding[]): readonly AccessBinding[] => [
  ...bindings,
  ...visibleTopics(bindings).map((name) => topicBinding(name, "DESCRIBE_CONFIGS", "lists topics")),
];

const operatorBindings = (): readonly AccessBinding[] => [
  ...withListing([
    ...outputs(operator),
    topicBinding(userDirectory.name, "READ", "compares an import with what is there"),
    topicBinding(userStatus.name, "READ", "shows users"),
    topicBinding(calendarHealth.name, "READ", "shows users"),
    topicBinding(tenantStatus.name, "READ", "finds slips in orders: knows organisations and tenants"),
    topicBinding(adminCommands.name, "READ", "finds slips in orders: knows what was ordered before"),
    ...[...services.values()].map(({ checkpoint }) =>
      topicBinding(checkpoint.name, "READ", "shows owners of partitions"),
    ),
  ]),
  ...[...services.keys()].map((service) => groupBinding(service, "DESCRIBE", "shows owners of partitions")),
];

const administratorBindings = (): readonly AccessBinding[] =>
  allTopics.flatMap(({ name }) => [
    topicBinding(name, "CREATE", "creates what is missing"),
    topicBinding(name, "DESCRIBE", "sees what is there"),
    topicBinding(name, "ALTER_CONFIGS", "compares settings and sets them right"),
  ]);

const bindingsOf = (service: string): readonly AccessBinding[] => {
  if (service === administrator) return administratorBindings();
  if (service === operator) return operatorBindings();
  if (service === intake) return withListing(outputs(service));
  return [...actorBindings(service), ...outputs(service)];
};

/** Everybody who works with the topics: services of actors, other writers, and the administrator. */
const everybody = (): readonly string[] => [
  ...new Set([...services.keys(), ...allTopics.flatMap(({ writers }) => writers), administrator]),
];

/** `User:hybrid-<service>`, and `User:hybrid` for the operator's command line. */
export const defaultPrincipalOf = (service: string): string =>
  service === operator ? `User:${operator}` : `User:${operator}-${service}`;

/**
 * The least that each service needs on brokers with an authorizer, derived from who reads and writes which
 * topic. Every binding is needed. Services whose principal is the same need all their bindings together.
 */
export const accessRules = (
  principalOf: (service: string) => string = defaultPrincipalOf,
): readonly AccessRule[] =>
  everybody().map((service) => ({
    service,
    principal: principalOf(service),
    bindings: bindingsOf(service),
  }));

/** The topics that a service reads or writes, by its access rule; nothing else is visible to it. */
export const topicsOfService = (service: string): readonly AnyTopicContract[] => {
  const visible = new Set(visibleTopics(bindingsOf(service)));
  return allTopics.filter(({ name }) => visible.has(name));
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
