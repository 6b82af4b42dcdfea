import { type AnyTopicContract, defineTopic, type TopicContract } from "@hybrid/contracts";
import type { EpochMs } from "@hybrid/kernel";

/** What is wrong with what the machine gives. */
export type OddStep = "nothing" | "noEffects" | "unknownEffect" | "badKey" | "noJson" | "badTimer";

/** What a record on `bank-orders` asks of an account: the runtime's whole repertoire, one kind each. */
export type BankOrder =
  | { readonly kind: "deposit"; readonly id: string; readonly cents: number }
  /** Tells another account of the same partition. */
  | { readonly kind: "transfer"; readonly id: string; readonly to: string; readonly cents: number }
  /** Posts to accounts of any partition, the same one several times if need be. */
  | {
      readonly kind: "spread";
      readonly id: string;
      readonly to: readonly string[];
      readonly cents: number;
      /** Makes each post so much longer. */
      readonly padding: string;
    }
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

const schemaOf = (...added: readonly object[]) => ({
  type: "record",
  name: "Bank",
  namespace: "simulation",
  fields: [{ name: "json", type: "string" }, ...added],
});

/**
 * What workers of a bank may be released as: `next` writes its topics with a newer schema, `nextStates` its
 * states in a newer version as well.
 */
export type BankRelease = "first" | "next" | "nextStates";

const firstSchema = schemaOf();
const nextSchema = schemaOf({ name: "remark", type: "string", default: "" });

interface JsonTopicOptions {
  readonly partitioning: "entity" | "broadcast";
  readonly release: BankRelease;
}

const jsonTopic = <Value>(
  name: string,
  { partitioning, release }: JsonTopicOptions,
): TopicContract<BankRecord<Value>> => {
  const contract = defineTopic<{ readonly json: string }>({
    name,
    doc: "A topic of the simulated bank.",
    keyDoc: "the account",
    partitioning,
    retention: { cleanup: "delete", retentionMs: 7 * 86_400_000 },
    writers: ["bank"],
    versions: release === "first" ? [firstSchema] : [firstSchema, nextSchema],
  });
  return {
    ...contract,
    encode: ({ value }) => contract.encode({ json: JSON.stringify(value) }),
    decode: (bytes, schemas) => ({ value: JSON.parse(contract.decode(bytes, schemas).json) as Value }),
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

/** The topics of the bank of this name as a release has them; banks on one broker have different names. */
export const bankTopicsOf = (name: string, release: BankRelease = "first"): BankTopics => ({
  orders: jsonTopic(`${name}-orders`, { partitioning: "entity", release }),
  rates: jsonTopic(`${name}-rates`, { partitioning: "broadcast", release }),
  statements: jsonTopic(`${name}-statements`, { partitioning: "entity", release }),
  notices: jsonTopic(`${name}-notices`, { partitioning: "broadcast", release }),
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
