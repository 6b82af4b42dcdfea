import { peopleFindings } from "@hybrid/contracts";
import { type ActorId, type Effect, type EpochMs, emit, type Step, tell, unreachable } from "@hybrid/kernel";
import { actorOf, addressActor, ownId } from "./actor-names.ts";
import type { Call, Input, Told } from "./inputs.ts";
import { type Decision, decide, namedTenant, type ObjectClaims, primaryAddress } from "./link.ts";
import { domainOf, normalAddress } from "./mail-address.ts";
import { type EntraObject, initial, type State } from "./state.ts";

type DirectoryStep = Step<State, Input, Call>;
type Effects = readonly Effect<Input, Call>[];

/** The inputs of objects. */
export type ObjectInput = Extract<
  Told,
  {
    readonly kind:
      | "graphSaid"
      | "graphLost"
      | "listSaid"
      | "webexSaid"
      | "addressSaid"
      | "domainSaid"
      | "domainsMoved"
      | "forgotten";
  }
>;

const nothing: EntraObject = {
  kind: "object",
  graph: {},
  lists: {},
  webex: {},
  address: null,
  word: null,
  domain: null,
  decision: null,
  told: {},
};

const claimsOf = ({ graph, lists, webex }: EntraObject): ObjectClaims => ({
  graph: Object.values(graph),
  lists: Object.values(lists),
  webex: Object.values(webex),
});

const isEmpty = ({ graph, lists, webex }: EntraObject): boolean =>
  [graph, lists, webex].every((claims) => Object.keys(claims).length === 0);

/** Lists and people at Webex that may speak of one object; more are no claims but damage. */
const claimsMax = 50;

const withClaim = <Claim>(
  claims: Readonly<Record<string, Claim>>,
  id: string,
  claim: Claim | null,
): Readonly<Record<string, Claim>> => {
  const { [id]: _, ...others } = claims;
  if (claim === null || (!(id in claims) && Object.keys(claims).length >= claimsMax)) return others;
  return { ...others, [id]: claim };
};

const onGraphSaid = (
  object: EntraObject,
  { tenantId, user, round }: Extract<Told, { readonly kind: "graphSaid" }>,
): EntraObject => {
  const before = object.graph[tenantId];
  if (user.isGuest) return { ...object, graph: withClaim(object.graph, tenantId, null) };
  const claim = {
    tenantId,
    mailAddress: user.mailAddress === undefined ? (before?.mailAddress ?? null) : user.mailAddress,
    round: round ?? before?.round ?? 0,
  };
  return { ...object, graph: withClaim(object.graph, tenantId, claim) };
};

/** Claims its address, and gives up the one that it had. */
const askAddress = (object: EntraObject, self: ActorId): readonly [EntraObject, Effects] => {
  const objectId = ownId(self);
  const primary = primaryAddress(claimsOf(object));
  const normal = primary === null ? null : normalAddress(primary.mailAddress);
  const isUser = Object.keys(object.lists).length > 0 || Object.keys(object.webex).length > 0;
  const wanted = primary && normal !== null ? { normal, rank: primary.rank, isUser } : null;
  if (JSON.stringify(wanted) === JSON.stringify(object.address)) return [object, []];
  const claim = (address: NonNullable<EntraObject["address"]>, given: boolean) =>
    tell<Input>(addressActor(self, address.normal), {
      kind: "objectClaims",
      objectId,
      normal: address.normal,
      claim: given ? { rank: address.rank, isUser: address.isUser } : null,
    });
  const left =
    object.address && object.address.normal !== wanted?.normal ? [claim(object.address, false)] : [];
  return [{ ...object, address: wanted, word: null }, [...left, ...(wanted ? [claim(wanted, true)] : [])]];
};

/** Asks for the tenant of its domain where no source names one. */
const askDomain = (object: EntraObject, self: ActorId): readonly [EntraObject, Effects] => {
  const needs = object.address !== null && namedTenant(claimsOf(object)) === null;
  const name = needs && object.address ? domainOf(object.address.normal) : null;
  if (name === (object.domain?.name ?? null)) return [object, []];
  if (name === null) return [{ ...object, domain: null }, []];
  const question: Input = { kind: "domainAsked", objectId: ownId(self) };
  return [{ ...object, domain: { name } }, [tell(actorOf(self, "domain", name), question)]];
};

const isWaiting = ({ address, word, domain }: EntraObject): boolean =>
  (address !== null && word === null) || (domain !== null && domain.tenantId === undefined);

const report = (decision: Decision, self: ActorId, now: EpochMs): Effect<Input, Call> => {
  const { userId, person, findings: codes } = decision;
  if (codes.length === 0) return { kind: "emit", topic: peopleFindings.name, key: self, value: null };
  return emit(peopleFindings, self, {
    codes,
    mailAddress: person?.mailAddress ?? null,
    userId,
    objectId: ownId(self),
    webexPersonId: person?.webex?.personId ?? null,
    workspaceId: null,
    at: now,
  });
};

/** Whom a decision concerns: the user whom it makes, and those of lists who are not that user. */
const addressees = (
  object: EntraObject,
  { userId, person }: Decision,
): ReadonlyMap<string, Decision["person"]> =>
  new Map([
    ...Object.keys(object.lists).map((id) => [id, null] as const),
    // A mailbox that is nobody's is no news to a user who is not there.
    ...(person !== null || userId in object.lists || userId in object.told
      ? [[userId, person] as const]
      : []),
  ]);

/** Tells users and the conflict report what is new of a decision. */
const publish = (object: EntraObject, self: ActorId, now: EpochMs): DirectoryStep => {
  const objectId = ownId(self);
  const decision = decide(objectId, claimsOf(object), {
    owner: object.word?.owner ?? "own",
    sameAddress: object.word?.sameAddress ?? [],
    tenantOfDomain: object.domain?.tenantId ?? null,
  });
  const before = object.decision;
  const isNew = JSON.stringify(decision.person) !== JSON.stringify(before?.person ?? null);
  const to = addressees(object, decision);
  const toUser = (userId: string, person: Decision["person"]) =>
    tell<Input>(actorOf(self, "user", userId), { kind: "decided", objectId, person });
  const left = Object.keys(object.told).filter((userId) => object.told[userId] && !to.has(userId));
  const news = [...to].filter(
    ([userId, person]) => object.told[userId] !== (person !== null) || (person !== null && isNew),
  );
  const told = Object.fromEntries([...to].map(([userId, person]) => [userId, person !== null]));
  const sameFindings = JSON.stringify(decision.findings) === JSON.stringify(before?.findings ?? []);
  const effects: Effects = [
    ...(sameFindings ? [] : [report(decision, self, now)]),
    ...left.map((userId) => toUser(userId, null)),
    ...news.map(([userId, person]) => toUser(userId, person)),
  ];
  return { state: isEmpty(object) ? initial : { ...object, decision, told }, effects };
};

const applied = (object: EntraObject, input: ObjectInput): EntraObject => {
  switch (input.kind) {
    case "graphSaid":
      return onGraphSaid(object, input);
    case "graphLost":
      return { ...object, graph: withClaim(object.graph, input.tenantId, null) };
    case "listSaid":
      return { ...object, lists: withClaim(object.lists, input.userId, input.claim) };
    case "webexSaid":
      return { ...object, webex: withClaim(object.webex, input.personId, input.claim) };
    case "addressSaid":
      return object.address?.normal === input.normal ? { ...object, word: input.word } : object;
    case "domainSaid":
      return object.domain?.name === input.domain
        ? { ...object, domain: { name: input.domain, tenantId: input.tenantId } }
        : object;
    case "domainsMoved":
      // Nobody knows any more, so that it is asked again.
      return { ...object, domain: null };
    case "forgotten":
      return { ...object, graph: {}, lists: {}, webex: {} };
    default:
      return unreachable(input);
  }
};

/**
 * An input of an Entra object. It decides once its address and, where needed, its domain have answered, which
 * they do within the same commit.
 */
export const stepObject = (
  before: EntraObject | null,
  input: ObjectInput,
  { self, now }: { readonly self: ActorId; readonly now: EpochMs },
): DirectoryStep => {
  const { kind } = input;
  if (before === null && (kind === "addressSaid" || kind === "domainSaid" || kind === "forgotten"))
    return { state: initial, effects: [] };
  const told = applied(before ?? nothing, input);
  const [addressed, addressEffects] = askAddress(told, self);
  const [asking, domainEffects] = askDomain(addressed, self);
  const effects = [...addressEffects, ...domainEffects];
  if (isWaiting(asking)) return { state: asking, effects };
  const step = publish(asking, self, now);
  return { state: step.state, effects: [...effects, ...step.effects] };
};
