/** What a user has given for calls on the user's behalf. */
export interface Delegation {
  readonly givenAt: number;
  /** No call is made with it from then on. */
  readonly expiresAt: number;
  /** Null when it was erased. Rejects when it cannot be opened now. */
  refreshToken(): Promise<string | null>;
}

/** Which tenants are connected user by user, and what each user has given. A port. */
export interface Delegations {
  /** Whether users of the tenant consent each for the own calendar. */
  isByUser(tenantId: string): Promise<boolean>;
  find(tenantId: string, userObjectId: string): Promise<Delegation | null>;
}
