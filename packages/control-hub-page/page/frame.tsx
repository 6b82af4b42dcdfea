import { Button, makeStyles, mergeClasses, Select, tokens } from "@fluentui/react-components";
import {
  ArchiveRegular,
  ArrowSwapRegular,
  ConferenceRoomRegular,
  DarkThemeRegular,
  GaugeRegular,
  GlobeRegular,
  HistoryRegular,
  LightbulbRegular,
  LinkMultipleRegular,
  PeopleRegular,
  PeopleTeamRegular,
  PersonAccountsRegular,
  PersonRegular,
  SettingsRegular,
  SignOutRegular,
} from "@fluentui/react-icons";
import { useQuery } from "@tanstack/react-query";
import { Link, Outlet, useNavigate, useParams } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { type Role, rolesThatMay } from "../src/api/roles.ts";
import { signOut } from "./api.ts";
import { clockTime } from "./clock.tsx";
import { useLayout } from "./layout.ts";
import { useLive, useStanding } from "./live.ts";
import { countsQuery, sessionQuery } from "./queries.ts";
import { ProductSign } from "./signs.tsx";
import { hub } from "./theme.ts";
import { useThemeChoice } from "./theme-choice.ts";
import { choose, number, spoken, useWords, type Word } from "./words.ts";

const useStyles = makeStyles({
  app: {
    height: "100%",
    display: "grid",
    gridTemplateColumns: "216px minmax(0, 1fr)",
    gridTemplateRows: "52px minmax(0, 1fr)",
    backgroundColor: hub.hubCanvas,
    "@media (max-width: 1100px)": { gridTemplateColumns: "60px minmax(0, 1fr)" },
    "@media (max-width: 720px)": {
      gridTemplateColumns: "minmax(0, 1fr)",
      gridTemplateRows: "auto auto minmax(0, 1fr)",
    },
  },
  skip: {
    position: "absolute",
    left: "-999px",
    ":focus": { left: "12px", top: "8px", zIndex: 10, padding: "8px 12px", backgroundColor: hub.hubSheet },
  },
  top: {
    gridColumn: "1 / -1",
    display: "flex",
    alignItems: "center",
    gap: "4px",
    paddingRight: "16px",
    flexWrap: "wrap",
  },
  brand: {
    display: "flex",
    alignItems: "center",
    gap: "10px",
    paddingLeft: "18px",
    minWidth: "198px",
    height: "52px",
    boxSizing: "border-box",
    color: "inherit",
    textDecorationLine: "none",
    fontWeight: tokens.fontWeightSemibold,
    fontSize: "15px",
    letterSpacing: "-0.01em",
  },
  grow: { flexGrow: 1 },
  org: { color: tokens.colorNeutralForeground2, fontSize: "14px", padding: "0 8px" },
  live: {
    display: "flex",
    alignItems: "center",
    gap: "7px",
    color: tokens.colorNeutralForeground3,
    fontSize: "12px",
    margin: "0 8px",
  },
  dot: { width: "7px", height: "7px", borderRadius: "50%", backgroundColor: hub.hubOffFill },
  dotLive: { backgroundColor: hub.hubActiveFill, boxShadow: `0 0 0 3px ${hub.hubActiveSoft}` },
  dotOff: { backgroundColor: hub.hubErrorFill },
  nav: {
    padding: "4px 12px 16px",
    overflowY: "auto",
    display: "flex",
    flexDirection: "column",
    "@media (max-width: 720px)": { flexDirection: "row", overflowX: "auto", padding: "0 8px 8px" },
  },
  group: {
    margin: "16px 8px 4px",
    fontSize: "11px",
    lineHeight: "16px",
    fontWeight: tokens.fontWeightSemibold,
    color: tokens.colorNeutralForeground4,
    "@media (max-width: 1100px)": { display: "none" },
  },
  item: {
    display: "flex",
    alignItems: "center",
    gap: "10px",
    height: "34px",
    flexShrink: 0,
    padding: "0 8px",
    borderRadius: tokens.borderRadiusMedium,
    fontSize: "13.5px",
    color: tokens.colorNeutralForeground2,
    textDecorationLine: "none",
    ":hover": { backgroundColor: hub.hubLineSoft, color: tokens.colorNeutralForeground1 },
    ":focus-visible": { outline: `2px solid ${tokens.colorStrokeFocus2}`, outlineOffset: "-2px" },
    "& svg": { fontSize: "18px", flexShrink: 0 },
    "&[aria-current='page']": {
      backgroundColor: hub.hubSheet,
      color: tokens.colorBrandForeground1,
      fontWeight: tokens.fontWeightSemibold,
      boxShadow: hub.hubShadow,
    },
  },
  label: { "@media (max-width: 1100px)": { display: "none" } },
  count: {
    marginLeft: "auto",
    fontSize: "12px",
    color: hub.hubError,
    fontWeight: tokens.fontWeightSemibold,
    fontVariantNumeric: "tabular-nums",
    "@media (max-width: 1100px)": { display: "none" },
  },
  sheet: {
    backgroundColor: hub.hubSheet,
    borderTopLeftRadius: tokens.borderRadiusXLarge,
    overflow: "hidden",
    boxShadow: `0 0 0 1px ${hub.hubLineSoft}`,
    position: "relative",
    display: "flex",
    flexDirection: "column",
  },
  offline: {
    padding: "8px 36px",
    fontSize: "13px",
    backgroundColor: hub.hubErrorSoft,
    color: tokens.colorNeutralForeground1,
  },
});

interface Entry {
  readonly to:
    | "overview"
    | "hybrid"
    | "users"
    | "teams"
    | "archive"
    | "audit"
    | "sessions"
    | "explain"
    | "migrations"
    | "workspaces"
    | "settings";
  readonly word: Word;
  readonly icon: ReactElement;
  /** The role that its page asks for; looking when left out. */
  readonly asks?: Role;
}

const groups: readonly { readonly word?: Word; readonly entries: readonly Entry[] }[] = [
  {
    entries: [
      { to: "overview", word: "nav.overview", icon: <GaugeRegular /> },
      { to: "hybrid", word: "nav.hybrid", icon: <LinkMultipleRegular /> },
    ],
  },
  {
    word: "nav.people",
    entries: [
      { to: "users", word: "nav.users", icon: <PeopleRegular /> },
      { to: "workspaces", word: "nav.workspaces", icon: <ConferenceRoomRegular /> },
      { to: "teams", word: "nav.teams", icon: <PeopleTeamRegular /> },
    ],
  },
  {
    word: "nav.data",
    entries: [
      { to: "archive", word: "nav.archive", icon: <ArchiveRegular /> },
      { to: "migrations", word: "nav.migrations", icon: <ArrowSwapRegular /> },
    ],
  },
  {
    word: "nav.understand",
    entries: [
      { to: "explain", word: "nav.explain", icon: <LightbulbRegular /> },
      { to: "audit", word: "nav.audit", icon: <HistoryRegular /> },
      { to: "sessions", word: "sessions.title", icon: <PersonAccountsRegular />, asks: "full" },
    ],
  },
];

function NavEntry({
  org,
  entry,
  errors,
}: {
  readonly org: string;
  readonly entry: Entry;
  readonly errors: number;
}) {
  const styles = useStyles();
  const t = useWords();
  return (
    <Link
      to={`/o/$org/${entry.to}` as "/o/$org/overview"}
      params={{ org }}
      className={styles.item}
      title={t(entry.word)}
    >
      {entry.icon} <span className={styles.label}>{t(entry.word)}</span>
      {errors > 0 && (
        <span className={styles.count} title={t("nav.errors", { count: errors })}>
          {number(errors)}
        </span>
      )}
    </Link>
  );
}

function Navigation({ org }: { readonly org: string }) {
  const styles = useStyles();
  const t = useWords();
  const { data: counts } = useQuery(countsQuery(org));
  const { data: session } = useQuery(sessionQuery);
  const isOpen = ({ asks = "readOnly" }: Entry): boolean =>
    session !== undefined && rolesThatMay[asks].includes(session.role);
  return (
    <nav className={styles.nav} aria-label={t("nav.label")}>
      {groups.map(({ word, entries }) => [
        word && (
          <div key={word} className={styles.group}>
            {t(word)}
          </div>
        ),
        ...entries
          .filter(isOpen)
          .map((entry) => (
            <NavEntry
              key={entry.to}
              org={org}
              entry={entry}
              errors={entry.to === "users" ? (counts?.error ?? 0) : 0}
            />
          )),
      ])}
      <span className={styles.grow} />
      <NavEntry
        org={org}
        entry={{ to: "settings", word: "nav.settings", icon: <SettingsRegular /> }}
        errors={0}
      />
    </nav>
  );
}

function Organisation({ org }: { readonly org: string }) {
  const styles = useStyles();
  const t = useWords();
  const navigate = useNavigate();
  const { data } = useQuery(sessionQuery);
  const all = data?.organisations ?? [];
  if (all.length < 2) return <span className={styles.org}>{org}</span>;
  return (
    <Select
      size="small"
      aria-label={t("head.organisation")}
      value={org}
      onChange={(_event, { value }) => void navigate({ to: "/o/$org/overview", params: { org: value } })}
    >
      {all.map((each) => (
        <option key={each}>{each}</option>
      ))}
    </Select>
  );
}

function LiveSign() {
  const styles = useStyles();
  const t = useWords();
  const { name } = useStanding();
  const word = { live: "head.live", connecting: "head.connecting", offline: "head.offline" } as const;
  const dot = { live: styles.dotLive, connecting: undefined, offline: styles.dotOff };
  return (
    <span className={styles.live}>
      <span className={mergeClasses(styles.dot, dot[name])} /> {t(word[name])}
    </span>
  );
}

function Head({ org }: { readonly org: string }) {
  const styles = useStyles();
  const layout = useLayout();
  const t = useWords();
  const { isDark, setDark } = useThemeChoice();
  const { data } = useQuery(sessionQuery);
  const navigate = useNavigate();
  const other = spoken() === "sv" ? "en" : "sv";
  return (
    <header className={styles.top}>
      <Link to="/o/$org/overview" params={{ org }} className={styles.brand} activeProps={{}}>
        <ProductSign /> {t("app.name")}
      </Link>
      <Organisation org={org} />
      <span className={styles.grow} />
      <LiveSign />
      <Button
        appearance="subtle"
        icon={<GlobeRegular />}
        size="small"
        aria-label={`${t("head.language")}: ${other.toUpperCase()}`}
        onClick={() => void choose(other)}
      >
        {other.toUpperCase()}
      </Button>
      <Button
        appearance="subtle"
        icon={<DarkThemeRegular />}
        size="small"
        aria-label={t("head.theme")}
        onClick={() => setDark(!isDark)}
      />
      <Button
        appearance="subtle"
        icon={<PersonRegular />}
        size="small"
        aria-label={t("me.title")}
        onClick={() => void navigate({ to: "/me" })}
      />
      <Button
        appearance="subtle"
        icon={<SignOutRegular />}
        size="small"
        aria-label={t("head.signout")}
        onClick={() => void signOut().then(() => location.assign("/signed-out"))}
      />
      <span className={layout.hidden}>
        {data && t("head.signedInAs", { name: data.name, role: t(`role.${data.role}`) })}
      </span>
    </header>
  );
}

/** Head, navigation and the sheet on which every page stands. */
export function Frame() {
  const styles = useStyles();
  const t = useWords();
  const { org } = useParams({ from: "/o/$org" });
  useLive(org);
  const { name, since } = useStanding();
  return (
    <div className={styles.app}>
      <a className={styles.skip} href="#content">
        {t("nav.skip")}
      </a>
      <Head org={org} />
      <Navigation org={org} />
      <main id="content" tabIndex={-1} className={styles.sheet}>
        {name === "offline" && (
          <div className={styles.offline} role="alert">
            {t("live.offline", { time: clockTime(since) })}
          </div>
        )}
        <Outlet />
      </main>
    </div>
  );
}
