const isTeam = (old: unknown): old is { readonly published: unknown } =>
  typeof old === "object" && old !== null && "published" in old;

/**
 * What version 1 told of a team has its name in clear: it is told again with whatever comes next. An
 * organisation tells its prerequisites again with each look.
 */
export const withStatusToSeal = (old: unknown): unknown => (isTeam(old) ? { ...old, published: null } : old);
