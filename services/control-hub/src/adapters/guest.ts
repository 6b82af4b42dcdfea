import type { Role } from "@hybrid/control-hub-page/api";

/** Whom a sign-in lets in. */
export interface Guest {
  /** Null: every organisation of this installation. */
  readonly org: string | null;
  readonly role: Role;
  readonly name: string;
  /** The user that the person is in the directory, by the id behind `u-`; null where that is nobody. */
  readonly user: string | null;
}
