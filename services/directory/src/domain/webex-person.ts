import { peopleFindings } from "@hybrid/contracts";
import { type ActorId, type Effect, type EpochMs, emit, type Step, stay, tell } from "@hybrid/kernel";
import { actorOf, addressActor } from "./actor-names.ts";
import { readExternalId } from "./external-id.ts";
import type { Call, Input, Told } from "./inputs.ts";
import { linkFindings, type WebexClaim } from "./link.ts";
import { normalAddress } from "./mail-address.ts";
import { initial, type State, type WebexPerson } from "./state.ts";

type DirectoryStep = Step<State, Input, Call>;
type Effects = readonly Effect<Input, Call>[];

/** The inputs of people at Webex. */
export type PersonInput = Extract<Told, { readonly kind: "personSeen" | "personGone" | "personPlaced" }>;

/** Who hears of the person: the object that the externalId names, else the address. */
const anchorOf = (claim: WebexClaim, self: ActorId): ActorId | null => {
  const externalId = readExternalId(claim.externalId);
  if (externalId.kind === "objectId") return actorOf(self, "object", externalId.objectId);
  const normal = normalAddress(claim.mailAddress);
  return normal === null ? null : addressActor(self, normal);
};

/** Tells the anchor what is said of the person; `said` null: nothing any more. */
const toAnchor = (claim: WebexClaim, said: WebexClaim | null, self: ActorId): Effects => {
  const anchor = anchorOf(claim, self);
  const { personId } = claim;
  if (anchor === null) return [];
  if (readExternalId(claim.externalId).kind === "objectId")
    return [tell<Input>(anchor, { kind: "webexSaid", personId, claim: said })];
  const normal = normalAddress(claim.mailAddress) ?? "";
  return [tell<Input>(anchor, { kind: "personClaims", personId, claim: said, normal })];
};

const report = (
  person: WebexPerson,
  before: WebexPerson | null,
  { self, now }: { readonly self: ActorId; readonly now: EpochMs },
): Effects => {
  const { codes, claim, objectId } = person;
  const same =
    before !== null &&
    JSON.stringify(codes) === JSON.stringify(before.codes) &&
    claim.mailAddress === before.claim.mailAddress &&
    objectId === before.objectId;
  if (same || (before === null && codes.length === 0)) return [];
  if (codes.length === 0)
    return before?.codes.length ? [{ kind: "emit", topic: peopleFindings.name, key: self, value: null }] : [];
  return [
    emit(peopleFindings, self, {
      codes,
      mailAddress: claim.mailAddress,
      userId: null,
      objectId,
      webexPersonId: claim.personId,
      workspaceId: null,
      at: now,
    }),
  ];
};

const judged = (person: Omit<WebexPerson, "codes">): WebexPerson => ({
  ...person,
  codes: linkFindings(person.claim, person.objectId !== null),
});

const onSeen = (
  before: WebexPerson | null,
  { claim, round }: Extract<Told, { readonly kind: "personSeen" }>,
  at: { readonly self: ActorId; readonly now: EpochMs },
): DirectoryStep => {
  const seen = round ?? before?.round ?? 0;
  if (before && JSON.stringify(before.claim) === JSON.stringify(claim))
    return stay(before.round === seen ? before : { ...before, round: seen });
  const moved = before !== null && anchorOf(before.claim, at.self) !== anchorOf(claim, at.self);
  // The address answers whom it belongs to; until then the person is reported as nobody's.
  const objectId = before && !moved ? before.objectId : null;
  const person = judged({ kind: "webexPerson", claim, round: seen, objectId });
  return {
    state: person,
    // Reported before the address answers, whose word is the later one.
    effects: [
      ...report(person, before, at),
      ...(moved ? toAnchor(before.claim, null, at.self) : []),
      ...toAnchor(claim, claim, at.self),
    ],
  };
};

/** An input of a person at Webex. */
export const stepPerson = (
  before: WebexPerson | null,
  input: PersonInput,
  at: { readonly self: ActorId; readonly now: EpochMs },
): DirectoryStep => {
  if (input.kind === "personSeen") return onSeen(before, input, at);
  if (before === null) return stay(initial);
  if (input.kind === "personGone") {
    const gone = before.codes.length > 0;
    const tombstone: Effects = gone
      ? [{ kind: "emit", topic: peopleFindings.name, key: at.self, value: null }]
      : [];
    return { state: initial, effects: [...toAnchor(before.claim, null, at.self), ...tombstone] };
  }
  if (normalAddress(before.claim.mailAddress) !== input.normal) return stay(before);
  const person = judged({ ...before, objectId: input.objectId });
  return { state: person, effects: report(person, before, at) };
};
