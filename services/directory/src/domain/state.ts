import type { AdminCommand, OrganisationSettings, TenantStatus, UserDirectoryEntry } from "@hybrid/contracts";

/** A user as the directory knows it: the record published last. */
export interface User {
  readonly kind: "user";
  readonly entry: UserDirectoryEntry;
}

/** What is decided about a tenant: the record published last. */
export interface Tenant {
  readonly kind: "tenant";
  readonly tenantId: string;
  readonly status: TenantStatus["status"];
  readonly generation: number;
  readonly settings: OrganisationSettings;
}

/** The state of any actor of the service; `unknown` has no record. */
export type State = { readonly kind: "unknown" } | User | Tenant;

/** What every actor starts from, and a removed user ends in. */
export const initial: State = { kind: "unknown" };

/** Orders about a user, and orders about a tenant. */
export type UserCommand = Extract<AdminCommand, { readonly kind: "putUser" | "toggleUser" | "removeUser" }>;
export type TenantCommand = Exclude<AdminCommand, UserCommand>;

/** What reaches an actor of the service. */
export type Input =
  | { readonly kind: "userCommanded"; readonly command: UserCommand }
  | { readonly kind: "tenantCommanded"; readonly tenantId: string; readonly command: TenantCommand }
  /** A call failed because the tenant's consent is gone; `generation` is the decision it was made under. */
  | { readonly kind: "consentLost"; readonly generation: number };

/** The directory calls nobody yet. */
export type Call = never;
