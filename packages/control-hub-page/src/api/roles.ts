/** What people are here: everything, users alone, only looking, only what is about oneself. */
export const roles = ["full", "support", "readOnly", "user"] as const;

/** A role. */
export type Role = (typeof roles)[number];

/**
 * The one table of rights. An operation asks for a role; who has one of these may do it. `user` is what
 * everybody may: their own session, and what is stored about themselves.
 */
export const rolesThatMay: Readonly<Record<Role, readonly Role[]>> = {
  full: ["full"],
  support: ["full", "support"],
  readOnly: ["full", "support", "readOnly"],
  user: ["full", "support", "readOnly", "user"],
};
