import { type AnyTopicContract, defineTopic, type TopicContract } from "@hybrid/contracts";
import type { EpochMs } from "@hybrid/kernel";

/** What is wrong with what the machine gives. */
export type OddStep = "nothing" | "noEffects" | "unknownEffect" | "badKey" | "noJson" | "badTimer";

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
  /** Its state becomes large. */
  | { readonly kind: "hoard"; readonly id: string; readonly chars: number }
  /** The machine gives something that is no step. */
  | { readonly kind: "odd"; readonly id: string; readonly how: OddStep }
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
    retention: { cleanup: "delete", retentionMs: 7 * 86_400_000 },
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

/** The topics by which one bank meets others. */
export interface BankTopics {
  /** What accounts are asked to do, keyed by account. */
  readonly orders: TopicContract<BankRecord<BankOrder>>;
  /** The rate of the day, one copy in every partition. */
  readonly rates: TopicContract<BankRecord<string>>;
  /** What an account says of itself, keyed by account. */
  readonly statements: TopicContract<BankRecord<string>>;
  /** What an account says to everybody, one copy in every partition. */
  readonly notices: TopicContract<BankRecord<string>>;
}

/** The topics of the bank of this name; banks on one broker have different names. */
export const bankTopicsOf = (name: string): BankTopics => ({
  orders: jsonTopic(`${name}-orders`, "entity"),
  rates: jsonTopic(`${name}-rates`, "broadcast"),
  statements: jsonTopic(`${name}-statements`, "entity"),
  notices: jsonTopic(`${name}-notices`, "broadcast"),
});

/** The name of the one bank of a simulation. */
export const bankName = "bank";

const own = bankTopicsOf(bankName);

/** Orders, keyed by account. */
export const bankOrders = own.orders;

/** The rate of the day, one copy in every partition. */
export const bankRates = own.rates;

/** What an account says of itself, keyed by account. */
export const bankStatements = own.statements;

/** What an account says to everybody, one copy in every partition. */
export const bankNotices = own.notices;

/** All topics by which the bank meets others. */
export const bankTopics = Object.values(own) as readonly AnyTopicContract[];
