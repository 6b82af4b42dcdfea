import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import { endSessions } from "../api.ts";
import { useLayout } from "../layout.ts";
import { Empty, Fault, Loading, PageTitle } from "../page-states.tsx";
import { sessionsQuery } from "../queries.ts";
import { SessionsTable } from "../sessions-table.tsx";
import { useWords } from "../words.ts";

/** Who is signed in to the organisation, and what signs them out. */
export function Sessions() {
  const layout = useLayout();
  const t = useWords();
  const { org } = useParams({ from: "/o/$org" });
  const { data, error, refetch } = useQuery(sessionsQuery(org));
  const [failed, setFailed] = useState<unknown>();
  const end = (session: string, all: boolean): void => {
    setFailed(undefined);
    endSessions(`/o/${org}/sessions/end`, { session, all })
      .then(() => refetch())
      .catch(setFailed);
  };
  return (
    <div className={layout.page}>
      <PageTitle title={t("sessions.title")}>{t("sessions.title")}</PageTitle>
      <p className={layout.lead}>{t("sessions.lead")}</p>
      {failed !== undefined && <Fault error={failed} />}
      {error && !data && <Fault error={error} again={() => void refetch()} />}
      {!data && !error && <Loading />}
      {data && data.sessions.length === 0 && <Empty what={t("sessions.none")} />}
      {data && data.sessions.length > 0 && (
        <SessionsTable label={t("sessions.title")} rows={data.sessions} end={end} />
      )}
    </div>
  );
}
