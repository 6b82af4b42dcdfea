import type { Meeting } from "@hybrid/contracts";
import type { ActorId, EpochMs } from "@hybrid/kernel";
import type { View } from "@hybrid/view";
import type { ListedMeeting } from "../domain/join.ts";

/** Which part of a user's list. */
export interface PageOrder {
  readonly user: ActorId;
  readonly fromMs: number;
  readonly toMs: number;
  readonly limit: number;
  /** The last meeting of the page before. */
  readonly after: { readonly startAt: number; readonly id: string } | null;
}

/** Where a user's mailbox is. */
export interface MailboxRow {
  readonly tenantId: string;
  readonly objectId: string;
}

// Every query names the owner: nobody's list is read by any other way.
const pageSql =
  "SELECT id, meeting FROM meetings WHERE owner = ? AND start_at <= ? AND end_at >= ? " +
  "AND (start_at > ? OR (start_at = ? AND id > ?)) ORDER BY start_at, id LIMIT ?";
const oneSql = "SELECT id, meeting FROM meetings WHERE key = ? AND owner = ?";
const soonSql = "SELECT id, meeting FROM meetings WHERE owner = ? AND start_at <= ? AND end_at >= ?";
const mailboxSql = "SELECT tenant_id, object_id FROM mailboxes WHERE key = ? AND state = 'active'";

/** The lists of all users, one user's at a time. */
export class MeetingLists {
  readonly #view: View;

  constructor(view: View) {
    this.#view = view;
  }

  /** Why a list may be behind, in words for a person; null when it is not. */
  notReady(): string | null {
    return this.#view.notReady();
  }

  /** A page, by start and id, and whether there is more. Rejects as {@link View.openedJson}, as all do. */
  async page({ user, fromMs, toMs, limit, after }: PageOrder): Promise<{
    readonly meetings: readonly ListedMeeting[];
    readonly hasMore: boolean;
  }> {
    const { startAt, id } = after ?? { startAt: Number.MIN_SAFE_INTEGER, id: "" };
    const rows = this.#view.all(pageSql, user, toMs, fromMs, startAt, startAt, id, limit + 1);
    return { meetings: await this.#listed(rows.slice(0, limit)), hasMore: rows.length > limit };
  }

  async one(user: ActorId, id: string): Promise<ListedMeeting | null> {
    const [meeting = null] = await this.#listed(this.#view.all(oneSql, `${user}/${id}`, user));
    return meeting;
  }

  /** What is on now or begins until a moment. */
  until(user: ActorId, now: EpochMs, untilAt: EpochMs): Promise<readonly ListedMeeting[]> {
    // One without length can be joined for a minute.
    return this.#listed(this.#view.all(soonSql, user, untilAt, now - 60_000));
  }

  /** Null: it is not read now. */
  mailboxOf(user: ActorId): MailboxRow | null {
    const [row] = this.#view.all(mailboxSql, user);
    return row ? { tenantId: String(row["tenant_id"]), objectId: String(row["object_id"]) } : null;
  }

  async #listed(rows: ReturnType<View["all"]>): Promise<readonly ListedMeeting[]> {
    const meetings = await this.#view.openedJson(rows.map((row) => row["meeting"] ?? null));
    return rows.map((row, n) => ({ ...(meetings[n] as Meeting), id: String(row["id"]) }));
  }
}
