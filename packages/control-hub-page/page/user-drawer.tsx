import {
  Button,
  makeStyles,
  mergeClasses,
  ProgressBar,
  Tab,
  TabList,
  tokens,
} from "@fluentui/react-components";
import { ArrowClockwiseRegular, CopyRegular, DismissRegular } from "@fluentui/react-icons";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useEffect, useRef, useState } from "react";
import type { UserDetail, UserStateName } from "../src/api/index.ts";
import { ActButton, Confirm } from "./acts.tsx";
import { hubNow } from "./api.ts";
import { fullTime, When } from "./clock.tsx";
import { useLayout } from "./layout.ts";
import { useOrder } from "./orders.ts";
import { Fault, Loading } from "./page-states.tsx";
import { userQuery } from "./queries.ts";
import { useReasons } from "./reasons.ts";
import { StateMark, StateSign } from "./signs.tsx";
import { hub } from "./theme.ts";
import { useWords, type Word } from "./words.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** From the third failure in a row on a user is tried once a day. */
const dailyAfterFailures = 3;

const useStyles = makeStyles({
  drawer: {
    borderLeft: `1px solid ${hub.hubLine}`,
    display: "flex",
    flexDirection: "column",
    minHeight: 0,
    minWidth: 0,
    backgroundColor: hub.hubSheet,
  },
  head: { display: "flex", gap: "12px", padding: "28px 20px 0 28px", alignItems: "flex-start" },
  title: {
    margin: 0,
    fontSize: "20px",
    lineHeight: "28px",
    fontWeight: tokens.fontWeightSemibold,
    letterSpacing: "-0.01em",
    overflowWrap: "anywhere",
    ":focus": { outline: "none" },
  },
  body: { overflowY: "auto", flexGrow: 1, padding: "18px 28px 24px" },
  calm: { backgroundColor: hub.hubHover },
  mark: {
    display: "flex",
    justifyContent: "space-between",
    gap: "12px",
    fontSize: "13px",
    color: tokens.colorNeutralForeground2,
  },
  what: { margin: "10px 0 4px", fontSize: "16px", lineHeight: "22px", fontWeight: tokens.fontWeightSemibold },
  p: { margin: 0, fontSize: "13px", lineHeight: "20px", color: tokens.colorNeutralForeground2 },
  wait: {
    display: "grid",
    gridTemplateColumns: "1fr auto",
    gap: "8px",
    alignItems: "center",
    marginTop: "20px",
    fontSize: "13px",
  },
  whole: { gridColumn: "1 / -1" },
  tabs: { marginLeft: "-10px", marginTop: "20px", borderBottom: `1px solid ${hub.hubLine}` },
  history: { listStyle: "none", margin: "14px 0 0", padding: 0 },
  event: {
    display: "grid",
    gridTemplateColumns: "16px minmax(0, 1fr) auto",
    columnGap: "12px",
    paddingBottom: "14px",
    fontSize: "13px",
    lineHeight: "18px",
    position: "relative",
    ":not(:last-child)::before": {
      content: '""',
      position: "absolute",
      left: "7.5px",
      top: "19px",
      bottom: "1px",
      width: "1px",
      backgroundColor: hub.hubLine,
    },
  },
  acts: {
    display: "flex",
    flexWrap: "wrap",
    alignItems: "center",
    gap: "8px",
    padding: "12px 28px",
    borderTop: `1px solid ${hub.hubLine}`,
  },
});

function ReasonParts({ codes }: { readonly codes: readonly string[] }) {
  const styles = useStyles();
  const reasonOf = useReasons();
  return codes.map((code) => {
    const { what, means } = reasonOf(code);
    return (
      <div key={code}>
        <div className={styles.what}>{what}</div>
        <p className={styles.p}>{means}</p>
      </div>
    );
  });
}

const codesOf = (user: UserDetail): readonly string[] => {
  if (user.unreadable) return [user.unreadable.code];
  if (user.isWanted && user.obstacles.length > 0) return user.obstacles;
  return user.reason === null ? [] : [user.reason];
};

function Standing({ user }: { readonly user: UserDetail }) {
  const styles = useStyles();
  const layout = useLayout();
  const t = useWords();
  const reasonOf = useReasons();
  const codes = codesOf(user);
  const isLoud = user.state === "error";
  return (
    <>
      <div className={mergeClasses(layout.panel, !isLoud && styles.calm)}>
        <div className={styles.mark}>
          <StateMark state={user.state} />
          {user.changedAt !== null && <When at={user.changedAt} />}
        </div>
        {user.unreadable && (
          <p className={styles.p}>{t("users.unreadable", { time: fullTime(user.unreadable.since) })}</p>
        )}
        <ReasonParts codes={codes} />
        {codes.length === 0 && user.state === "active" && <p className={styles.p}>{t("users.fine")}</p>}
        {user.state === "disabled" && <p className={styles.p}>{t("users.off")}</p>}
      </div>
      {codes.length > 0 && (
        <>
          <h3 className={layout.h3}>{t("users.whatToDo")}</h3>
          {codes.map((code) => (
            <p key={code} className={styles.p}>
              {reasonOf(code).todo}
            </p>
          ))}
        </>
      )}
      <NextTry user={user} />
    </>
  );
}

function NextTry({ user }: { readonly user: UserDetail }) {
  const styles = useStyles();
  const layout = useLayout();
  const t = useWords();
  const { nextTryAt, failures } = user;
  if (nextTryAt === null) return null;
  const isDaily = failures >= dailyAfterFailures;
  const wait = isDaily ? dayMs : hourMs;
  const share = Math.min(1, Math.max(0, 1 - (nextTryAt - hubNow()) / wait));
  return (
    <div className={styles.wait}>
      <span>
        {t("users.nextRetry")}{" "}
        <span className={layout.strong}>
          <When at={nextTryAt} />
        </span>
      </span>
      <span className={layout.quiet}>
        {isDaily ? t("users.tryDaily") : t("users.tryOf", { failures: failures + 1 })}
      </span>
      <ProgressBar
        className={styles.whole}
        value={share}
        thickness="large"
        aria-label={t("users.nextRetry")}
      />
    </div>
  );
}

const stateNames: readonly string[] = ["notActivated", "error", "active", "disabled"];
const asState = (name: string): UserStateName =>
  stateNames.includes(name) ? (name as UserStateName) : "disabled";

function History({ history }: { readonly history: UserDetail["history"] }) {
  const styles = useStyles();
  const layout = useLayout();
  const t = useWords();
  const reasonOf = useReasons();
  if (history.length === 0) return <p className={layout.quiet}>{t("users.noHistory")}</p>;
  return (
    <ol className={styles.history}>
      {history.map(({ at, from, to, reason }, index) => {
        const [before, after] = [t(`state.${asState(from)}`), t(`state.${asState(to)}`)];
        const change =
          from === to ? t("users.stayed", { to: after }) : t("users.changedTo", { from: before, to: after });
        return (
          <li key={`${at} ${index}`} className={styles.event}>
            <StateSign state={asState(to)} />
            <span>
              {change}
              {reason !== null && <div className={layout.quiet}>{reasonOf(reason).what}</div>}
            </span>
            <span className={layout.quiet}>
              <When at={at} />
            </span>
          </li>
        );
      })}
    </ol>
  );
}

const shownFlag = (flag: boolean | null): Word => (flag === null ? "unknown" : flag ? "yes" : "no");

function Identity({ user }: { readonly user: UserDetail }) {
  const layout = useLayout();
  const t = useWords();
  const facts: readonly (readonly [Word, ReactNode])[] = [
    ["users.objectId", user.objectId],
    ["users.tenant", user.tenantId],
    ["users.version", String(user.version)],
    ["users.webexPerson", user.webex?.personId ?? t("none")],
    ["users.signedIn", t(shownFlag(user.webex?.hasSignedIn ?? null))],
    ["users.webexLinked", t(shownFlag(user.webex?.isLinked ?? null))],
    ...(user.connector === null ? [] : [["users.connectorGroup", user.connector] as const]),
    ...(user.subscriptionEndsAt === null
      ? []
      : [["users.subscription", <When key="until" at={user.subscriptionEndsAt} />] as const]),
  ];
  return (
    <dl className={layout.facts}>
      {facts.map(([word, value]) => [<dt key={`${word} name`}>{t(word)}</dt>, <dd key={word}>{value}</dd>])}
    </dl>
  );
}

/** Why trying again makes no sense at present; undefined: it does. */
const useWhyNoRetry = (user: UserDetail): string | undefined => {
  const t = useWords();
  if (!user.isWanted) return t("fault.code.notEnabled");
  if (user.obstacles.length > 0) return t("fault.code.keptBack");
  const isWaiting = user.state === "error" || user.state === "notActivated";
  return isWaiting ? undefined : t("fault.code.nothingToRetry");
};

function Acts({ org, user }: { readonly org: string; readonly user: UserDetail }) {
  const styles = useStyles();
  const layout = useLayout();
  const t = useWords();
  const { give, progress } = useOrder(true);
  const whyNoRetry = useWhyNoRetry(user);
  const path = `/o/${org}/users/${encodeURIComponent(user.id)}/orders`;
  const act = (order: "retry" | "enable" | "disable") => (): void => void give(path, { order }, user.version);
  const copy = (): void => void navigator.clipboard.writeText(JSON.stringify({ org, ...user }, null, 2));
  return (
    <div className={styles.acts}>
      {user.isWanted && (
        <ActButton
          appearance="primary"
          icon={<ArrowClockwiseRegular />}
          asks="support"
          why={whyNoRetry}
          onClick={act("retry")}
        >
          {t("action.retryNow")}
        </ActButton>
      )}
      {user.isWanted ? (
        <Confirm
          asks="support"
          verb={t("action.switchOff")}
          title={t("confirm.off.title", { name: user.mailAddress })}
          text={t("confirm.off.text")}
          confirmed={act("disable")}
        />
      ) : (
        <ActButton asks="support" appearance="primary" onClick={act("enable")}>
          {t("action.switchOn")}
        </ActButton>
      )}
      <Button
        appearance="subtle"
        icon={<CopyRegular />}
        aria-label={t("action.copyForSupport")}
        title={t("action.copyForSupport")}
        onClick={copy}
      />
      <span className={progress.isFault ? layout.strong : layout.quiet} role="status">
        {progress.text}
      </span>
    </div>
  );
}

function Known({ org, user }: { readonly org: string; readonly user: UserDetail }) {
  const styles = useStyles();
  const t = useWords();
  const [tab, setTab] = useState<"history" | "identity">("history");
  return (
    <>
      <div className={styles.body}>
        <Standing user={user} />
        <TabList
          className={styles.tabs}
          selectedValue={tab}
          size="small"
          onTabSelect={(_event, { value }) => setTab(value as typeof tab)}
        >
          <Tab value="history">{t("users.history")}</Tab>
          <Tab value="identity">{t("users.identity")}</Tab>
        </TabList>
        {tab === "history" ? <History history={user.history} /> : <Identity user={user} />}
      </div>
      <Acts org={org} user={user} />
    </>
  );
}

/** What one needs to know of a user, and what one can do. */
export function UserDrawer({
  org,
  id,
  close,
}: {
  readonly org: string;
  readonly id: string;
  readonly close: () => void;
}) {
  const styles = useStyles();
  const layout = useLayout();
  const t = useWords();
  const { data, error, refetch } = useQuery(userQuery(org, id));
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    title.current?.focus({ preventScroll: true });
  }, []);
  return (
    <aside
      className={styles.drawer}
      aria-label={data?.mailAddress ?? id}
      onKeyDown={(event) => {
        if (event.key === "Escape") close();
      }}
    >
      <div className={styles.head}>
        <div className={layout.grow}>
          <h2 className={styles.title} tabIndex={-1} ref={title}>
            {data?.mailAddress ?? id}
          </h2>
        </div>
        <Button
          appearance="subtle"
          icon={<DismissRegular />}
          aria-label={t("action.close")}
          onClick={close}
        />
      </div>
      {data ? (
        <Known org={org} user={data} />
      ) : (
        <div className={styles.body}>
          {error ? <Fault error={error} again={() => void refetch()} /> : <Loading />}
        </div>
      )}
    </aside>
  );
}
