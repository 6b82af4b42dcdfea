import {
  Button,
  Input,
  makeStyles,
  mergeClasses,
  Tab,
  TabList,
  Tag,
  TagGroup,
  tokens,
} from "@fluentui/react-components";
import { ArrowDownloadRegular, ArrowUploadRegular, SearchRegular } from "@fluentui/react-icons";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useLocation, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useDeferredValue, useEffect, useRef } from "react";
import type { UserCounts } from "../../src/api/index.ts";
import { ChosenUsers, useChosen } from "../chosen-users.tsx";
import { zone } from "../clock.tsx";
import { ColumnChoice } from "../column-choice.tsx";
import { useLayout } from "../layout.ts";
import { useUnseen } from "../live.ts";
import { Empty, Fault, Loading, PageTitle } from "../page-states.tsx";
import { client, countsQuery, filterText, type UserFilters, usersQuery } from "../queries.ts";
import { useReasons } from "../reasons.ts";
import type { UsersSearch } from "../router.tsx";
import { useHiddenColumns } from "../table-choices.ts";
import { hub } from "../theme.ts";
import { UserDrawer } from "../user-drawer.tsx";
import { UsersTable, userColumns } from "../users-table.tsx";
import { number, useWords } from "../words.ts";

const useStyles = makeStyles({
  split: {
    display: "grid",
    gridTemplateColumns: "minmax(0, 1fr)",
    gridTemplateRows: "minmax(0, 1fr)",
    flexGrow: 1,
    minHeight: 0,
  },
  withDrawer: {
    gridTemplateColumns: "minmax(0, 1fr) 424px",
    "@media (max-width: 900px)": {
      gridTemplateColumns: "minmax(0, 1fr)",
      "& > section": { display: "none" },
    },
  },
  page: { display: "flex", flexDirection: "column", minWidth: 0, minHeight: 0, padding: "28px 0 0" },
  gutter: {
    paddingLeft: "36px",
    paddingRight: "36px",
    "@media (max-width: 720px)": { paddingLeft: "16px", paddingRight: "16px" },
  },
  tabs: { margin: "12px 0 0 -10px", flexWrap: "wrap" },
  count: {
    color: tokens.colorNeutralForeground3,
    fontVariantNumeric: "tabular-nums",
    marginLeft: "6px",
    fontWeight: tokens.fontWeightRegular,
  },
  tools: { display: "flex", gap: "8px", alignItems: "center", padding: "14px 0", flexWrap: "wrap" },
  search: { width: "300px", maxWidth: "100%" },
  tag: { backgroundColor: hub.hubPicked, color: tokens.colorBrandForeground1 },
  foot: {
    borderTop: `1px solid ${hub.hubLine}`,
    padding: "9px 36px",
    fontSize: "12px",
    color: tokens.colorNeutralForeground3,
    display: "flex",
    gap: "16px",
    alignItems: "center",
  },
  grow: { flexGrow: 1 },
});

const tabs = [
  "all",
  "error",
  "notActivated",
  "active",
  "disabled",
] as const satisfies readonly (keyof UserCounts)[];

const useUsers = () => {
  const { org } = useParams({ from: "/o/$org" });
  const search = useSearch({ from: "/o/$org/users" });
  const navigate = useNavigate({ from: "/o/$org/users" });
  // Names and addresses stand behind #, which no server sees and nobody logs.
  const hash = useLocation({ select: (location) => location.hash });
  const text = new URLSearchParams(hash).get("q") ?? "";
  const change = (changed: Partial<UsersSearch>, wanted: string = text): void =>
    void navigate({
      search: (before) => ({ ...before, ...changed }),
      hash: wanted === "" ? "" : new URLSearchParams({ q: wanted }).toString(),
      replace: changed.open === undefined,
      resetScroll: false,
    });
  return { org, search, text, change };
};

function Tabs() {
  const styles = useStyles();
  const t = useWords();
  const { org, search, change } = useUsers();
  const { data: counts } = useQuery(countsQuery(org));
  return (
    <TabList
      className={styles.tabs}
      selectedValue={search.state ?? "all"}
      size={search.open === undefined ? "medium" : "small"}
      onTabSelect={(_event, { value }) =>
        change({ state: value === "all" ? undefined : (value as UsersSearch["state"]), open: undefined })
      }
    >
      {tabs.map((state) => (
        <Tab key={state} value={state}>
          {t(`state.${state}`)}
          {counts && <span className={styles.count}>{number(counts[state])}</span>}
        </Tab>
      ))}
    </TabList>
  );
}

function SearchField() {
  const styles = useStyles();
  const t = useWords();
  const { text, change } = useUsers();
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      if (event.key !== "/" || event.target instanceof HTMLInputElement) return;
      event.preventDefault();
      field.current?.focus();
    };
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  }, []);
  return (
    <Input
      className={styles.search}
      type="search"
      input={{ ref: field }}
      contentBefore={<SearchRegular />}
      placeholder={t("users.search")}
      aria-label={t("users.search")}
      value={text}
      onChange={(_event, { value }) => change({}, value)}
    />
  );
}

function Tools({
  filters,
  columns: { hidden, toggle },
}: {
  readonly filters: UserFilters;
  readonly columns: ReturnType<typeof useHiddenColumns>;
}) {
  const styles = useStyles();
  const t = useWords();
  const { org, search, change } = useUsers();
  const reasonOf = useReasons();
  const tags = [
    ["reason", "users.reason", search.reason && reasonOf(search.reason).what],
    ["tenant", "users.tenant", search.tenant?.slice(0, 8)],
  ] as const;
  const shown = tags.filter(([, , text]) => Boolean(text));
  return (
    <div className={styles.tools}>
      <SearchField />
      {shown.length > 0 && (
        <TagGroup
          aria-label={t("users.filters")}
          onDismiss={(_event, { value }) => change({ [value]: undefined })}
        >
          {shown.map(([name, word, text]) => (
            <Tag
              key={name}
              value={name}
              dismissible
              size="small"
              shape="circular"
              className={styles.tag}
              dismissIcon={{ "aria-label": t("action.removeFilter", { name: t(word) }) }}
            >
              {t(word)}: {text}
            </Tag>
          ))}
        </TagGroup>
      )}
      <span className={styles.grow} />
      <ColumnChoice columns={userColumns} hidden={hidden} toggle={toggle} />
      <Button
        as="a"
        appearance="subtle"
        size="small"
        icon={<ArrowDownloadRegular />}
        href={`/api/o/${org}/users.csv?${filterText(filters)}`}
      >
        {t("action.downloadCsv")}
      </Button>
    </div>
  );
}

function Foot({ count, isExact }: { readonly count: number; readonly isExact: boolean }) {
  const styles = useStyles();
  const t = useWords();
  const { org } = useUsers();
  const [unseen, forget] = useUnseen();
  const show = (): void => {
    forget();
    void client.invalidateQueries({ queryKey: [org, "users", "list"] });
  };
  return (
    <div className={styles.foot}>
      <span>{t(isExact ? "users.match" : "users.matchMore", { count })}</span>
      {unseen > 0 && (
        <Button size="small" appearance="subtle" onClick={show}>
          {t("users.newChanges", { count: unseen })}
        </Button>
      )}
      <span className={styles.grow} />
      <span>{t("users.zone", { zone: zone() })}</span>
    </div>
  );
}

function List({ filters, hidden }: { readonly filters: UserFilters; readonly hidden: readonly string[] }) {
  const styles = useStyles();
  const t = useWords();
  const { org, search, change } = useUsers();
  const { chosen, choose, clear } = useChosen();
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(
    usersQuery(org, filters),
  );
  const rows = data?.pages.flatMap((page) => page.rows) ?? [];
  const [first] = data?.pages ?? [];
  // A search may look through many people before it finds the first.
  const isStillLooking = rows.length === 0 && hasNextPage;
  useEffect(() => {
    if (isStillLooking && !isFetchingNextPage && !error) void fetchNextPage();
  }, [isStillLooking, isFetchingNextPage, error, fetchNextPage]);
  if (error && !data)
    return (
      <div className={styles.gutter}>
        <Fault error={error} again={() => void refetch()} />
      </div>
    );
  if (!first || isStillLooking)
    return (
      <div className={mergeClasses(styles.gutter, styles.grow)}>
        <Loading rows={10} />
      </div>
    );
  if (rows.length === 0)
    return (
      <div className={mergeClasses(styles.gutter, styles.grow)}>
        <Empty what={t("users.none")}>
          <Button onClick={() => change({ state: undefined, reason: undefined, tenant: undefined }, "")}>
            {t("action.clearFilters")}
          </Button>
        </Empty>
      </div>
    );
  return (
    <>
      {search.open === undefined && <ChosenUsers org={org} chosen={chosen} clear={clear} />}
      <UsersTable
        chosen={chosen}
        choose={choose}
        rows={rows}
        hidden={hidden}
        count={Math.max(first.count, rows.length)}
        open={search.open}
        opened={(id) => change({ open: id })}
        more={() => {
          if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
        }}
      />
      <Foot count={Math.max(first.count, rows.length)} isExact={first.isCountExact} />
    </>
  );
}

/** Find, understand, try again. */
export function Users() {
  const styles = useStyles();
  const layout = useLayout();
  const t = useWords();
  const { org, search, text, change } = useUsers();
  const navigate = useNavigate();
  const typed = useDeferredValue(text);
  const columns = useHiddenColumns("users");
  const { state, reason, tenant, open } = search;
  const filters: UserFilters = { state, reason, tenant, search: typed };
  return (
    <div className={mergeClasses(styles.split, open !== undefined && styles.withDrawer)}>
      <section className={styles.page} aria-label={t("nav.users")}>
        <div className={styles.gutter}>
          <div className={layout.head}>
            <div className={layout.grow}>
              <PageTitle title={t("nav.users")}>{t("nav.users")}</PageTitle>
            </div>
            {open === undefined && (
              <Button
                icon={<ArrowUploadRegular />}
                onClick={() => void navigate({ to: "/o/$org/users-bulk", params: { org } })}
              >
                {t("bulk.title")}
              </Button>
            )}
            {open === undefined && (
              <Button as="a" href={`/api/o/${org}/users.csv`} icon={<ArrowDownloadRegular />}>
                {t("users.report")}
              </Button>
            )}
          </div>
          <Tabs />
          <Tools filters={filters} columns={columns} />
        </div>
        <List filters={filters} hidden={columns.hidden} />
      </section>
      {open !== undefined && (
        <UserDrawer key={open} org={org} id={open} close={() => change({ open: undefined })} />
      )}
    </div>
  );
}
