import type { Meeting } from "@hybrid/contracts";
import type { ActorId, EpochMs } from "@hybrid/kernel";
import type { View } from "@hybrid/view";
import type { ListedMeeting } from "../domain/join.ts";
import type { ListPage, MailboxRow, MeetingFeed, MeetingView, PageOrder } from "./meeting-view.ts";

// Every query names the owner: nobody's list is read by any other way.
const pageSql =
  "SELECT id, meeting FROM meetings WHERE owner = ? AND start_at <= ? AND end_at >= ? " +
  "AND (start_at > ? OR (start_at = ? AND id > ?)) ORDER BY start_at, id LIMIT ?";
const oneSql = "SELECT id, meeting FROM meetings WHERE key = ? AND owner = ?";
const soonSql = "SELECT id, meeting FROM meetings WHERE owner = ? AND start_at <= ? AND end_at >= ?";
const mailboxSql = "SELECT tenant_id, object_id FROM mailboxes WHERE key = ? AND state = 'active'";

/** The lists in the SQLite file of a process. */
export class MeetingLists implements MeetingView {
  readonly #view: View;
  readonly feeds: readonly MeetingFeed[];

  constructor(view: View) {
    this.#view = view;
    this.feeds = [view];
  }

  notReady(): string | null {
    return this.#view.notReady();
  }

  feedOf(): MeetingFeed {
    return this.#view;
  }

  async page({ user, fromMs, toMs, limit, after }: PageOrder): Promise<ListPage> {
    const { startAt, id } = after ?? { startAt: Number.MIN_SAFE_INTEGER, id: "" };
    const rows = this.#view.all(pageSql, user, toMs, fromMs, startAt, startAt, id, limit + 1);
    return { meetings: await this.#listed(rows.slice(0, limit)), hasMore: rows.length > limit };
  }

  async one(user: ActorId, id: string): Promise<ListedMeeting | null> {
    const [meeting = null] = await this.#listed(this.#view.all(oneSql, `${user}/${id}`, user));
    return meeting;
  }

  until(user: ActorId, now: EpochMs, untilAt: EpochMs): Promise<readonly ListedMeeting[]> {
    return this.#listed(this.#view.all(soonSql, user, untilAt, now - 60_000));
  }

  async mailboxOf(user: ActorId): Promise<MailboxRow | null> {
    const [row] = this.#view.all(mailboxSql, user);
    return row ? { tenantId: String(row["tenant_id"]), objectId: String(row["object_id"]) } : null;
  }

  async #listed(rows: ReturnType<View["all"]>): Promise<readonly ListedMeeting[]> {
    const meetings = await this.#view.openedJson(rows.map((row) => row["meeting"] ?? null));
    return rows.map((row, n) => ({ ...(meetings[n] as Meeting), id: String(row["id"]) }));
  }
}
