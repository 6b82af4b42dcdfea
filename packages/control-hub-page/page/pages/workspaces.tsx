import { Select } from "@fluentui/react-components";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import type { RoomRow, UserStateName } from "../../src/api/index.ts";
import { ActButton, Confirm } from "../acts.tsx";
import { When } from "../clock.tsx";
import { type DataColumn, DataTable } from "../data-table.tsx";
import { useLayout } from "../layout.ts";
import { useOrder } from "../orders.ts";
import { PageTitle } from "../page-states.tsx";
import { roomsQuery, settingsQuery } from "../queries.ts";
import { useReasons } from "../reasons.ts";
import { StateMark } from "../signs.tsx";
import { hasWord, useWords } from "../words.ts";

const stateOf: Readonly<Record<RoomRow["devices"][number]["standing"], UserStateName>> = {
  waiting: "notActivated",
  shown: "active",
  offline: "disabled",
  otherCalendar: "disabled",
  failed: "error",
};

/** What an administrator of Exchange does about each finding; commands are the same in every language. */
const mends: Readonly<Record<string, string>> = {
  notAutoAccepting: "Set-CalendarProcessing -AutomateProcessing AutoAccept",
  commentsDeleted: "Set-CalendarProcessing -DeleteComments $false",
  subjectReplaced: "Set-CalendarProcessing -DeleteSubject $false -AddOrganizerToSubject $false",
};

const useFindingText = (): ((finding: string) => string) => {
  const t = useWords();
  return (finding) => {
    const word = `room.finding.${finding}`;
    return hasWord(word) ? t(word) : finding;
  };
};

function Check({ room }: { readonly room: RoomRow }) {
  const layout = useLayout();
  const t = useWords();
  const reasonOf = useReasons();
  const findingText = useFindingText();
  const { hasMailbox, unreadable, findings } = room;
  if (hasMailbox && unreadable === null && findings.length === 0)
    return <StateMark state="active" word={t("room.fine")} />;
  return (
    <>
      {!hasMailbox && <StateMark state="error" word={t("room.noMailbox")} />}
      {unreadable !== null && <StateMark state="error" word={reasonOf(unreadable).what} />}
      {findings.map((finding) => (
        <div key={finding}>
          <StateMark state="error" word={findingText(finding)} />
          {mends[finding] !== undefined && (
            <div className={layout.quiet}>
              <code>{mends[finding]}</code>
            </div>
          )}
        </div>
      ))}
    </>
  );
}

function Devices({ room }: { readonly room: RoomRow }) {
  const layout = useLayout();
  const t = useWords();
  const reasonOf = useReasons();
  if (room.devices.length === 0) return t("room.noDevice");
  return room.devices.map(({ name, standing, code, nextTryAt }) => (
    <div key={name}>
      {name}: <StateMark state={stateOf[standing]} word={t(`room.standing.${standing}`)} />
      {code !== null && <div className={layout.quiet}>{reasonOf(code).what}</div>}
      {nextTryAt !== null && (
        <div className={layout.quiet}>
          {t("users.nextRetry")} <When at={nextTryAt} />
        </div>
      )}
    </div>
  ));
}

const useColumns = (): readonly DataColumn<RoomRow>[] => {
  const layout = useLayout();
  const t = useWords();
  const findingText = useFindingText();
  const reasonOf = useReasons();
  const troubleOf = ({ hasMailbox, unreadable, findings }: RoomRow): string =>
    [
      ...(hasMailbox ? [] : [t("room.noMailbox")]),
      ...(unreadable === null ? [] : [reasonOf(unreadable).what]),
      ...findings.map(findingText),
    ].join(" ");
  return [
    {
      id: "room",
      head: "room.room",
      isFixed: true,
      value: ({ name, mailAddress }) => `${name} ${mailAddress}`,
      cell: ({ name, mailAddress }) => (
        <>
          <span className={layout.strong}>{name}</span>
          <div className={layout.quiet}>{mailAddress}</div>
        </>
      ),
    },
    {
      id: "check",
      head: "room.check",
      value: (room) => troubleOf(room) || t("room.fine"),
      cell: (room) => <Check room={room} />,
    },
    {
      id: "devices",
      head: "room.devices",
      value: ({ devices }) =>
        devices.map(({ name, standing }) => `${name}: ${t(`room.standing.${standing}`)}`).join(" "),
      cell: (room) => <Devices room={room} />,
    },
    {
      id: "meetings",
      head: "room.meetings",
      kind: "amount",
      value: ({ bookings }) => bookings,
      cell: ({ bookings }) => bookings,
    },
  ];
};

function Follow({ org, hasRooms }: { readonly org: string; readonly hasRooms: boolean }) {
  const layout = useLayout();
  const t = useWords();
  const { data } = useQuery(settingsQuery(org));
  const { give, progress } = useOrder(false);
  const [chosen, setChosen] = useState<string | undefined>();
  const active = data?.tenants.filter(({ status }) => status === "active") ?? [];
  const tenantId = chosen ?? active[0]?.tenantId;
  const path = `/o/${org}/rooms/orders`;
  const why = tenantId === undefined ? t("calendar.needsTenant") : undefined;
  return (
    <div className={layout.buttons}>
      {active.length > 1 && (
        <Select
          aria-label={t("users.tenant")}
          value={tenantId}
          onChange={(_event, { value }) => setChosen(value)}
        >
          {active.map((each) => (
            <option key={each.tenantId}>{each.tenantId}</option>
          ))}
        </Select>
      )}
      <ActButton why={why} onClick={() => void give(path, { order: "follow", tenantId })}>
        {t("room.follow")}
      </ActButton>
      {hasRooms && (
        <Confirm
          verb={t("room.stop")}
          title={t("room.confirmStop.title")}
          text={t("room.confirmStop.text")}
          confirmed={() => void give(path, { order: "stop" })}
        />
      )}
      <span className={layout.quiet} role="status">
        {progress.text}
      </span>
    </div>
  );
}

/** Rooms, what their devices show, and what is wrong with the settings of their mailboxes. */
export function Workspaces() {
  const layout = useLayout();
  const t = useWords();
  const { org } = useParams({ from: "/o/$org" });
  const { data, error, refetch } = useQuery(roomsQuery(org));
  const columns = useColumns();
  return (
    <div className={layout.page}>
      <div className={layout.head}>
        <div className={layout.grow}>
          <PageTitle title={t("nav.workspaces")}>{t("nav.workspaces")}</PageTitle>
          <p className={layout.lead}>{t("room.lead")}</p>
        </div>
        <Follow org={org} hasRooms={(data?.rooms.length ?? 0) > 0} />
      </div>
      <DataTable
        name="rooms"
        label={t("nav.workspaces")}
        columns={columns}
        rows={data?.rooms}
        keyOf={({ id }) => id}
        error={error}
        again={() => void refetch()}
        empty={{ what: t("room.none"), how: t("room.noneHow") }}
        csv={`/api/o/${org}/rooms.csv`}
      />
    </div>
  );
}
