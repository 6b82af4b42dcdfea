/** A service app's access token: whose people it reaches, and where its preference calls look by default. */
export interface SimulatedToken {
  readonly token: string;
  readonly orgId: string;
  readonly defaultSite: string;
}
