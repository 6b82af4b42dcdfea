/** An access token: whose people it reaches, what it may, and where its preference calls look by default. */
export interface SimulatedToken {
  readonly token: string;
  readonly orgId: string;
  readonly defaultSite: string;
  /** Who `people/me` is: the address of a person; the service app's own account when left out. */
  readonly person?: string;
  /**
   * What it was granted, for example `spark:rooms_read`. Left out: every scope, but those of compliance for
   * an officer alone. A token with a scope that starts with `spark-compliance:` is a compliance officer's.
   */
  readonly scopes?: readonly string[];
  /** A compliance officer's, with every scope there is, when `scopes` are left out. */
  readonly isOfficer?: boolean;
  /** Milliseconds since 1970 on the simulator's clock; it never ends when left out. */
  readonly expiresAt?: number;
}
