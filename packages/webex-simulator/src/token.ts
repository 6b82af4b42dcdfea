/** A service app's access token: whose people it reaches, and where its preference calls look by default. */
export interface SimulatedToken {
  readonly token: string;
  readonly orgId: string;
  readonly defaultSite: string;
  /** Who `people/me` is: the address of a person; the service app's own account when left out. */
  readonly person?: string;
}
