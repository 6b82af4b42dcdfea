import { z } from "zod";
import { badRequest, GraphFault } from "../http/graph-fault.ts";
import type { MailStore } from "./mail-store.ts";
import type { StoredMessage } from "./stored-message.ts";

const syncStateSchema = z.strictObject({
  kind: z.enum(["page", "round"]),
  folderId: z.string(),
  generation: z.int(),
  /** Changes below this index were told in earlier rounds; from `until` on they belong to the next one. */
  since: z.int(),
  until: z.int(),
});

/** Where a delta round over one folder stands. */
type SyncState = Readonly<z.infer<typeof syncStateSchema>>;

/** One line of a delta answer. */
export type MessageLine =
  | { readonly kind: "message"; readonly message: StoredMessage }
  | { readonly kind: "removed"; readonly id: string; readonly immutableId: string };

/** One page, and the token that goes on from it. */
export interface MessageDeltaPage {
  readonly lines: readonly MessageLine[];
  readonly next: { readonly kind: "nextLink" | "deltaLink"; readonly token: string };
}

const encode = (state: SyncState): string => Buffer.from(JSON.stringify(state)).toString("base64url");

const parsed = (token: string): unknown => {
  try {
    return JSON.parse(Buffer.from(token, "base64url").toString());
  } catch {
    // Not a token of ours: treated like one that was forgotten.
    return null;
  }
};

const resumed = (
  store: MailStore,
  folderId: string,
  given: { readonly token: string; readonly kind: SyncState["kind"] },
): SyncState => {
  const state = syncStateSchema.safeParse(parsed(given.token)).data;
  if (state?.folderId !== folderId || state.generation !== store.mailbox.syncGeneration)
    throw new GraphFault(410, "SyncStateNotFound", "The sync state generation is not found.");
  if (state.kind !== given.kind)
    throw badRequest("The token does not belong to this kind of link.", "SyncStateInvalid");
  return state;
};

/** One page of a round over the messages of a folder, from a token or from the start. */
export const messageDelta = (
  store: MailStore,
  folderId: string,
  given: {
    readonly skipToken?: string | undefined;
    readonly deltaToken?: string | undefined;
    readonly size: number;
  },
): MessageDeltaPage => {
  const { skipToken, deltaToken, size } = given;
  const generation = store.mailbox.syncGeneration;
  const fresh = (since: number): SyncState => ({
    kind: "page",
    folderId,
    generation,
    since,
    until: store.changes.length,
  });
  let state = fresh(0);
  if (skipToken !== undefined) state = resumed(store, folderId, { token: skipToken, kind: "page" });
  if (deltaToken !== undefined)
    state = fresh(resumed(store, folderId, { token: deltaToken, kind: "round" }).since);
  const living = new Map(store.messagesIn(folderId).map((message) => [message.id, message]));
  const lines = new Map<string, MessageLine>();
  let at = state.since;
  for (; at < state.until && lines.size < size; at++) {
    const change = store.changes[at];
    if (change?.folderId !== folderId) continue;
    const { id, immutableId } = change;
    const message = living.get(id);
    if (message) lines.set(id, { kind: "message", message });
    else if (deltaToken !== undefined || skipToken !== undefined)
      lines.set(id, { kind: "removed", id, immutableId });
  }
  const next =
    at < state.until
      ? ({ kind: "nextLink", token: encode({ ...state, since: at }) } as const)
      : ({ kind: "deltaLink", token: encode({ ...state, kind: "round", since: state.until }) } as const);
  return { lines: [...lines.values()], next };
};
