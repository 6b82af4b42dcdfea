import { Button, makeStyles, tokens } from "@fluentui/react-components";
import { ArrowDownloadRegular, CalendarLtrRegular, SignOutRegular } from "@fluentui/react-icons";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { Me } from "../../src/api/index.ts";
import { Confirm } from "../acts.tsx";
import { endSessions, signOut } from "../api.ts";
import { fullTime } from "../clock.tsx";
import { useLayout } from "../layout.ts";
import { useOrder } from "../orders.ts";
import { ConnectAtMicrosoft, OwnOutcome } from "../own-consent.tsx";
import { Empty, Fault, Loading, PageTitle } from "../page-states.tsx";
import { meQuery, ownSessionsQuery, sessionQuery } from "../queries.ts";
import { useReasons } from "../reasons.ts";
import { SessionsTable } from "../sessions-table.tsx";
import { ProductSign, StateMark } from "../signs.tsx";
import { hub } from "../theme.ts";
import { useWords } from "../words.ts";

const useStyles = makeStyles({
  whole: { minHeight: "100%", backgroundColor: hub.hubCanvas, padding: "28px 16px" },
  sheet: {
    backgroundColor: hub.hubSheet,
    borderRadius: tokens.borderRadiusXLarge,
    boxShadow: hub.hubShadow,
    maxWidth: "860px",
    margin: "0 auto",
    padding: "28px 36px 40px",
    boxSizing: "border-box",
  },
  head: { display: "flex", gap: "12px", alignItems: "center", marginBottom: "20px" },
  grow: { flexGrow: 1 },
  state: { display: "flex", gap: "8px", alignItems: "center", margin: "12px 0" },
  p: { margin: "4px 0", fontSize: "14px", lineHeight: "21px" },
});

function Calendar({
  user,
  consent,
}: {
  readonly user: NonNullable<Me["user"]>;
  readonly consent: Me["consent"];
}) {
  const styles = useStyles();
  const layout = useLayout();
  const t = useWords();
  const reasonOf = useReasons();
  const { refetch } = useQuery(meQuery);
  const { give, progress } = useOrder(false);
  const order = async (word: "connect" | "disconnect"): Promise<boolean> => {
    const isTaken = await give("/me/orders", { order: word });
    await refetch();
    return isTaken;
  };
  const reason = user.reason === null ? undefined : reasonOf(user.reason);
  return (
    <section aria-label={t("me.calendar")}>
      <h2 className={layout.h2}>{t("me.calendar")}</h2>
      <p className={styles.state}>
        <StateMark state={user.state} />
      </p>
      {user.state === "active" && <p className={styles.p}>{t("users.fine")}</p>}
      {reason && (
        <>
          <p className={styles.p}>{reason.what}</p>
          <p className={layout.quiet}>{t("me.askAdministrator")}</p>
        </>
      )}
      <OwnOutcome />
      {consent && (
        <ConnectAtMicrosoft consent={consent} isWanted={user.isWanted} before={() => order("connect")} />
      )}
      <div className={layout.buttons}>
        {user.isWanted ? (
          <Confirm
            asks="user"
            verb={t("me.disconnect")}
            title={t("me.disconnectTitle")}
            text={t("confirm.off.text")}
            confirmed={() => void order("disconnect")}
          />
        ) : (
          consent === null && (
            <Button appearance="primary" icon={<CalendarLtrRegular />} onClick={() => void order("connect")}>
              {t("me.connect")}
            </Button>
          )
        )}
        <span className={layout.quiet} role="status">
          {progress.text}
        </span>
      </div>
    </section>
  );
}

function PresenceNow({ presence }: { readonly presence: NonNullable<Me["presence"]> }) {
  const styles = useStyles();
  const layout = useLayout();
  const t = useWords();
  const isOut = presence.status === "outOfOffice";
  return (
    <section className={layout.apart} aria-label={t("me.presence")}>
      <h2 className={layout.h2}>{t("me.presence")}</h2>
      <p className={styles.p}>{t(isOut ? "me.out" : "me.notOut")}</p>
      {presence.until !== null && (
        <p className={layout.quiet}>{t("me.until", { time: fullTime(presence.until) })}</p>
      )}
      {isOut && <p className={layout.quiet}>{t(presence.atWebex ? "me.atWebex" : "me.notAtWebex")}</p>}
    </section>
  );
}

function OwnSessions() {
  const layout = useLayout();
  const t = useWords();
  const { data, refetch } = useQuery(ownSessionsQuery);
  const [failed, setFailed] = useState<unknown>();
  const end = (session: string, all: boolean): void => {
    setFailed(undefined);
    endSessions("/sessions/end", { session, all })
      .then(() => refetch())
      .catch(setFailed);
  };
  return (
    <section className={layout.apart} aria-label={t("me.sessions")}>
      <h2 className={layout.h2}>{t("me.sessions")}</h2>
      {failed !== undefined && <Fault error={failed} />}
      {data && <SessionsTable label={t("me.sessions")} rows={data.sessions} end={end} />}
    </section>
  );
}

function About({ me }: { readonly me: Me }) {
  const layout = useLayout();
  const t = useWords();
  return (
    <>
      {me.user ? (
        <Calendar user={me.user} consent={me.consent} />
      ) : (
        <Empty what={t("me.nobody")} how={t("me.nobodyHow")} />
      )}
      {me.presence && <PresenceNow presence={me.presence} />}
      {me.meetingsUrl !== null && (
        <section className={layout.apart} aria-label={t("me.meetings")}>
          <h2 className={layout.h2}>{t("me.meetings")}</h2>
          <a href={me.meetingsUrl}>{t("me.toMeetings")}</a>
        </section>
      )}
      <section className={layout.apart} aria-label={t("me.stored")}>
        <h2 className={layout.h2}>{t("me.stored")}</h2>
        <p className={layout.quiet}>{t("me.storedWhat")}</p>
        <Button as="a" href="/api/me/export.json" icon={<ArrowDownloadRegular />}>
          {t("me.export")}
        </Button>
      </section>
      <OwnSessions />
    </>
  );
}

/** What is about oneself: one's calendar, presence, sessions, and what is stored. */
export function MyPage() {
  const styles = useStyles();
  const layout = useLayout();
  const t = useWords();
  const { data: session } = useQuery(sessionQuery);
  const { data, error, refetch } = useQuery(meQuery);
  const [org] = session?.organisations ?? [];
  return (
    <main className={styles.whole}>
      <div className={styles.sheet}>
        <div className={styles.head}>
          <ProductSign />
          <span className={styles.grow}>
            {session && session.role !== "user" && org !== undefined && (
              <Link to="/o/$org/overview" params={{ org }}>
                {t("me.back")}
              </Link>
            )}
          </span>
          <Button
            appearance="subtle"
            icon={<SignOutRegular />}
            onClick={() => void signOut().then(() => location.assign("/signed-out"))}
          >
            {t("head.signout")}
          </Button>
        </div>
        <PageTitle title={t("me.title")}>{t("me.title")}</PageTitle>
        {data && <p className={layout.lead}>{data.name}</p>}
        {data ? (
          <div className={layout.apart}>
            <About me={data} />
          </div>
        ) : error ? (
          <Fault error={error} again={() => void refetch()} />
        ) : (
          <Loading />
        )}
      </div>
    </main>
  );
}
