import { z } from "zod";
import { badRequest, GraphFault } from "../http/graph-fault.ts";
import { readRoundToken } from "../odata/round-token.ts";

/** What changed: the group itself, or whether somebody is in it or owns it. */
export interface GroupChange {
  readonly groupId: string;
  readonly what: "group" | "members" | "owners";
  /** Null for the group itself. */
  readonly userId: string | null;
}

const stateSchema = z.strictObject({
  /** `page`: within a round; `round`: the next round starts here. */
  kind: z.enum(["page", "round"]),
  tenantId: z.string(),
  since: z.int(),
  until: z.int(),
  /** First round: everything, not only changes. */
  first: z.boolean(),
  /** Lines that were given in this round. */
  given: z.int(),
  /** `$select` of the first call. */
  select: z.string().nullable(),
  /** The groups that the first call named; null for all. */
  ids: z.array(z.string()).nullable(),
});

/** Where a delta round over groups stands. */
export type GroupRound = Readonly<z.infer<typeof stateSchema>>;

/** Which groups of which tenant changed, in order; delta reads it. */
export class GroupChanges {
  readonly #byTenant = new Map<string, GroupChange[]>();
  /** Tokens of an earlier one answer 410. */
  #forgottenBefore = new Map<string, number>();

  record(tenantId: string, change: GroupChange): void {
    const log = this.#byTenant.get(tenantId) ?? [];
    this.#byTenant.set(tenantId, log);
    log.push(change);
  }

  /** Every token that was given until now answers 410. */
  forget(tenantId: string): void {
    this.#forgottenBefore.set(tenantId, this.#length(tenantId) + 1);
    this.record(tenantId, { groupId: "", what: "group", userId: null });
  }

  start(tenantId: string, select: string | null, ids: readonly string[] | null): GroupRound {
    const until = this.#length(tenantId);
    const asked = ids === null ? null : [...ids];
    return { kind: "page", tenantId, since: 0, until, first: true, given: 0, select, ids: asked };
  }

  /** Goes on from a token. Throws 400 or 410 for one that is not of this tenant or kind, or is forgotten. */
  resume(tenantId: string, token: string, kind: GroupRound["kind"]): GroupRound {
    const read = stateSchema.safeParse(readRoundToken(token));
    const oldest = this.#forgottenBefore.get(tenantId) ?? 0;
    if (!read.success || read.data.tenantId !== tenantId || read.data.until < oldest)
      throw new GraphFault(410, "SyncStateNotFound", "The sync state is not known. Start with a full round.");
    if (read.data.kind !== kind) throw badRequest("The token does not belong to this kind of link.");
    return kind === "page" ? read.data : { ...read.data, kind: "page", until: this.#length(tenantId) };
  }

  /** What a round is about, in order, each thing once. */
  within({ tenantId, since, until, ids }: GroupRound): readonly GroupChange[] {
    const seen = new Map<string, GroupChange>();
    for (const change of this.#byTenant.get(tenantId)?.slice(since, until) ?? []) {
      if (change.groupId === "" || (ids !== null && !ids.includes(change.groupId))) continue;
      seen.set(`${change.groupId} ${change.what} ${change.userId}`, change);
    }
    return [...seen.values()];
  }

  #length(tenantId: string): number {
    return this.#byTenant.get(tenantId)?.length ?? 0;
  }
}
