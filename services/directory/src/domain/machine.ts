import { type Machine, unreachable } from "@hybrid/kernel";
import type { Call, Input, State } from "./state.ts";
import { onConsentLost, onTenantCommanded } from "./tenant.ts";
import { stepUser } from "./user.ts";

/** The behaviour of the directory's users and of the one actor that decides about a tenant. */
export const directoryMachine: Machine<State, Input, Call> = (state, input, now, self) => {
  const user = state.kind === "user" ? state : null;
  const tenant = state.kind === "tenant" ? state : null;
  switch (input.kind) {
    case "userCommanded":
      return stepUser(user, input.command, self);
    case "tenantCommanded":
      return onTenantCommanded(tenant, input, now, self);
    case "consentLost":
      return onConsentLost(tenant, input.generation, now, self);
    default:
      return unreachable(input);
  }
};
