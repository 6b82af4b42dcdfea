import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { BulkJob, BulkJobs } from "../src/api/index.ts";
import { When } from "./clock.tsx";
import { type DataColumn, DataTable } from "./data-table.tsx";
import { useLayout } from "./layout.ts";
import { bulkJobsQuery } from "./queries.ts";
import { hasWord, number, useWords } from "./words.ts";

/** Lines of a file that cannot be followed: the first ones; the report has all. */
export function BulkFaults({ job }: { readonly job: BulkJob }) {
  const layout = useLayout();
  const t = useWords();
  if (job.faults.length === 0) return null;
  const faultText = ({ code }: BulkJob["faults"][number]): string => {
    const word = `bulk.code.${code}`;
    return hasWord(word) ? t(word) : code;
  };
  const columns: readonly DataColumn<BulkJob["faults"][number]>[] = [
    {
      id: "line",
      head: "bulk.line",
      isFixed: true,
      value: ({ line }) => line,
      cell: ({ line }) => number(line),
    },
    { id: "given", head: "bulk.given", value: ({ text }) => text, cell: ({ text }) => text },
    { id: "fault", head: "bulk.fault", value: faultText, cell: faultText },
  ];
  return (
    <>
      <h2 className={layout.h3}>{t("bulk.faults", { count: job.planned.fault })}</h2>
      <DataTable
        name="faults"
        label={t("bulk.fault")}
        columns={columns}
        rows={job.faults}
        keyOf={({ line, code }) => `${line} ${code}`}
        empty={{ what: t("none") }}
      />
    </>
  );
}

type Job = BulkJobs["jobs"][number];

/** Files of the last day, which are found again here. */
export function RecentFiles({ org }: { readonly org: string }) {
  const layout = useLayout();
  const t = useWords();
  const { data } = useQuery(bulkJobsQuery(org));
  if (!data || data.jobs.length === 0) return null;
  const standing = ({ appliedAt, outcomes }: Job): string =>
    t(appliedAt === null ? "bulk.onlyLooked" : outcomes.waiting > 0 ? "bulk.underWay" : "bulk.isDone");
  const columns: readonly DataColumn<Job>[] = [
    {
      id: "file",
      head: "bulk.fileHead",
      isFixed: true,
      value: ({ lines }) => lines,
      cell: ({ id, lines }) => (
        <Link to="/o/$org/users-bulk" params={{ org }} search={{ job: id }}>
          {t("bulk.lines", { count: lines })}
        </Link>
      ),
    },
    { id: "by", head: "audit.who", value: ({ by }) => by, cell: ({ by }) => by },
    {
      id: "at",
      head: "audit.when",
      kind: "moment",
      value: ({ createdAt }) => createdAt,
      cell: ({ createdAt }) => <When at={createdAt} />,
    },
    { id: "standing", head: "users.state", value: standing, cell: standing },
  ];
  return (
    <>
      <h2 className={layout.h3}>{t("bulk.recent")}</h2>
      <DataTable
        name="files"
        label={t("bulk.recent")}
        columns={columns}
        rows={data.jobs}
        keyOf={({ id }) => id}
        empty={{ what: t("none") }}
      />
    </>
  );
}
