import { textDigest } from "@hybrid/contracts";
import { type ActorId, type Effect, type Step, tell, unreachable } from "@hybrid/kernel";
import { actorOf } from "./actor-names.ts";
import { claimantsMax, holderOf, wordFor, workspaceClashes } from "./address-book.ts";
import type { Call, Input, Told } from "./inputs.ts";
import { initial, type MailAddress, type State } from "./state.ts";

type DirectoryStep = Step<State, Input, Call>;

/** The inputs of addresses. */
export type AddressInput = Extract<
  Told,
  { readonly kind: "objectClaims" | "personClaims" | "workspaceClaims" }
>;

const nothing: MailAddress = { kind: "address", objects: {}, workspaces: [], people: [], told: {} };

const sizeOf = ({ objects, workspaces, people }: MailAddress): number =>
  Object.keys(objects).length + workspaces.length + people.length;

const isFull = (address: MailAddress): boolean => sizeOf(address) >= claimantsMax;

const without = <Value>(from: Readonly<Record<string, Value>>, id: string): Record<string, Value> => {
  const { [id]: _, ...others } = from;
  return others;
};

const applied = (address: MailAddress, input: AddressInput): MailAddress => {
  switch (input.kind) {
    case "objectClaims": {
      const { objectId, claim } = input;
      if (claim === null) return { ...address, objects: without(address.objects, objectId) };
      if (!(objectId in address.objects) && isFull(address)) return address;
      return { ...address, objects: { ...address.objects, [objectId]: claim } };
    }
    case "personClaims": {
      const { personId, claim } = input;
      const others = address.people.filter((person) => person.personId !== personId);
      if (claim === null || (others.length === address.people.length && isFull(address)))
        return { ...address, people: others };
      const people = [...others, claim].sort((a, b) => (a.personId < b.personId ? -1 : 1));
      return { ...address, people };
    }
    case "workspaceClaims": {
      const { workspaceId, claims } = input;
      const others = address.workspaces.filter((id) => id !== workspaceId);
      const added = claims && (others.length < address.workspaces.length || !isFull(address));
      return { ...address, workspaces: added ? [...others, workspaceId].sort() : others };
    }
    default:
      return unreachable(input);
  }
};

/** Everybody who claims the address, and what they are told. */
const wordsOf = (address: MailAddress, normal: string): readonly (readonly [string, Input])[] => [
  ...Object.keys(address.objects).map(
    (id) => [`object-${id}`, { kind: "addressSaid", normal, word: wordFor(id, address) }] as const,
  ),
  ...address.people.map(
    ({ personId }) =>
      [`webex-${personId}`, { kind: "personPlaced", normal, objectId: holderOf(address) }] as const,
  ),
  ...address.workspaces.map(
    (id) => [`workspace-${id}`, { kind: "workspacePlaced", clashes: workspaceClashes(address) }] as const,
  ),
];

/** The claimant that an input is from, and what it is told where there is no place for its claim. */
const askerOf = (input: AddressInput): readonly [string, Input] => {
  const { normal } = input;
  switch (input.kind) {
    case "objectClaims":
      return [
        `object-${input.objectId}`,
        { kind: "addressSaid", normal, word: { owner: "user", sameAddress: [] } },
      ];
    case "personClaims":
      return [`webex-${input.personId}`, { kind: "personPlaced", normal, objectId: null }];
    case "workspaceClaims":
      return [`workspace-${input.workspaceId}`, { kind: "workspacePlaced", clashes: true }];
    default:
      return unreachable(input);
  }
};

const isWithdrawal = (input: AddressInput): boolean =>
  input.kind === "workspaceClaims" ? !input.claims : input.claim === null;

/**
 * An input of an address: who claims it is answered, and all whose standing changes by it are told. Who
 * gives it up is told nothing.
 */
export const stepAddress = (
  before: MailAddress | null,
  input: AddressInput,
  self: ActorId,
): DirectoryStep => {
  const address = applied(before ?? nothing, input);
  const words = new Map(wordsOf(address, input.normal));
  const [asker, refusal] = askerOf(input);
  if (!isWithdrawal(input) && !words.has(asker)) words.set(asker, refusal);
  const told: Record<string, string> = {};
  const effects: Effect<Input, Call>[] = [];
  for (const [name, word] of words) {
    // A digest: what they were told has addresses in it.
    const text = textDigest(JSON.stringify(word));
    told[name] = text;
    const dash = name.indexOf("-");
    const kind = name.slice(0, dash) as "object" | "webex" | "workspace";
    if (name === asker || address.told[name] !== text)
      effects.push(tell(actorOf(self, kind, name.slice(dash + 1)), word));
  }
  return { state: sizeOf(address) === 0 ? initial : { ...address, told }, effects };
};
