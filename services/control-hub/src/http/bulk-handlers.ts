import { HttpFault } from "@hybrid/http-api";
import type { OrgId } from "@hybrid/kernel";
import type { BulkJobs, KeptJob } from "../adapters/bulk-jobs.ts";
import type { Asked, Handlers } from "./asked.ts";

type Of = "bulkJobs" | "planBulk" | "bulkJob" | "applyBulk" | "bulkReport";

type OfJob = Pick<Asked<"bulkJob">, "org" | "params">;

const jobOf = async (bulk: BulkJobs, { org, params }: OfJob): Promise<KeptJob> => {
  const job = await bulk.find(org ?? "", params.job);
  if (job === null) throw new HttpFault(404, "notFound", "There is no such file any more.");
  return job;
};

/** What answers the operations about files of orders. */
export const bulkHandlers = (bulk: BulkJobs): Pick<Handlers, Of> => ({
  bulkJobs: async ({ org }) => {
    const jobs = await bulk.recent(org ?? "");
    return {
      jobs: jobs.map((job) => {
        const { faults: _faults, ...told } = bulk.told(job);
        return told;
      }),
    };
  },
  planBulk: async ({ org, session, body }) =>
    bulk.told(await bulk.plan(org as OrgId, session?.name ?? "", body)),
  bulkJob: async (asked) => bulk.told(await jobOf(bulk, asked)),
  applyBulk: async (asked) => {
    const { org, session } = asked;
    const job = await jobOf(bulk, asked);
    const { name: by = "", user = null, role = "" } = session ?? {};
    return bulk.told(await bulk.apply(job, { org: org as OrgId, by, user, role }));
  },
  bulkReport: async (asked) => {
    const job = await jobOf(bulk, asked);
    void asked.reply
      .type("text/csv; charset=utf-8")
      .header("content-disposition", `attachment; filename="bulk-${job.id.slice(0, 8)}.csv"`);
    return bulk.report(job);
  },
});
