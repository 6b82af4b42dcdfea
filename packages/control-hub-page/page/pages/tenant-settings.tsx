import { Button, makeStyles, mergeClasses, Tab, TabList } from "@fluentui/react-components";
import { ChevronRightRegular } from "@fluentui/react-icons";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { type ReactElement, useState } from "react";
import type { Settings, SettingsWanted } from "../../src/api/index.ts";
import { rolesThatMay } from "../../src/api/roles.ts";
import { ActButton, Confirm } from "../acts.tsx";
import { DetailsPreview } from "../details-preview.tsx";
import { DetailsSettings, ExclusionSettings } from "../details-settings.tsx";
import { KeywordSettings } from "../keyword-settings.tsx";
import { useLayout } from "../layout.ts";
import { useOrder } from "../orders.ts";
import { Empty, Fault, Loading, PageTitle } from "../page-states.tsx";
import { client, sessionQuery, settingsQuery } from "../queries.ts";
import { changedSettings, faultOfSettings, takenAway } from "../settings-changes.ts";
import { SettingsChanges, SettingsConflict } from "../settings-conflict.tsx";
import { type SettingsEditing, useSettingsDraft } from "../settings-draft.ts";
import { type SettingsPart, settingsParts } from "../settings-parts.ts";
import { TextSettings } from "../text-settings.tsx";
import { hub } from "../theme.ts";
import { spoken, useWords } from "../words.ts";

type Tenant = Settings["tenants"][number];

const useStyles = makeStyles({
  whole: { display: "flex", flexDirection: "column", flexGrow: 1, minHeight: 0 },
  columns: {
    display: "grid",
    gap: "36px",
    marginTop: "12px",
    "@media (min-width: 1100px)": { gridTemplateColumns: "minmax(0, 1fr) minmax(0, 1fr)" },
  },
  form: { border: "none", margin: 0, padding: 0, minWidth: 0 },
  foot: {
    display: "flex",
    gap: "10px",
    alignItems: "center",
    flexWrap: "wrap",
    padding: "12px 36px",
    borderTop: `1px solid ${hub.hubLine}`,
    "@media (max-width: 720px)": { padding: "12px 16px" },
  },
});

interface FootProps {
  readonly org: string;
  readonly tenant: Tenant;
  readonly editing: SettingsEditing;
}

/** Orders settings, and tells where the order is until they are decided. */
const useSaving = (org: string, tenant: Tenant) => {
  const { give, progress } = useOrder(false);
  const [before, setBefore] = useState<SettingsWanted | undefined>();
  /** What the settings were known as when others were ordered; they are decided when it is another. */
  const [sentFor, setSentFor] = useState<string | undefined>();
  const withSettings = (known: Settings | undefined, settings: SettingsWanted) =>
    known && {
      ...known,
      tenants: known.tenants.map((each) =>
        each.tenantId === tenant.tenantId ? { ...each, settings } : each,
      ),
    };
  const save = async (settings: SettingsWanted): Promise<void> => {
    const path = `/o/${org}/tenants/${tenant.tenantId}/orders`;
    const isTaken = await give(path, { order: "configure", settings }, tenant.etag);
    setBefore(isTaken ? tenant.settings : undefined);
    setSentFor(isTaken ? tenant.etag : undefined);
    // The event of the decision brings what is set; until then it is what was ordered.
    if (isTaken) client.setQueryData(settingsQuery(org).queryKey, (known) => withSettings(known, settings));
    // Who was refused sees what is set by now, and that somebody else has set it.
    else await client.invalidateQueries({ queryKey: [org, "settings"] });
  };
  return { save, before, progress, isDeciding: sentFor === tenant.etag };
};

/** Why nothing can be saved; undefined: it can. */
const useWhyNot = ({ tenant, editing }: FootProps, isDeciding: boolean): string | undefined => {
  const t = useWords();
  if (tenant.status !== "active") return t("fault.code.tenantNotActive");
  if (editing.changed.length === 0) return t("settings.nothingChanged");
  if (isDeciding) return t("order.trying");
  if (editing.hasConflict) return t("settings.conflict");
  const fault = faultOfSettings(editing.wanted);
  return fault === null ? undefined : t(`settings.fault.${fault}`);
};

/** Saves, discards, and takes back what was saved last. */
function Foot(props: FootProps) {
  const { org, tenant, editing } = props;
  const styles = useStyles();
  const layout = useLayout();
  const t = useWords();
  const { save, before, progress, isDeciding } = useSaving(org, tenant);
  const why = useWhyNot(props, isDeciding);
  const { wanted, changed, forget } = editing;
  const canUndo = before !== undefined && changed.length === 0 && tenant.status === "active";
  const gone = takenAway(tenant.settings, wanted);
  const standing = changed.length > 0 && !progress.isFault ? "" : progress.text;
  return (
    <div className={styles.foot}>
      {gone.length > 0 && why === undefined ? (
        <Confirm
          verb={t("action.save")}
          title={t("settings.confirmTaken.title", { names: gone.join(", ") })}
          text={t("settings.confirmTaken.text")}
          confirmed={() => void save(wanted)}
        >
          <SettingsChanges
            names={changed}
            columns={[
              [t("settings.before"), tenant.settings],
              [t("settings.mine"), wanted],
            ]}
          />
        </Confirm>
      ) : (
        <ActButton appearance="primary" why={why} onClick={() => void save(wanted)}>
          {t("action.save")}
        </ActButton>
      )}
      {changed.length > 0 && <Button onClick={forget}>{t("settings.discard")}</Button>}
      {canUndo && changedSettings(tenant.settings, before).length > 0 && (
        <ActButton why={isDeciding ? t("order.trying") : undefined} onClick={() => void save(before)}>
          {t("settings.undo")}
        </ActButton>
      )}
      <span className={layout.quiet} role="status">
        {isDeciding
          ? t("order.trying")
          : standing || (changed.length > 0 && t("settings.unsaved", { count: changed.length }))}
      </span>
    </div>
  );
}

function Parts({ part }: { readonly part: SettingsPart }) {
  const layout = useLayout();
  const t = useWords();
  const navigate = useNavigate({ from: "/o/$org/settings/$tenant" });
  return (
    <TabList
      selectedValue={part}
      className={layout.tabs}
      onTabSelect={(_event, { value }) =>
        void navigate({ search: { part: value as SettingsPart }, replace: true })
      }
    >
      {settingsParts.map((each) => (
        <Tab key={each} value={each}>
          {t(`settings.part.${each}`)}
        </Tab>
      ))}
    </TabList>
  );
}

function Editor({
  org,
  tenant,
  languages,
}: {
  readonly org: string;
  readonly tenant: Tenant;
  readonly languages: readonly string[];
}) {
  const styles = useStyles();
  const layout = useLayout();
  const t = useWords();
  const { part = "keywords" } = useSearch({ from: "/o/$org/settings/$tenant" });
  const { data: session } = useQuery(sessionQuery);
  const editing = useSettingsDraft(org, tenant);
  const [language, choose] = useState<string>(tenant.settings.language ?? spoken());
  const { wanted, change, hasConflict } = editing;
  const mayChange = session !== undefined && rolesThatMay.full.includes(session.role);
  const given = { wanted, change };
  const parts: Readonly<Record<SettingsPart, ReactElement>> = {
    keywords: <KeywordSettings {...given} />,
    texts: <TextSettings {...given} language={language} languages={languages} choose={choose} />,
    details: <DetailsSettings {...given} languages={languages} />,
    excluded: <ExclusionSettings {...given} />,
  };
  const isSeen = part === "texts" || part === "details";
  return (
    <div className={styles.whole}>
      <div className={layout.page}>
        <nav className={layout.crumbs} aria-label={t("groups.where")}>
          <Link to="/o/$org/settings" params={{ org }}>
            {t("settings.title")}
          </Link>
          <ChevronRightRegular /> {tenant.tenantId}
        </nav>
        <PageTitle title={t("settings.editTitle")}>{t("settings.editTitle")}</PageTitle>
        <p className={layout.quiet}>{t("settings.editLead", { name: tenant.tenantId })}</p>
        {session !== undefined && !mayChange && <p role="status">{t("settings.mayLook")}</p>}
        {hasConflict && <SettingsConflict editing={editing} theirs={tenant.settings} />}
        <Parts part={part} />
        <div className={isSeen ? styles.columns : undefined}>
          <fieldset className={styles.form} disabled={!mayChange}>
            <legend className={layout.hidden}>{t(`settings.part.${part}`)}</legend>
            {parts[part]}
          </fieldset>
          {isSeen && <DetailsPreview org={org} settings={wanted} language={language} choose={choose} />}
        </div>
      </div>
      {mayChange && <Foot org={org} tenant={tenant} editing={editing} />}
    </div>
  );
}

/** The settings of a tenant: keywords, texts with a preview, what is told, what is left out. */
export function TenantSettings() {
  const layout = useLayout();
  const t = useWords();
  const { org, tenant: id } = useParams({ from: "/o/$org/settings/$tenant" });
  const { data, error, refetch } = useQuery(settingsQuery(org));
  const tenant = data?.tenants.find(({ tenantId }) => tenantId === id);
  if (data && tenant) return <Editor key={id} org={org} tenant={tenant} languages={data.languages} />;
  return (
    <div className={mergeClasses(layout.page)}>
      <PageTitle title={t("settings.editTitle")}>{t("settings.editTitle")}</PageTitle>
      {data && <Empty what={t("settings.noTenant")} how={t("settings.noTenantHow")} />}
      {!data && (error ? <Fault error={error} again={() => void refetch()} /> : <Loading />)}
    </div>
  );
}
