import { Button, makeStyles, tokens } from "@fluentui/react-components";
import { DataBarVerticalRegular, TableRegular } from "@fluentui/react-icons";
import { useState } from "react";
import type { Overview } from "../src/api/index.ts";
import { clockTime } from "./clock.tsx";
import { type DataColumn, DataTable } from "./data-table.tsx";
import { useLayout } from "./layout.ts";
import { hub } from "./theme.ts";
import { number, useWords } from "./words.ts";

const plotPx = 128;

const useStyles = makeStyles({
  head: { display: "flex", alignItems: "flex-start", gap: "8px" },
  grow: { flexGrow: 1 },
  plot: {
    display: "grid",
    gridTemplateColumns: "36px minmax(0, 1fr)",
    columnGap: "8px",
    marginTop: "16px",
    fontSize: "11px",
    color: tokens.colorNeutralForeground3,
    fontVariantNumeric: "tabular-nums",
  },
  scale: {
    height: `${plotPx}px`,
    display: "flex",
    flexDirection: "column",
    justifyContent: "space-between",
    textAlign: "right",
    lineHeight: "1px",
  },
  bars: {
    height: `${plotPx}px`,
    display: "flex",
    alignItems: "flex-end",
    gap: "3px",
    borderBottom: `1px solid ${hub.hubLine}`,
    backgroundImage: `linear-gradient(${hub.hubLineSoft} 1px, transparent 1px)`,
    backgroundSize: "100% 50%",
  },
  bar: {
    flexGrow: 1,
    flexBasis: 0,
    display: "flex",
    flexDirection: "column",
    justifyContent: "flex-end",
    gap: "1.5px",
  },
  soon: { backgroundColor: hub.hubBrandFill, borderRadius: "2px 2px 0 0" },
  daily: { backgroundColor: hub.hubOffFill, borderRadius: "2px 2px 0 0" },
  hours: { gridColumn: "2", display: "flex", justifyContent: "space-between", paddingTop: "6px" },
  keys: {
    display: "flex",
    gap: "18px",
    fontSize: "12px",
    marginTop: "12px",
    color: tokens.colorNeutralForeground2,
  },
  key: { display: "flex", alignItems: "center", gap: "7px" },
  mark: { width: "10px", height: "10px", borderRadius: "2px" },
});

type Hours = Overview["hours"];

/** The next whole number of one digit and noughts, so that the scale is easy to read. */
const roundUp = (value: number): number => {
  const unit = 10 ** Math.floor(Math.log10(Math.max(1, value)));
  const steps = [1, 2, 4, 6, 10].map((step) => step * unit);
  return Math.max(2, steps.find((step) => step >= value) ?? value);
};

function Plot({ hours }: { readonly hours: Hours }) {
  const styles = useStyles();
  const top = roundUp(Math.max(...hours.map(({ soon, daily }) => soon + daily)));
  const px = (count: number): number => Math.round((count / top) * plotPx);
  return (
    <div className={styles.plot} aria-hidden="true">
      <div className={styles.scale}>
        {[top, top / 2, 0].map((value) => (
          <span key={value}>{number(value)}</span>
        ))}
      </div>
      <div className={styles.bars}>
        {hours.map(({ at, soon, daily }) => (
          <div key={at} className={styles.bar}>
            {daily > 0 && <div className={styles.daily} style={{ height: `${Math.max(2, px(daily))}px` }} />}
            {soon > 0 && <div className={styles.soon} style={{ height: `${Math.max(2, px(soon))}px` }} />}
          </div>
        ))}
      </div>
      <div className={styles.hours}>
        {[0, 6, 12, 18, 23].map((hour) => (
          <span key={hour}>{clockTime(hours[hour]?.at ?? 0)}</span>
        ))}
      </div>
    </div>
  );
}

const tableColumns: readonly DataColumn<Hours[number]>[] = [
  {
    id: "hour",
    head: "over.hour",
    isFixed: true,
    kind: "moment",
    value: ({ at }) => at,
    cell: ({ at }) => clockTime(at),
  },
  {
    id: "soon",
    head: "over.soon",
    kind: "amount",
    value: ({ soon }) => soon,
    cell: ({ soon }) => number(soon),
  },
  {
    id: "daily",
    head: "over.daily",
    kind: "amount",
    value: ({ daily }) => daily,
    cell: ({ daily }) => number(daily),
  },
];

function Table({ hours, label }: { readonly hours: Hours; readonly label: string }) {
  return (
    <DataTable
      name="retries"
      label={label}
      columns={tableColumns}
      rows={hours.filter(({ soon, daily }) => soon + daily > 0)}
      keyOf={({ at }) => String(at)}
      empty={{ what: label }}
    />
  );
}

/** What mends itself, and when: the answer above, bars by the hour below, and the same as a table. */
export function RetriesChart({
  hours,
  withinAnHour,
}: {
  readonly hours: Hours;
  readonly withinAnHour: number;
}) {
  const styles = useStyles();
  const layout = useLayout();
  const t = useWords();
  const [isTable, setTable] = useState(false);
  const isEmpty = hours.every(({ soon, daily }) => soon + daily === 0);
  return (
    <section aria-labelledby="retries">
      <div className={styles.head}>
        <div className={styles.grow}>
          <div className={layout.quiet}>{t("over.retriesRange")}</div>
          <h2 className={layout.h2} id="retries">
            {isEmpty ? t("over.retriesNone") : t("over.retriesAnswer", { count: withinAnHour })}
          </h2>
        </div>
        {!isEmpty && (
          <Button
            appearance="subtle"
            size="small"
            icon={isTable ? <DataBarVerticalRegular /> : <TableRegular />}
            aria-label={t(isTable ? "over.viewAsChart" : "action.viewAsTable")}
            onClick={() => setTable(!isTable)}
          />
        )}
      </div>
      {!isEmpty &&
        (isTable ? <Table hours={hours} label={t("over.retriesRange")} /> : <Plot hours={hours} />)}
      {!isEmpty && !isTable && (
        <div className={styles.keys}>
          {(["soon", "daily"] as const).map((name) => (
            <span key={name} className={styles.key}>
              <span className={`${styles.mark} ${styles[name]}`} /> {t(`over.${name}`)}
            </span>
          ))}
        </div>
      )}
    </section>
  );
}
