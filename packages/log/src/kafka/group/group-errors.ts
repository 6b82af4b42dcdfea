import { ConfigError } from "@hybrid/kernel";
import { InstanceTakenError } from "../../errors.ts";

/**
 * What an error of the coordinator means for a member.
 * - rebalance: join again with what we have.
 * - generationLost: the group went on without us; join again.
 * - memberLost: the same, but with a new member id.
 * - fenced: another member has joined with our static identity.
 * - passing: the coordinator is elsewhere, starting or out of reach; try again.
 * - refused: nobody but a person can help.
 */
export type Verdict = "rebalance" | "generationLost" | "memberLost" | "fenced" | "passing" | "refused";

interface Described {
  readonly name?: unknown;
  readonly type?: unknown;
  readonly message?: unknown;
  readonly cause?: unknown;
}

const refusals = {
  GROUP_AUTHORIZATION_FAILED: (group: string) =>
    `the brokers do not let us into consumer group ${group}; grant READ on the group to this service's user`,
  TOPIC_AUTHORIZATION_FAILED: (group: string) =>
    `the brokers do not let us read a topic of group ${group}; grant READ on it to this service's user`,
  CLUSTER_AUTHORIZATION_FAILED: () =>
    "the brokers refuse this service's user; grant it access to the cluster",
  INCONSISTENT_GROUP_PROTOCOL: (group: string) =>
    `another program is in consumer group ${group}, with another way to share partitions; stop it`,
  INVALID_SESSION_TIMEOUT: () =>
    "the session timeout lies outside what the brokers allow; see their settings " +
    "group.min.session.timeout.ms and group.max.session.timeout.ms, and change one of them",
  INVALID_GROUP_ID: (group: string) => `the brokers do not accept ${group} as the name of a consumer group`,
  UNSUPPORTED_VERSION: () => "the brokers do not speak the classic group protocol; Kafka 2.1 to 4.x does",
  UNSUPPORTED_SASL_MECHANISM: () => "the brokers do not know the SASL mechanism; choose one they offer",
  ILLEGAL_SASL_STATE: () =>
    "the brokers expect another kind of authentication; check listener and SASL settings",
  SASL_AUTHENTICATION_FAILED: () => "the brokers refuse user or password; check both",
  SECURITY_DISABLED: () => "the brokers have no security that could let us in; check the listener",
  KafkaJSSASLAuthenticationError: () => "the brokers refuse user or password; check both and the mechanism",
  KafkaJSServerDoesNotSupportApiKey: () =>
    "the brokers do not speak the classic group protocol; Kafka 2.1 to 4.x does",
} as const satisfies Readonly<Record<string, (group: string) => string>>;

const isRefusal = (word: unknown): word is keyof typeof refusals =>
  typeof word === "string" && Object.hasOwn(refusals, word);

/** The error and what it was made of: retries and the driver wrap what the broker said. */
const chainOf = (error: unknown): readonly Described[] => {
  const chain: Described[] = [];
  for (let each = error; typeof each === "object" && each !== null && chain.length < 8; ) {
    chain.push(each);
    each = (each as Described).cause;
  }
  return chain;
};

const words = (error: unknown): readonly unknown[] =>
  chainOf(error).flatMap(({ type, name }) => [type, name]);

const isFaultOfOurs = (error: unknown): boolean =>
  error instanceof ConfigError ||
  error instanceof TypeError ||
  error instanceof RangeError ||
  error instanceof ReferenceError ||
  error instanceof SyntaxError;

/** Judges an error by its `type` and `name`; what is not known to be hopeless is tried again. */
export const verdictOf = (error: unknown): Verdict => {
  const said = words(error);
  if (said.includes("REBALANCE_IN_PROGRESS")) return "rebalance";
  if (said.includes("ILLEGAL_GENERATION")) return "generationLost";
  if (said.includes("UNKNOWN_MEMBER_ID")) return "memberLost";
  if (said.includes("FENCED_INSTANCE_ID")) return "fenced";
  return said.some(isRefusal) || isFaultOfOurs(error) ? "refused" : "passing";
};

/** The broker's or the connection's word for an error; holds no content. */
export const reasonOf = (error: unknown): string => {
  const [type] = chainOf(error).flatMap((each) => (typeof each.type === "string" ? [each.type] : []));
  const [first] = chainOf(error);
  return type ?? (typeof first?.message === "string" ? first.message : String(error));
};

/** What a member is told that is out for good: an error that says what to do, or the error itself: a bug. */
export const refusalOf = (group: string, instanceId: string | null, error: unknown): unknown => {
  if (verdictOf(error) === "fenced")
    return new InstanceTakenError(
      `consumer group ${group}: another worker has joined as instance ${instanceId}, so this one is out; ` +
        "stop one of the two, or give each an instance id of its own and start this one again",
      { cause: error },
    );
  const word = words(error).find(isRefusal);
  if (word === undefined) return error;
  const denied = chainOf(error).find(({ name }) => name === "AccessDeniedError")?.message;
  const reason = typeof denied === "string" ? denied : reasonOf(error);
  return new ConfigError(`consumer group ${group}`, [`${refusals[word](group)} (${reason})`]);
};
