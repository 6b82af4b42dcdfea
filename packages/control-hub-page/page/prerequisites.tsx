import { Input, makeStyles, mergeClasses, tokens } from "@fluentui/react-components";
import { type ReactNode, useState } from "react";
import type { GroupsState, UserStateName } from "../src/api/index.ts";
import { ActButton } from "./acts.tsx";
import { When } from "./clock.tsx";
import { useLayout } from "./layout.ts";
import { useOrder } from "./orders.ts";
import { useReasons } from "./reasons.ts";
import { StateSign } from "./signs.tsx";
import { hub } from "./theme.ts";
import { hasWord, useWords, type Word } from "./words.ts";

type Check = GroupsState["checks"][number];

const useStyles = makeStyles({
  lead: {
    margin: 0,
    fontSize: "14px",
    lineHeight: "21px",
    maxWidth: "680px",
    color: tokens.colorNeutralForeground2,
  },
  live: {
    display: "flex",
    alignItems: "center",
    gap: "12px",
    fontSize: "12px",
    color: tokens.colorNeutralForeground3,
    marginTop: "10px",
  },
  meter: { display: "flex", gap: "3px", marginTop: "14px", maxWidth: "420px" },
  cell: { height: "6px", flexGrow: 1, borderRadius: "3px", backgroundColor: hub.hubActiveFill },
  missing: { backgroundColor: hub.hubErrorFill },
  unknown: { backgroundColor: hub.hubOffFill },
  h2: {
    margin: "24px 0 2px",
    fontSize: "13px",
    lineHeight: "20px",
    fontWeight: tokens.fontWeightSemibold,
    color: tokens.colorNeutralForeground3,
    display: "flex",
    justifyContent: "space-between",
  },
  list: { listStyle: "none", margin: 0, padding: 0, borderTop: `1px solid ${hub.hubLine}` },
  check: {
    display: "grid",
    gridTemplateColumns: "20px minmax(0, 1fr) auto",
    columnGap: "12px",
    padding: "9px 12px 9px 6px",
    borderBottom: `1px solid ${hub.hubLineSoft}`,
    fontSize: "13.5px",
    lineHeight: "20px",
    alignItems: "start",
  },
  red: {
    backgroundColor: hub.hubErrorWash,
    borderBottomStyle: "none",
    borderRadius: tokens.borderRadiusLarge,
    margin: "8px 0 8px -8px",
    padding: "13px 12px 15px 14px",
  },
  sign: { paddingTop: "2px" },
  found: {
    fontSize: "12.5px",
    color: tokens.colorNeutralForeground3,
    textAlign: "right",
    fontVariantNumeric: "tabular-nums",
  },
  fix: {
    fontSize: "13px",
    lineHeight: "20px",
    color: tokens.colorNeutralForeground2,
    margin: "2px 0 10px",
    maxWidth: "560px",
  },
});

const parts = [
  ["groups.ecm", ["microsoftContent", "linkedFolders", "tenantName", "globalInstance"]],
  ["groups.m365", ["globalAdministrator", "groupsFeature", "usersInEntra"]],
  [
    "groups.webex",
    ["fullAdministrator", "messagingEntitlement", "externalIds", "usersActive", "usersSynchronised"],
  ],
] as const satisfies readonly (readonly [Word, readonly string[]])[];

/** Those that no interface of either cloud tells: an administrator says that they are met. */
const confirmable: readonly string[] = [
  "messagingEntitlement",
  "microsoftContent",
  "linkedFolders",
  "tenantName",
];

const signOf: Readonly<Record<Check["state"], UserStateName>> = {
  met: "active",
  missing: "error",
  unknown: "notActivated",
};

const wordOf: Readonly<Record<Check["state"], Word>> = {
  met: "check.done",
  missing: "check.missing",
  unknown: "check.unknown",
};

function Fix({ org, check }: { readonly org: string; readonly check: Check }) {
  const styles = useStyles();
  const layout = useLayout();
  const t = useWords();
  const [domain, setDomain] = useState("");
  const { give, progress } = useOrder(false);
  const path = `/o/${org}/groups/orders`;
  const needsName = check.name === "tenantName";
  const confirm = (): void =>
    void give(path, { order: "confirm", prerequisite: check.name, value: needsName ? domain.trim() : "yes" });
  const isNamed = !needsName || domain.trim().includes(".");
  const todo = `pre.${check.name}.todo`;
  return (
    <>
      {hasWord(todo) && <p className={styles.fix}>{t(todo)}</p>}
      <div className={layout.buttons}>
        {needsName && (
          <Input
            size="small"
            aria-label={t("groups.confirmName")}
            placeholder="contoso.example"
            value={domain}
            onChange={(_event, { value }) => setDomain(value)}
          />
        )}
        {confirmable.includes(check.name) && (
          <ActButton size="small" why={isNamed ? undefined : t("groups.confirmName")} onClick={confirm}>
            {t("groups.confirm")}
          </ActButton>
        )}
        <ActButton size="small" appearance="subtle" onClick={() => void give(path, { order: "check" })}>
          {t("action.checkAgain")}
        </ActButton>
        <span className={layout.quiet} role="status">
          {progress.text}
        </span>
      </div>
    </>
  );
}

function Line({ check, children }: { readonly check: Check; readonly children?: ReactNode }) {
  const styles = useStyles();
  const layout = useLayout();
  const t = useWords();
  const isRed = check.state === "missing";
  const title = `pre.${check.name}`;
  return (
    <li className={mergeClasses(styles.check, isRed && styles.red)}>
      <span className={styles.sign}>
        <StateSign state={signOf[check.state]} />
      </span>
      <div>
        <span className={isRed ? layout.strong : undefined}>{hasWord(title) ? t(title) : check.name}</span>
        {children}
      </div>
      <span className={styles.found}>
        {t(wordOf[check.state])}
        {check.found !== null && ` · ${check.found}`}
      </span>
    </li>
  );
}

function Part({
  org,
  word,
  checks,
}: {
  readonly org: string;
  readonly word: Word;
  readonly checks: readonly Check[];
}) {
  const styles = useStyles();
  const t = useWords();
  if (checks.length === 0) return null;
  const met = checks.filter(({ state }) => state === "met").length;
  return (
    <>
      <h2 className={styles.h2}>
        {t(word)}
        <span>
          {met} / {checks.length}
        </span>
      </h2>
      <ul className={styles.list}>
        {checks.map((check) => (
          <Line key={check.name} check={check}>
            {check.state !== "met" && <Fix org={org} check={check} />}
          </Line>
        ))}
      </ul>
    </>
  );
}

function Unlinked({ groups }: { readonly groups: GroupsState }) {
  const layout = useLayout();
  const t = useWords();
  const reasonOf = useReasons();
  if (groups.unlinked.length === 0) return null;
  return (
    <details className={layout.quiet}>
      <summary>
        {t("groups.unlinked", {
          count: Math.max(groups.unlinked.length, groups.usersSeen - groups.usersLinked),
        })}
      </summary>
      <ul>
        {groups.unlinked.map(({ person, reason }) => (
          <li key={person}>
            {person}: {reasonOf(reason).what}
          </li>
        ))}
      </ul>
    </details>
  );
}

/** What groups need, with ticks that move while somebody looks. */
export function Prerequisites({ org, groups }: { readonly org: string; readonly groups: GroupsState }) {
  const styles = useStyles();
  const t = useWords();
  const { give, progress } = useOrder(false);
  const known = new Set<string>(parts.flatMap(([, names]) => names));
  const met = groups.checks.filter(({ state }) => state === "met").length;
  const cells = { met: undefined, missing: styles.missing, unknown: styles.unknown };
  return (
    <>
      <p className={styles.lead}>{t("groups.lead")}</p>
      <div
        className={styles.meter}
        role="img"
        aria-label={t("groups.count", { done: met, all: groups.checks.length })}
      >
        {groups.checks.map(({ name, state }) => (
          <span key={name} className={mergeClasses(styles.cell, cells[state])} />
        ))}
      </div>
      <div className={styles.live}>
        {groups.checkedAt === null ? (
          t("groups.neverLooked")
        ) : (
          <span>
            {t("groups.lastLooked")} <When at={groups.checkedAt} />
          </span>
        )}
        <ActButton size="small" onClick={() => void give(`/o/${org}/groups/orders`, { order: "check" })}>
          {t("action.checkAgain")}
        </ActButton>
        <span role="status">{progress.text}</span>
      </div>
      {parts.map(([word, names]) => (
        <Part
          key={word}
          org={org}
          word={word}
          checks={groups.checks.filter(({ name }) => (names as readonly string[]).includes(name))}
        />
      ))}
      <Part org={org} word="groups.others" checks={groups.checks.filter(({ name }) => !known.has(name))} />
      <Unlinked groups={groups} />
    </>
  );
}
