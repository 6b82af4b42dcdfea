import { defineTopic, type TopicContract } from "@hybrid/contracts";
import type { EpochMs } from "@hybrid/kernel";

/** What a record on `bank-orders` asks of an account: the runtime's whole repertoire, one kind each. */
export type BankOrder =
  | { readonly kind: "deposit"; readonly id: string; readonly cents: number }
  /** Tells another account of the same partition. */
  | { readonly kind: "transfer"; readonly id: string; readonly to: string; readonly cents: number }
  /** Calls the outside world, up to three times. */
  | { readonly kind: "pay"; readonly id: string; readonly cents: number }
  /** The same with a call that must not run twice at the same time. */
  | { readonly kind: "audit"; readonly id: string }
  | { readonly kind: "remind"; readonly id: string; readonly inMs: number }
  | { readonly kind: "statement"; readonly id: string }
  /** Emits one copy to every partition. */
  | { readonly kind: "notice"; readonly id: string }
  /** Changes nothing and orders nothing. */
  | { readonly kind: "look"; readonly id: string }
  /** Back to the initial state, which has no record. */
  | { readonly kind: "close"; readonly id: string }
  /** The machine throws on it. */
  | { readonly kind: "break"; readonly id: string }
  /** The machine throws on it before that time. */
  | { readonly kind: "brittle"; readonly id: string; readonly from: EpochMs };

/** What stands in a record of the bank: the value as JSON. */
export interface BankRecord<Value> {
  readonly value: Value;
}

const jsonTopic = <Value>(
  name: string,
  partitioning: "entity" | "broadcast",
): TopicContract<BankRecord<Value>> => {
  const contract = defineTopic<{ readonly json: string }>({
    name,
    doc: "A topic of the simulated bank.",
    keyDoc: "the account",
    partitioning,
    retention: { cleanup: "delete", retentionMs: 30 * 86_400_000 },
    writers: ["bank"],
    versions: [
      { type: "record", name: "Bank", namespace: "simulation", fields: [{ name: "json", type: "string" }] },
    ],
  });
  return {
    ...contract,
    encode: ({ value }) => contract.encode({ json: JSON.stringify(value) }),
    decode: (bytes) => ({ value: JSON.parse(contract.decode(bytes).json) as Value }),
  };
};

/** Orders, keyed by account. */
export const bankOrders = jsonTopic<BankOrder>("bank-orders", "entity");

/** The rate of the day, one copy in every partition. */
export const bankRates = jsonTopic<string>("bank-rates", "broadcast");

/** What an account says of itself, keyed by account. */
export const bankStatements = jsonTopic<string>("bank-statements", "entity");

/** What an account says to everybody, one copy in every partition. */
export const bankNotices = jsonTopic<string>("bank-notices", "broadcast");

/** All topics by which the bank meets others. */
export const bankTopics = [bankOrders, bankRates, bankStatements, bankNotices];
