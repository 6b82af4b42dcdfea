import type { GraphClient } from "../graph-client.ts";
import { readMailboxSettings } from "./mailbox-settings-call.ts";
import type { UserCall } from "./user-path.ts";

/** A mailbox that answered. */
export interface ProbedMailbox {
  /** `user`, `shared`, `room`, ...; null when Graph does not tell. */
  readonly userPurpose: string | null;
}

/**
 * Finds out whether a usable mailbox is there, by reading its settings. May be repeated. Throws
 * ProviderError: mailboxMissing (to be confirmed by a second observation: Graph's answers flip), outOfScope,
 * userNotFound, consentRevoked and the usual ones.
 */
export const probeMailbox =
  (graph: GraphClient) =>
  async (order: UserCall): Promise<ProbedMailbox> => {
    const settings = await readMailboxSettings(graph, order, "mailboxes.probe");
    return { userPurpose: settings.userPurpose ?? null };
  };
