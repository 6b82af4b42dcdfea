/** What is known of an organisation, as far as its cards tell it. */
export interface Known {
  readonly users: {
    readonly all: number;
    readonly active: number;
    readonly error: number;
    readonly notActivated: number;
  };
  readonly tenants: readonly { readonly status: "active" | "suspended" | "deactivated" }[];
  /** Null: nobody has asked for groups yet. */
  readonly groups: {
    readonly isAuthorised: boolean;
    readonly isEnabled: boolean;
    readonly missing: readonly string[];
    readonly connected: number;
  } | null;
  readonly connectors: readonly {
    readonly state: "running" | "paused";
    readonly problem: string | null;
    readonly lastAt: number | null;
  }[];
}

/** Where a service stands; the same four words as for users. */
export interface Card {
  readonly service: "calendar" | "groups" | "archive";
  readonly state: "notActivated" | "error" | "active" | "disabled";
  /** What is missing or stands in the way, the most urgent first. */
  readonly missing: readonly string[];
  readonly figures: Readonly<Record<string, number>>;
  readonly lastAt: number | null;
}

const calendar = ({ users, tenants }: Known): Card => {
  const standing = tenants.filter(({ status }) => status === "active").length;
  const figures = { users: users.active, tenants: standing, error: users.error };
  const card = { service: "calendar", figures, lastAt: null } as const;
  if (tenants.some(({ status }) => status === "suspended"))
    return { ...card, state: "error", missing: ["consentRevoked"] };
  if (standing === 0)
    return tenants.length > 0
      ? { ...card, state: "disabled", missing: ["tenantDeactivated"] }
      : { ...card, state: "notActivated", missing: ["tenant", ...(users.all === 0 ? ["people"] : [])] };
  if (users.active === 0)
    return { ...card, state: "notActivated", missing: [users.all === 0 ? "people" : "firstUser"] };
  return { ...card, state: "active", missing: [] };
};

const groups = ({ groups: found }: Known): Card => {
  const figures = { teams: found?.connected ?? 0, missing: found?.missing.length ?? 0 };
  const card = { service: "groups", figures, lastAt: null } as const;
  if (found === null) return { ...card, state: "notActivated", missing: ["configuration"] };
  if (found.missing.length > 0) return { ...card, state: "notActivated", missing: found.missing };
  if (!found.isAuthorised) return { ...card, state: "notActivated", missing: ["authorisation"] };
  return found.isEnabled
    ? { ...card, state: "active", missing: [] }
    : { ...card, state: "disabled", missing: ["switch"] };
};

const archive = ({ connectors }: Known): Card => {
  const times = connectors.flatMap(({ lastAt }) => lastAt ?? []);
  const lastAt = times.length === 0 ? null : Math.max(...times);
  const problems = connectors.flatMap(({ problem }) => problem ?? []);
  const card = { service: "archive", figures: { connectors: connectors.length }, lastAt } as const;
  if (connectors.length === 0) return { ...card, state: "notActivated", missing: ["connector"] };
  if (problems.length > 0) return { ...card, state: "error", missing: [...new Set(problems)] };
  if (connectors.every(({ state }) => state === "paused"))
    return { ...card, state: "disabled", missing: ["paused"] };
  return { ...card, state: "active", missing: [] };
};

/** The cards of an organisation, in the order in which they are shown. */
export const cardsOf = (known: Known): readonly Card[] => [calendar(known), groups(known), archive(known)];
