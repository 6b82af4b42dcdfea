import { Badge, Button } from "@fluentui/react-components";
import type { SessionRow } from "../src/api/index.ts";
import { When } from "./clock.tsx";
import { type DataColumn, DataTable } from "./data-table.tsx";
import { useLayout } from "./layout.ts";
import { useWords } from "./words.ts";

type End = (session: string, all: boolean) => void;

function Ends({ row, end }: { readonly row: SessionRow; readonly end: End }) {
  const layout = useLayout();
  const t = useWords();
  return (
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
  );
}

const useColumns = (end: End): readonly DataColumn<SessionRow>[] => {
  const t = useWords();
  return [
    {
      id: "who",
      head: "sessions.who",
      isFixed: true,
      value: ({ name }) => name,
      cell: ({ name, isOwn }) => (
        <>
          {name}{" "}
          {isOwn && (
            <Badge appearance="tint" size="small">
              {t("sessions.here")}
            </Badge>
          )}
        </>
      ),
    },
    {
      id: "role",
      head: "sessions.role",
      value: ({ role }) => t(`role.${role}`),
      cell: ({ role }) => t(`role.${role}`),
    },
    {
      id: "since",
      head: "sessions.since",
      kind: "moment",
      value: ({ startedAt }) => startedAt,
      cell: ({ startedAt }) => <When at={startedAt} />,
    },
    {
      id: "until",
      head: "sessions.until",
      kind: "moment",
      value: ({ endsAt }) => endsAt,
      cell: ({ endsAt }) => <When at={endsAt} />,
    },
    { id: "act", head: "sessions.acts", cell: (row) => <Ends row={row} end={end} /> },
  ];
};

/** Sessions with what ends them: each, and all others that its person has. */
export function SessionsTable({
  label,
  rows,
  end,
}: {
  readonly label: string;
  readonly rows: readonly SessionRow[];
  readonly end: End;
}) {
  const t = useWords();
  const columns = useColumns(end);
  return (
    <DataTable
      name="sessions"
      label={label}
      columns={columns}
      rows={rows}
      keyOf={({ id }) => id}
      empty={{ what: t("none") }}
    />
  );
}
