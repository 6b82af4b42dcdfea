import { X509Certificate } from "node:crypto";
import type { FilledSettings } from "../settings.ts";

/** How we show the brokers who we are. */
export interface Credentials {
  readonly ssl?: FilledSettings["ssl"] | undefined;
  readonly sasl?: FilledSettings["sasl"] | undefined;
}

/** What somebody may do with a resource: Kafka's AclOperation, as far as this driver needs it. */
export type Right = "READ" | "WRITE" | "CREATE" | "DESCRIBE" | "DESCRIBE_CONFIGS";

/** What the brokers did not let us do. */
export interface Denial {
  /** Whom the brokers take us for, as `User:name`. */
  readonly principal: string;
  readonly right: Right;
  /** Topic, group or transactional id, with its name. */
  readonly resource: string;
  /** The protocol's name of the error (Kafka protocol guide, "Error Codes"). */
  readonly type: string;
}

/** The brokers deny us a right. The message names who lacks what on which resource, and what grants it. */
export class AccessDeniedError extends Error {
  override readonly name = "AccessDeniedError";
  readonly type: string;
  /** For log lines, which carry no messages. */
  readonly code: string;
  readonly denial: Denial;

  constructor(denial: Denial, options?: ErrorOptions) {
    const { principal, right, resource, type } = denial;
    super(
      `${principal} lacks ${right} on ${resource}; docs/ACCESS.md lists the rights of every service`,
      options,
    );
    this.type = type;
    this.code = `${type} ${principal} ${right} ${resource}`;
    this.denial = denial;
  }
}

const topicDenied = 29;

/** RFC 2253 as the brokers write it: the last part of the subject first. */
const subjectOf = (certificate: string | Buffer): string | undefined => {
  try {
    return new X509Certificate(certificate).subject.split("\n").reverse().join(",");
  } catch {
    return undefined;
  }
};

/** Whom the brokers take us for, unless they map names by rules of their own. */
export const principalOf = ({ sasl, ssl }: Credentials): string => {
  if (sasl) return `User:${sasl.username}`;
  const cert = ssl === undefined || ssl === true ? undefined : ssl.cert;
  const subject = typeof cert === "string" || Buffer.isBuffer(cert) ? subjectOf(cert) : undefined;
  return `User:${subject ?? "ANONYMOUS"}`;
};

/** What a request needs of the topics that it names; READ and WRITE stand for DESCRIBE too. */
const rightOf: Readonly<Record<string, Right>> = {
  AddPartitionsToTxn: "WRITE",
  OffsetCommit: "READ",
  DescribeConfigs: "DESCRIBE_CONFIGS",
  CreateTopics: "CREATE",
};

const isDenied = (part: Readonly<Record<string, unknown>>): boolean =>
  part["errorCode"] === topicDenied || part["topicErrorCode"] === topicDenied;

const nameIn = (part: Readonly<Record<string, unknown>>): string | undefined => {
  const name = part["topic"] ?? part["resourceName"];
  return typeof name === "string" ? name : undefined;
};

/** Topics of an answer that say "not authorized", whatever its shape: kafkajs's errors name none. */
const deniedTopics = (answer: unknown, around?: string): readonly string[] => {
  if (typeof answer !== "object" || answer === null || Buffer.isBuffer(answer)) return [];
  if (Array.isArray(answer)) return answer.flatMap((part) => deniedTopics(part, around));
  const part = answer as Readonly<Record<string, unknown>>;
  const name = nameIn(part) ?? around;
  const own = name !== undefined && isDenied(part) ? [name] : [];
  return [...own, ...Object.values(part).flatMap((inner) => deniedTopics(inner, name))];
};

/** What an answer that kafkajs rejects with `error` denies us on topics; undefined when it denies nothing. */
export const topicDenial = (
  error: unknown,
  of: { readonly apiName: string; readonly answer: unknown; readonly principal: string },
): AccessDeniedError | undefined => {
  const topics = [...new Set(deniedTopics(of.answer))].sort();
  if (topics.length === 0) return undefined;
  return new AccessDeniedError(
    {
      principal: of.principal,
      right: rightOf[of.apiName] ?? "DESCRIBE",
      resource: `${topics.length === 1 ? "topic" : "topics"} ${topics.join(", ")}`,
      type: "TOPIC_AUTHORIZATION_FAILED",
    },
    { cause: error },
  );
};

/** Names the group or transactional id that was denied; any other error comes back unchanged. */
export const coordinatorError = (
  error: unknown,
  of: { readonly kind: "group" | "transaction"; readonly id: string; readonly principal: string },
): unknown => {
  const { type } = error as { type?: string };
  if (error instanceof AccessDeniedError) return error;
  const cause = { cause: error };
  if (type === "GROUP_AUTHORIZATION_FAILED")
    return new AccessDeniedError(
      { principal: of.principal, right: "READ", resource: `group ${of.id}`, type },
      cause,
    );
  if (type === "TRANSACTIONAL_ID_AUTHORIZATION_FAILED")
    return new AccessDeniedError(
      { principal: of.principal, right: "WRITE", resource: `transactional id ${of.id}`, type },
      cause,
    );
  return error;
};
