/** Built-in roles of Microsoft Entra that the simulator knows, by name: ids of their templates. */
const templateIds = {
  "Global Administrator": "62e90394-69f5-4237-9190-012177145e10",
  "Privileged Role Administrator": "e8611ab8-c189-46e8-94e1-60213ab1f814",
  "Exchange Administrator": "29232cdf-9323-42fd-ade2-1d097af3e4de",
  "User Administrator": "fe930be7-5e62-47db-91af-98c3a49a38b1",
  "Global Reader": "f2ef992c-3afb-46b9-b7cf-a126ee74c451",
} as const;

/** A built-in role by its display name. */
export type DirectoryRole = keyof typeof templateIds;

/** The id of a role's template, which is the id of its definition too. */
export const roleTemplateId = (role: DirectoryRole): string => templateIds[role];

/** Who may consent to application permissions of Microsoft Graph for a whole tenant. */
const consenters: ReadonlySet<DirectoryRole> = new Set([
  "Global Administrator",
  "Privileged Role Administrator",
]);

/** Who may read the assignments of roles, besides a permission of the application. */
const roleReaders: ReadonlySet<DirectoryRole> = new Set([
  "Global Administrator",
  "Privileged Role Administrator",
  "Global Reader",
]);

/** Which roles people have in their tenants. */
export class DirectoryRoles {
  readonly #byUser = new Map<string, ReadonlySet<DirectoryRole>>();

  /** Replaces the roles of a user. */
  set(userId: string, roles: readonly DirectoryRole[]): void {
    this.#byUser.set(userId.toLowerCase(), new Set(roles));
  }

  of(userId: string): readonly DirectoryRole[] {
    return [...(this.#byUser.get(userId.toLowerCase()) ?? [])];
  }

  mayConsent(userId: string): boolean {
    return this.of(userId).some((role) => consenters.has(role));
  }

  mayReadRoles(userId: string): boolean {
    return this.of(userId).some((role) => roleReaders.has(role));
  }
}
