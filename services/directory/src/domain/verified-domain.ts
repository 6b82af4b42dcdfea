import { type ActorId, type Step, tell } from "@hybrid/kernel";
import { actorOf, ownId } from "./actor-names.ts";
import type { Call, Input, Told } from "./inputs.ts";
import { type Domain, initial, type State } from "./state.ts";

/** The inputs of domains. */
export type DomainInput = Extract<Told, { readonly kind: "domainVerified" | "domainAsked" }>;

/** The tenant of a domain; null when no tenant has verified it, or several have. */
export const tenantOf = (tenants: readonly string[]): string | null =>
  tenants.length === 1 ? (tenants[0] ?? null) : null;

/** An input of a domain. Objects ask again when a synchronisation has found that domains moved. */
export const stepDomain = (
  before: Domain | null,
  input: DomainInput,
  self: ActorId,
): Step<State, Input, Call> => {
  const tenants = before?.tenants ?? [];
  if (input.kind === "domainAsked") {
    const answer: Input = { kind: "domainSaid", domain: ownId(self), tenantId: tenantOf(tenants) };
    return { state: before ?? initial, effects: [tell(actorOf(self, "object", input.objectId), answer)] };
  }
  const others = tenants.filter((tenantId) => tenantId !== input.tenantId);
  const left = input.isVerified ? [...others, input.tenantId].sort() : others;
  return { state: left.length === 0 ? initial : { kind: "domain", tenants: left }, effects: [] };
};
