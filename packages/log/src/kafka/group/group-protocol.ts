import { groupEnvelopes } from "../client/kafkajs.ts";
import type { Claimant, Plan } from "./assignment.ts";

const { MemberAssignment, MemberMetadata } = groupEnvelopes;

/** The name of our assignment protocol; a group whose members do not all know it is refused by the broker. */
export const protocolName = "hybrid-cooperative";

/** Version of Kafka's own "consumer" envelope around topics and user data. */
const envelopeVersion = 1;

/** What a member tells the leader when it joins. */
export interface Subscription extends Omit<Claimant, "memberId"> {
  readonly topics: readonly string[];
}

/** What a leader tells a member. */
export interface Assigned extends Pick<Plan, "needs" | "newest"> {
  /** The member's partition numbers, in ascending order. */
  readonly partitions: readonly number[];
  /** The life of the worker that the leader gave them to; null when it did not say one. */
  readonly to: string | null;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isCount = (value: unknown): value is number =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0;

/** A number of each partition, by that number, which is shorter than the other way round. */
const grouped = (numbers: ReadonlyMap<number, number>): Readonly<Record<string, readonly number[]>> => {
  const byNumber: Record<string, number[]> = {};
  for (const [partition, number] of numbers) (byNumber[number] ??= []).push(partition);
  return byNumber;
};

const ungrouped = (value: unknown): ReadonlyMap<number, number> => {
  const numbers = new Map<number, number>();
  if (!isRecord(value)) return numbers;
  for (const [number, partitions] of Object.entries(value))
    if (isCount(Number(number)) && Array.isArray(partitions))
      for (const partition of partitions as readonly unknown[])
        if (isCount(partition)) numbers.set(partition, Number(number));
  return numbers;
};

/** What bytes say, or null when they are not ours to read. */
const readable = <Meaning>(read: () => Meaning): Meaning | null => {
  try {
    return read();
  } catch {
    return null;
  }
};

/** What user data that is JSON says, or null. */
const saidIn = (userData: Buffer | undefined): Readonly<Record<string, unknown>> => {
  const said = readable((): unknown => JSON.parse(userData?.toString() ?? "null"));
  return isRecord(said) ? said : {};
};

/** The bytes that a member joins with: Kafka's own consumer metadata, with the rest as user data. */
export const encodeSubscription = ({ topics, claims, life, version, needs }: Subscription): Buffer =>
  MemberMetadata.encode({
    version: envelopeVersion,
    topics: [...topics],
    userData: Buffer.from(
      JSON.stringify({ ...life, claims: grouped(claims), version, needs: grouped(needs) }),
    ),
  });

/**
 * Reads what a member joined with. User data that is not ours means that it claims nothing, bytes that are
 * no metadata at all that it subscribes to nothing.
 */
export const decodeSubscription = (bytes: Buffer): Subscription => {
  const metadata = readable(() => MemberMetadata.decode(bytes));
  const { instance, attempt, claims, version, needs } = saidIn(metadata?.userData);
  return {
    topics: metadata?.topics ?? [],
    claims: ungrouped(claims),
    version: isCount(version) ? version : 0,
    needs: ungrouped(needs),
    life: typeof instance === "string" && isCount(attempt) ? { instance, attempt } : null,
  };
};

/**
 * What a member gets, as Kafka's tools show it: its partitions in each of its own topics, and what the leader
 * tells everybody as user data. During a rolling update members may differ in topics; each gets its partition
 * numbers in the topics that it knows, so that a new topic is read only by members that know it.
 */
export const encodeAssignment = (
  topics: readonly string[],
  { partitions, needs, newest, to }: Assigned,
): Buffer =>
  MemberAssignment.encode({
    version: envelopeVersion,
    assignment: Object.fromEntries(topics.map((topic) => [topic, [...partitions]])),
    userData: Buffer.from(JSON.stringify({ newest, needs: grouped(needs), to })),
  });

/** Reads what the leader sent; empty bytes hold no partitions, foreign user data says nothing. */
export const decodeAssignment = (bytes: Buffer): Assigned => {
  const assigned = MemberAssignment.decode(bytes);
  const { needs, newest, to } = saidIn(assigned?.userData);
  return {
    partitions: [...new Set(Object.values(assigned?.assignment ?? {}).flat())].sort((a, b) => a - b),
    needs: ungrouped(needs),
    newest: isCount(newest) ? newest : 0,
    to: typeof to === "string" ? to : null,
  };
};
