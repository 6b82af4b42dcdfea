/** A group of people, as administrators keep them. */
export interface SimulatedGroup {
  readonly uuid: string;
  readonly orgId: string;
  readonly createdAt: number;
  displayName: string;
  externalId: string | undefined;
  memberUuids: ReadonlySet<string>;
  modifiedAt: number;
}
