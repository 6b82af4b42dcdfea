import { randomUUID } from "node:crypto";
import type { BulkJob } from "@hybrid/control-hub-page/api";
import { hours, type OrgId } from "@hybrid/kernel";
import type { View } from "@hybrid/view";
import { stringify } from "csv-stringify/sync";
import { z } from "zod";
import { type PlannedLine, planBulk } from "../domain/bulk.ts";
import { bulkLines } from "./bulk-csv.ts";
import { usersOfLines } from "./bulk-users.ts";
import type { Act, Orders } from "./orders.ts";
import { textOf } from "./rows.ts";
import type { SessionStore } from "./session-store.ts";
import type { SearchPorts } from "./user-search.ts";

/** How long a file is found again. */
const keptMs = hours(24);

/** Faults that the page is told at once; the report has all. */
const faultsShown = 200;

/** Orders that are written together. */
const writtenTogether = 500;

const Line = z.object({
  line: z.int(),
  given: z.string(),
  plan: z.enum(["enable", "disable", "retry", "unchanged", "fault"]),
  code: z.string().nullable(),
  user: z.object({ id: z.string(), version: z.int() }).nullable(),
});

const Kept = z.object({
  id: z.string(),
  org: z.string(),
  by: z.string(),
  createdAt: z.int(),
  appliedAt: z.int().nullable(),
  lines: z.array(Line),
});

/** A file that somebody gave, with what its lines come to. */
export type KeptJob = z.output<typeof Kept>;

/** What jobs are made on. */
export interface BulkPorts extends SearchPorts {
  /** As sessions are kept: in Redis for all processes, else in memory. */
  readonly store: SessionStore;
  readonly orders: Orders;
  readonly now: () => number;
}

const keyOf = (id: string): string => `bulk:${id}`;
const listOf = (org: string): string => `bulk:${org}`;

interface Ordered extends PlannedLine {
  readonly plan: "enable" | "disable" | "retry";
  readonly user: NonNullable<PlannedLine["user"]>;
}

const isOrdered = (line: PlannedLine): line is Ordered =>
  line.plan !== "unchanged" && line.plan !== "fault" && line.user !== null;

/** The outcome of each user's order of this job, as far as there is one. */
const outcomesOf = (view: View, { org, id, lines }: KeptJob): ReadonlyMap<string, string> => {
  const users = lines.filter(isOrdered).map(({ user }) => user.id);
  const rows = view.all(
    "SELECT wanted.value AS id, outcome FROM json_each(?) AS wanted " +
      "CROSS JOIN outcomes ON outcomes.key = ? || wanted.value WHERE order_id = ?",
    JSON.stringify(users),
    `${org}/o/user-`,
    id,
  );
  return new Map(rows.map((row) => [textOf(row, "id"), textOf(row, "outcome")]));
};

const planned = (lines: readonly PlannedLine[]): BulkJob["planned"] => {
  const counts = { enable: 0, disable: 0, retry: 0, unchanged: 0, fault: 0 };
  for (const { plan } of lines) counts[plan]++;
  return counts;
};

/** Many orders from one file: looked at first, then given, each for the version that was looked at. */
export class BulkJobs {
  readonly #ports: BulkPorts;

  constructor(ports: BulkPorts) {
    this.#ports = ports;
  }

  /** Looks at a file and orders nothing. Rejects with HttpFault for what is none. */
  async plan(org: OrgId, by: string, text: string): Promise<KeptJob> {
    const lines = bulkLines(text);
    const usersOf = await usersOfLines(this.#ports, org, lines);
    const createdAt = this.#ports.now();
    const job = { id: randomUUID(), org, by, createdAt, appliedAt: null };
    const kept: KeptJob = { ...job, lines: [...planBulk(lines, usersOf)] };
    await this.#keep(kept);
    return kept;
  }

  /** A file of the organisation; null when there is none of this id any more. */
  async find(org: string, id: string): Promise<KeptJob | null> {
    const text = await this.#ports.store.get(keyOf(id));
    const kept = text === null ? null : Kept.parse(JSON.parse(text));
    return kept?.org === org ? kept : null;
  }

  /** Files of the last day, the newest first. */
  async recent(org: string): Promise<readonly KeptJob[]> {
    const keys = (await this.#ports.store.listed(listOf(org))).slice(-20);
    const jobs = await Promise.all(
      [...new Set(keys)].map((key) => this.find(org, key.slice(keyOf("").length))),
    );
    return jobs.filter((job) => job !== null).toSorted((a, b) => b.createdAt - a.createdAt);
  }

  /**
   * Gives the orders. Given again after it failed half-way, it leaves out what has an outcome already.
   * Rejects as the log does.
   */
  async apply(job: KeptJob, act: Omit<Act, "orderId" | "act" | "about" | "details">): Promise<KeptJob> {
    if (job.appliedAt !== null) return job;
    const known = outcomesOf(this.#ports.view, job);
    const orders = job.lines.filter(isOrdered).filter(({ user }) => !known.has(user.id));
    const entry: Act = {
      ...act,
      act: "users.bulk",
      about: null,
      details: JSON.stringify(planned(job.lines)),
      orderId: job.id,
    };
    for (let from = 0; from < orders.length; from += writtenTogether) {
      const some = orders.slice(from, from + writtenTogether).map(({ plan, user }) => ({
        user: user.id,
        command: { kind: "toggleUser", enabled: plan !== "disable" } as const,
        terms: { ifMatch: user.version, orderId: job.id },
      }));
      await this.#ports.orders.ofUsers(entry, some, from === 0);
    }
    const applied = { ...job, appliedAt: this.#ports.now() };
    await this.#keep(applied);
    return applied;
  }

  /** A job as the page is told. */
  told(job: KeptJob): BulkJob {
    const outcomes = [...outcomesOf(this.#ports.view, job).values()];
    const [applied, unchanged] = ["applied", "unchanged"].map(
      (word) => outcomes.filter((each) => each === word).length,
    ) as [number, number];
    const wanted = job.appliedAt === null ? 0 : job.lines.filter(isOrdered).length;
    const faults = job.lines.filter(({ plan }) => plan === "fault").slice(0, faultsShown);
    return {
      id: job.id,
      by: job.by,
      createdAt: job.createdAt,
      appliedAt: job.appliedAt,
      lines: job.lines.length,
      planned: planned(job.lines),
      faults: faults.map(({ line, code, given }) => ({ line, code: code ?? "", text: given.slice(0, 200) })),
      outcomes: {
        waiting: Math.max(0, wanted - outcomes.length),
        applied,
        unchanged,
        refused: outcomes.length - applied - unchanged,
      },
    };
  }

  /** What each line comes to, and what became of it, as CSV. */
  report(job: KeptJob): string {
    const outcomes = outcomesOf(this.#ports.view, job);
    const rows = job.lines.map(({ line, given, plan, code, user }) => [
      String(line),
      given,
      plan,
      code ?? "",
      (user && outcomes.get(user.id)) ?? "",
    ]);
    const all = [["Line", "Given", "Plan", "Fault", "Outcome"], ...rows];
    return `\uFEFF${stringify(all, { record_delimiter: "windows", escape_formulas: true })}`;
  }

  async #keep(job: KeptJob): Promise<void> {
    await this.#ports.store.put(keyOf(job.id), JSON.stringify(job), [listOf(job.org)], keptMs);
  }
}
