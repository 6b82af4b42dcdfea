import type { MembershipEvent } from "./state.ts";

/** What a membership event of a team's General space means for its group. */
export type Meaning =
  | { readonly kind: "add"; readonly as: "owner" | "member" }
  | { readonly kind: "remove" }
  | { readonly kind: "become"; readonly as: "owner" | "member" };

/** The meaning of an event; `roomType` plays no part, for events that came about through the team lack it. */
export const meaningOf = ({ change, isModerator }: MembershipEvent): Meaning => {
  const as = isModerator ? "owner" : "member";
  if (change === "created") return { kind: "add", as };
  return change === "deleted" ? { kind: "remove" } : { kind: "become", as };
};
