import { z } from "zod";
import { badRequest, GraphFault } from "../http/graph-fault.ts";
import { readRoundToken, roundToken } from "../odata/round-token.ts";

const stateSchema = z.strictObject({
  /** `page`: within a round; `round`: the next round starts here. */
  kind: z.enum(["page", "round"]),
  tenantId: z.string(),
  since: z.int(),
  until: z.int(),
  /** First round: everybody, not only changes. */
  first: z.boolean(),
  /** The last id that was given. */
  after: z.string(),
  /** `$select` of the first call. */
  select: z.string().nullable(),
});

/** Where a delta round over a directory stands. */
export type DirectoryRound = Readonly<z.infer<typeof stateSchema>>;

/** Which users of which tenant changed, in order; directory delta reads it. */
export class DirectoryChanges {
  readonly #byTenant = new Map<string, string[]>();

  record(tenantId: string, userId: string): void {
    const log = this.#byTenant.get(tenantId) ?? [];
    this.#byTenant.set(tenantId, log);
    log.push(userId);
  }

  /** A first round; `latest` is one that only asks for what comes after it. */
  start(tenantId: string, select: string | null, latest: boolean): DirectoryRound {
    const until = this.#byTenant.get(tenantId)?.length ?? 0;
    return { kind: "page", tenantId, since: latest ? until : 0, until, first: !latest, after: "", select };
  }

  /** Goes on from a token. Throws 400 or 410 for one that is not of this tenant or kind. */
  resume(tenantId: string, token: string, kind: DirectoryRound["kind"]): DirectoryRound {
    const read = stateSchema.safeParse(readRoundToken(token));
    if (!read.success || read.data.tenantId !== tenantId)
      throw new GraphFault(410, "SyncStateNotFound", "The sync state is not known. Start with a full round.");
    if (read.data.kind !== kind) throw badRequest("The token does not belong to this kind of link.");
    const until = this.#byTenant.get(tenantId)?.length ?? 0;
    return kind === "page" ? read.data : { ...read.data, kind: "page", until };
  }

  /** The ids of one page out of `everybody` (a first round) or of what changed, and what follows it. */
  page(state: DirectoryRound, everybody: readonly string[], size: number) {
    const changed = this.#byTenant.get(state.tenantId)?.slice(state.since, state.until) ?? [];
    const ids = [...new Set(state.first ? everybody : changed)].sort();
    const left = ids.filter((id) => id > state.after);
    const page = left.slice(0, size);
    const last = page.at(-1);
    if (last !== undefined && left.length > page.length)
      return { ids: page, kind: "nextLink", token: roundToken({ ...state, after: last }) } as const;
    const next = { ...state, kind: "round", first: false, after: "", since: state.until } as const;
    return { ids: page, kind: "deltaLink", token: roundToken(next) } as const;
  }
}
