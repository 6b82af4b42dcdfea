import kafkajs from "kafkajs";
import type { Claimant } from "./assignment.ts";

const { MemberAssignment, MemberMetadata } = kafkajs.AssignerProtocol;

/** The name of our assignment protocol; a group whose members do not all know it is refused by the broker. */
export const protocolName = "hybrid-cooperative";

/** Version of Kafka's own "consumer" envelope around topics and user data. */
const envelopeVersion = 1;

/** What a member tells the leader when it joins. */
export interface Subscription extends Pick<Claimant, "claims" | "life"> {
  readonly topics: readonly string[];
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isCount = (value: unknown): value is number =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0;

/** Generation -> partitions, which is shorter than the other way round. */
const claimsText = (claims: Subscription["claims"]): Readonly<Record<string, readonly number[]>> => {
  const byGeneration: Record<string, number[]> = {};
  for (const [partition, generation] of claims) (byGeneration[generation] ??= []).push(partition);
  return byGeneration;
};

const claimsOf = (value: unknown): ReadonlyMap<number, number> => {
  const claims = new Map<number, number>();
  if (!isRecord(value)) return claims;
  for (const [generation, partitions] of Object.entries(value))
    if (isCount(Number(generation)) && Array.isArray(partitions))
      for (const partition of partitions as readonly unknown[])
        if (isCount(partition)) claims.set(partition, Number(generation));
  return claims;
};

/** What bytes say, or null when they are not ours to read. */
const readable = <Meaning>(read: () => Meaning): Meaning | null => {
  try {
    return read();
  } catch {
    return null;
  }
};

/** The bytes that a member joins with: Kafka's own consumer metadata, with our claims as user data. */
export const encodeSubscription = ({ topics, claims, life }: Subscription): Buffer =>
  MemberMetadata.encode({
    version: envelopeVersion,
    topics: [...topics],
    userData: Buffer.from(JSON.stringify({ ...life, claims: claimsText(claims) })),
  });

/**
 * Reads what a member joined with. User data that is not ours means that it claims nothing, bytes that are
 * no metadata at all that it subscribes to nothing.
 */
export const decodeSubscription = (bytes: Buffer): Subscription => {
  const metadata = readable(() => MemberMetadata.decode(bytes));
  const said = readable((): unknown => JSON.parse(metadata?.userData.toString() ?? "null"));
  const { instance, attempt, claims } = isRecord(said) ? said : {};
  return {
    topics: metadata?.topics ?? [],
    claims: claimsOf(claims),
    life: typeof instance === "string" && isCount(attempt) ? { instance, attempt } : null,
  };
};

/**
 * What a member gets, as Kafka's tools show it: its partitions in each of its own topics. During a rolling
 * update members may differ in topics; each gets its partition numbers in the topics that it knows, so that a
 * new topic is read only by members that know it.
 */
export const encodeAssignment = (topics: readonly string[], partitions: readonly number[]): Buffer =>
  MemberAssignment.encode({
    version: envelopeVersion,
    assignment: Object.fromEntries(topics.map((topic) => [topic, [...partitions]])),
    userData: Buffer.alloc(0),
  });

/** The partition numbers of an assignment, in ascending order; empty bytes hold none. */
export const decodeAssignment = (bytes: Buffer): readonly number[] => {
  const lists = Object.values(MemberAssignment.decode(bytes)?.assignment ?? {});
  return [...new Set(lists.flat())].sort((a, b) => a - b);
};
