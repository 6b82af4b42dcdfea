import { Button, makeStyles, ProgressBar } from "@fluentui/react-components";
import { ArrowDownloadRegular, ArrowUploadRegular, ChevronRightRegular } from "@fluentui/react-icons";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useRef, useState } from "react";
import type { BulkJob } from "../../src/api/index.ts";
import { Confirm, useRight } from "../acts.tsx";
import { applyBulk, planBulk } from "../api.ts";
import { When } from "../clock.tsx";
import { useLayout } from "../layout.ts";
import { Fault, Loading, PageTitle } from "../page-states.tsx";
import { bulkJobQuery, bulkJobsQuery } from "../queries.ts";
import { hasWord, number, useWords } from "../words.ts";

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

function Faults({ job }: { readonly job: BulkJob }) {
  const layout = useLayout();
  const t = useWords();
  if (job.faults.length === 0) return null;
  return (
    <>
      <h2 className={layout.h3}>{t("bulk.faults", { count: job.planned.fault })}</h2>
      <div className={layout.scroll}>
        <table className={layout.table}>
          <thead>
            <tr>
              {(["bulk.line", "bulk.given", "bulk.fault"] as const).map((word) => (
                <th key={word} className={layout.th}>
                  {t(word)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {job.faults.slice(0, 20).map(({ line, code, text }) => {
              const word = `bulk.code.${code}`;
              return (
                <tr key={line}>
                  <td className={layout.td}>{number(line)}</td>
                  <td className={layout.td}>{text}</td>
                  <td className={layout.td}>{hasWord(word) ? t(word) : code}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
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
      <Faults job={job} />
    </>
  );
}

function OneFile({ org, id }: { readonly org: string; readonly id: string }) {
  const { data, error, refetch } = useQuery(bulkJobQuery(org, id));
  if (data) return <Planned org={org} job={data} again={() => void refetch()} />;
  return error ? <Fault error={error} again={() => void refetch()} /> : <Loading />;
}

function Recent({ org }: { readonly org: string }) {
  const layout = useLayout();
  const t = useWords();
  const { data } = useQuery(bulkJobsQuery(org));
  if (!data || data.jobs.length === 0) return null;
  return (
    <>
      <h2 className={layout.h3}>{t("bulk.recent")}</h2>
      <table className={layout.table}>
        <tbody>
          {data.jobs.map((job) => (
            <tr key={job.id}>
              <td className={layout.td}>
                <Link to="/o/$org/users-bulk" params={{ org }} search={{ job: job.id }}>
                  {t("bulk.lines", { count: job.lines })}
                </Link>
              </td>
              <td className={layout.td}>{job.by}</td>
              <td className={layout.td}>
                <When at={job.createdAt} />
              </td>
              <td className={layout.td}>
                {t(
                  job.appliedAt === null
                    ? "bulk.onlyLooked"
                    : job.outcomes.waiting > 0
                      ? "bulk.underWay"
                      : "bulk.isDone",
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
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
          <Recent org={org} />
        </>
      ) : (
        <OneFile org={org} id={job} />
      )}
    </div>
  );
}
