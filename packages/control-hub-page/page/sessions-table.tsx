import { Badge, Button } from "@fluentui/react-components";
import type { SessionRow } from "../src/api/index.ts";
import { When } from "./clock.tsx";
import { useLayout } from "./layout.ts";
import { useWords } from "./words.ts";

type End = (session: string, all: boolean) => void;

function Line({ row, end }: { readonly row: SessionRow; readonly end: End }) {
  const layout = useLayout();
  const t = useWords();
  return (
    <tr>
      <td className={layout.td}>
        {row.name}{" "}
        {row.isOwn && (
          <Badge appearance="tint" size="small">
            {t("sessions.here")}
          </Badge>
        )}
      </td>
      <td className={layout.td}>{t(`role.${row.role}`)}</td>
      <td className={layout.td}>
        <When at={row.startedAt} />
      </td>
      <td className={layout.td}>
        <When at={row.endsAt} />
      </td>
      <td className={layout.td}>
        <div className={layout.buttons}>
          {!row.isOwn && (
            <Button size="small" onClick={() => end(row.id, false)}>
              {t("sessions.end")}
            </Button>
          )}
          <Button size="small" appearance="subtle" onClick={() => end(row.id, true)}>
            {t("sessions.endAll")}
          </Button>
        </div>
      </td>
    </tr>
  );
}

/** Sessions with what ends them: each, and all others that its person has. */
export function SessionsTable({ rows, end }: { readonly rows: readonly SessionRow[]; readonly end: End }) {
  const layout = useLayout();
  const t = useWords();
  return (
    <div className={layout.scroll}>
      <table className={layout.table}>
        <thead>
          <tr>
            {(["sessions.who", "sessions.role", "sessions.since", "sessions.until"] as const).map((word) => (
              <th key={word} className={layout.th}>
                {t(word)}
              </th>
            ))}
            <th className={layout.th}>
              <span className={layout.hidden}>{t("sessions.acts")}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Line key={row.id} row={row} end={end} />
          ))}
        </tbody>
      </table>
    </div>
  );
}
