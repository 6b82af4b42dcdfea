import { Button, makeStyles, ProgressBar } from "@fluentui/react-components";
import { ArrowDownloadRegular, ArrowUploadRegular, ChevronRightRegular } from "@fluentui/react-icons";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useRef, useState } from "react";
import type { BulkJob } from "../../src/api/index.ts";
import { Confirm, useRight } from "../acts.tsx";
import { applyBulk, planBulk } from "../api.ts";
import { BulkFaults, RecentFiles } from "../bulk-tables.tsx";
import { useLayout } from "../layout.ts";
import { Fault, Loading, PageTitle } from "../page-states.tsx";
import { bulkJobQuery } from "../queries.ts";
import { number, useWords } from "../words.ts";

const useStyles = makeStyles({
  progress: { maxWidth: "560px", display: "grid", gap: "8px", margin: "20px 0" },
  example: { fontFamily: "monospace", fontSize: "13px", margin: "12px 0", whiteSpace: "pre" },
});

const changesIn = ({ planned }: Pick<BulkJob, "planned">): number =>
  planned.enable + planned.disable + planned.retry;

function Chosen({ opened }: { readonly opened: (job: string) => void }) {
  const styles = useStyles();
  const layout = useLayout();
  const t = useWords();
  const { org } = useParams({ from: "/o/$org" });
  const right = useRight("support");
  const field = useRef<HTMLInputElement>(null);
  const [failed, setFailed] = useState<unknown>();
  const [isReading, setReading] = useState(false);
  const read = async (file: File | undefined): Promise<void> => {
    if (!file) return;
    setFailed(undefined);
    setReading(true);
    try {
      opened((await planBulk(org, await file.text())).id);
    } catch (error) {
      setFailed(error);
    } finally {
      setReading(false);
    }
  };
  return (
    <>
      <p className={layout.lead}>{t("bulk.lead")}</p>
      <div className={styles.example}>{"User,Order\n4711,disable\n4712,retry"}</div>
      <input
        ref={field}
        type="file"
        accept=".csv,text/csv"
        aria-label={t("bulk.file")}
        className={layout.hidden}
        tabIndex={-1}
        onChange={({ target }) => {
          void read(target.files?.[0]);
          target.value = "";
        }}
      />
      <Button
        appearance="primary"
        icon={<ArrowUploadRegular />}
        disabled={isReading || right !== undefined}
        title={right}
        onClick={() => field.current?.click()}
      >
        {t(isReading ? "bulk.reading" : "bulk.choose")}
      </Button>
      {failed !== undefined && <Fault error={failed} />}
    </>
  );
}

function Progress({ job }: { readonly job: BulkJob }) {
  const styles = useStyles();
  const layout = useLayout();
  const t = useWords();
  const { waiting, applied, unchanged, refused } = job.outcomes;
  const all = waiting + applied + unchanged + refused;
  return (
    <div className={styles.progress} role="status">
      <ProgressBar value={all === 0 ? 1 : (all - waiting) / all} aria-label={t("bulk.progress")} />
      <span className={layout.strong}>{t("bulk.done", { done: all - waiting, count: all })}</span>
      <span className={layout.quiet}>{t("bulk.outcomes", { applied, unchanged, refused })}</span>
      {waiting > 0 && <span className={layout.quiet}>{t("bulk.mayLeave")}</span>}
    </div>
  );
}

function Planned({
  org,
  job,
  again,
}: {
  readonly org: string;
  readonly job: BulkJob;
  readonly again: () => void;
}) {
  const layout = useLayout();
  const t = useWords();
  const [failed, setFailed] = useState<unknown>();
  const changes = changesIn(job);
  const kinds = ["enable", "disable", "retry", "unchanged", "fault"] as const;
  return (
    <>
      <dl className={layout.facts}>
        {kinds.map((kind) => (
          <div key={kind} style={{ display: "contents" }}>
            <dt>{t(`bulk.plan.${kind}`)}</dt>
            <dd className={layout.strong}>{number(job.planned[kind])}</dd>
          </div>
        ))}
      </dl>
      {job.appliedAt === null ? (
        <div className={layout.buttons}>
          {changes > 0 && (
            <Confirm
              asks="support"
              verb={t("bulk.apply", { count: changes })}
              title={t("bulk.confirmTitle", { count: changes })}
              text={t("bulk.confirmText")}
              confirmed={() => {
                setFailed(undefined);
                applyBulk(org, job.id).then(again).catch(setFailed);
              }}
            />
          )}
          {changes === 0 && <span className={layout.quiet}>{t("bulk.nothing")}</span>}
        </div>
      ) : (
        <Progress job={job} />
      )}
      {failed !== undefined && <Fault error={failed} />}
      <p>
        <Button
          as="a"
          appearance="subtle"
          icon={<ArrowDownloadRegular />}
          href={`/api/o/${org}/bulk/${job.id}/report.csv`}
        >
          {t("bulk.report")}
        </Button>
      </p>
      <BulkFaults job={job} />
    </>
  );
}

function OneFile({ org, id }: { readonly org: string; readonly id: string }) {
  const { data, error, refetch } = useQuery(bulkJobQuery(org, id));
  if (data) return <Planned org={org} job={data} again={() => void refetch()} />;
  return error ? <Fault error={error} again={() => void refetch()} /> : <Loading />;
}

/** Many orders from one file: looked at first, then given, and found again. */
export function Bulk() {
  const layout = useLayout();
  const t = useWords();
  const { org } = useParams({ from: "/o/$org" });
  const { job } = useSearch({ from: "/o/$org/users-bulk" });
  const navigate = useNavigate({ from: "/o/$org/users-bulk" });
  return (
    <div className={layout.page}>
      <nav className={layout.crumbs} aria-label={t("groups.where")}>
        <Link to="/o/$org/users" params={{ org }}>
          {t("nav.users")}
        </Link>
        <ChevronRightRegular />{" "}
        {job === undefined ? (
          t("bulk.title")
        ) : (
          <Link to="/o/$org/users-bulk" params={{ org }}>
            {t("bulk.title")}
          </Link>
        )}
      </nav>
      <PageTitle title={t("bulk.title")}>{t("bulk.title")}</PageTitle>
      {job === undefined ? (
        <>
          <Chosen opened={(id) => void navigate({ search: { job: id } })} />
          <RecentFiles org={org} />
        </>
      ) : (
        <OneFile org={org} id={job} />
      )}
    </div>
  );
}
