import { type ActorId, type EpochMs, type Machine, type Step, stay, unreachable } from "@hybrid/kernel";
import { stepAddress } from "./address.ts";
import { stepObject } from "./entra-object.ts";
import type { Call, Input } from "./inputs.ts";
import { onRulesOrdered } from "./meeting-rules.ts";
import type { State } from "./state.ts";
import { stepSync } from "./sync.ts";
import { onConsentLost, onTenantCommanded } from "./tenant.ts";
import { onDecided, onErasureOrdered, onUserCommanded } from "./user.ts";
import { stepDomain } from "./verified-domain.ts";
import { stepPerson } from "./webex-person.ts";
import { stepWorkspace } from "./workspace.ts";

type DirectoryStep = Step<State, Input, Call>;

/** The state when it is of a kind; null for an actor that has none. An actor is of one kind all its life. */
const as = <Kind extends State["kind"]>(
  state: State,
  kind: Kind,
): Extract<State, { readonly kind: Kind }> | null =>
  state.kind === kind ? (state as Extract<State, { readonly kind: Kind }>) : null;

/** After a full round: who was seen last in an earlier one is gone. */
const onSwept = (
  state: State,
  { source, oldest }: Extract<Input, { readonly kind: "swept" }>,
  at: { readonly self: ActorId; readonly now: EpochMs },
): DirectoryStep => {
  if (state.kind === "webexPerson")
    return state.round < oldest ? stepPerson(state, { kind: "personGone" }, at) : stay(state);
  if (state.kind === "workspace")
    return state.round < oldest ? stepWorkspace(state, { kind: "workspaceGone" }, at) : stay(state);
  if (state.kind !== "object" || source.kind !== "graph") return stay(state);
  const round = state.graph[source.tenantId]?.round;
  if (round === undefined || round >= oldest) return stay(state);
  return stepObject(state, { kind: "graphLost", tenantId: source.tenantId }, at);
};

/** The behaviour of everybody in the directory: docs of each kind stand in its own file. */
export const directoryMachine: Machine<State, Input, Call> = (state, input, now, self) => {
  const at = { self, now };
  switch (input.kind) {
    case "userCommanded":
      return onUserCommanded(as(state, "user"), input, at);
    case "erasureOrdered":
      return onErasureOrdered(as(state, "user"), input, at);
    case "decided":
      return onDecided(as(state, "user"), input, at);
    case "tenantCommanded":
      return onTenantCommanded(as(state, "tenant"), input, now, self);
    case "rulesOrdered":
      return onRulesOrdered(as(state, "meetingRules"), input, at);
    case "consentLost":
      return onConsentLost(as(state, "tenant"), input.generation, now, self);
    case "graphSaid":
    case "graphLost":
    case "listSaid":
    case "webexSaid":
    case "addressSaid":
    case "domainSaid":
      return stepObject(as(state, "object"), input, at);
    case "domainsMoved":
    case "forgotten":
      return state.kind === "object" ? stepObject(state, input, at) : stay(state);
    case "objectClaims":
    case "personClaims":
    case "workspaceClaims":
      return stepAddress(as(state, "address"), input, self);
    case "personSeen":
    case "personGone":
    case "personPlaced":
      return stepPerson(as(state, "webexPerson"), input, at);
    case "workspaceSeen":
    case "workspacePlaced":
      return stepWorkspace(as(state, "workspace"), input, at);
    case "domainVerified":
    case "domainAsked":
      return stepDomain(as(state, "domain"), input, self);
    case "swept":
      return onSwept(state, input, at);
    case "syncOrdered":
    case "tenantDecided":
    case "syncDue":
    case "callFailed":
    case "graphPageRead":
    case "webexPageRead":
    case "domainsRead":
    case "workspacesRead":
    case "actorsListed":
      return stepSync(as(state, "sync"), input, at);
    default:
      return unreachable(input);
  }
};
