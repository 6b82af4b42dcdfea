/** What a tenant demands of the names of Microsoft 365 groups. */
export interface NamingPolicy {
  /** Every display name and mail nickname must begin with it; nothing when left out. */
  readonly prefix?: string;
  /** Likewise at the end. */
  readonly suffix?: string;
  /** Words that no name may hold as a whole word, in any case. */
  readonly blockedWords?: readonly string[];
}

/** How groups behave in this simulator. */
export interface GroupOptions {
  /**
   * How long a new group has no site yet, milliseconds at least and at most, drawn from the seed; 1 to 20
   * minutes when left out.
   */
  readonly siteDelayMs?: readonly [number, number];
  /** How long a new group answers 404 to requests by its id, likewise; 0 to 3 seconds when left out. */
  readonly replicationMs?: readonly [number, number];
  /** Members in one page of delta; 200 when left out. */
  readonly deltaPageSize?: number;
  /** Microsoft 365 groups that one tenant may have; 500,000 when left out. */
  readonly groupsMax?: number;
}

/** A Microsoft 365 group as the simulator keeps it. */
export interface Group {
  /** A GUID. */
  readonly id: string;
  readonly tenantId: string;
  /** The client's own key, which can be given at creation only. */
  readonly uniqueName: string | null;
  displayName: string;
  description: string | null;
  mailNickname: string;
  visibility: "Public" | "Private" | "HiddenMembership";
  readonly behaviours: readonly string[];
  readonly createdAt: number;
  /** From then on every reader sees it. */
  readonly visibleAt: number;
  /** From then on it has a site; null when it never will. */
  siteAt: number | null;
  /** When it went to the deleted items; null while it lives. */
  deletedAt: number | null;
  /** Object ids in lower case, oldest first. */
  readonly owners: Set<string>;
  readonly members: Set<string>;
  /** Ids of the groups in it, which only security groups have in life. */
  readonly groups: Set<string>;
}

/** A group as tests see it. */
export type GroupTruth = Readonly<
  Pick<
    Group,
    "id" | "tenantId" | "uniqueName" | "displayName" | "mailNickname" | "visibility" | "deletedAt" | "siteAt"
  >
> & {
  readonly owners: readonly string[];
  readonly members: readonly string[];
  /** Names of the folders at the top of the document library. */
  readonly folders: readonly string[];
};
