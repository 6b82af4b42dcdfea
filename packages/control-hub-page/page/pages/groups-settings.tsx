import { Switch } from "@fluentui/react-components";
import { ChevronRightRegular } from "@fluentui/react-icons";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import type { GroupsState } from "../../src/api/index.ts";
import { Confirm, useRight } from "../acts.tsx";
import { useLayout } from "../layout.ts";
import { useOrder } from "../orders.ts";
import { Empty, Fault, Loading, PageTitle } from "../page-states.tsx";
import { groupsQuery } from "../queries.ts";
import { useWords } from "../words.ts";

/** The switch; to switch off asks first. */
export function GroupsSwitch({ org, groups }: { readonly org: string; readonly groups: GroupsState }) {
  const layout = useLayout();
  const t = useWords();
  const right = useRight();
  const { give, progress } = useOrder(false);
  const path = `/o/${org}/groups/orders`;
  const why = right ?? (groups.isAuthorised ? undefined : t("groups.notAuthorised"));
  return (
    <>
      {groups.isEnabled ? (
        <Confirm
          verb={t("action.switchOff")}
          title={t("groups.confirmOff.title")}
          text={t("groups.confirmOff.text")}
          confirmed={() => void give(path, { order: "disable" })}
        />
      ) : (
        <Switch
          label={t("groups.enable")}
          checked={false}
          disabledFocusable={why !== undefined}
          onChange={() => void give(path, { order: "enable" })}
        />
      )}
      <p className={layout.lead}>{t(groups.isEnabled ? "groups.enabledLead" : "groups.disabledLead")}</p>
      <p className={layout.quiet} role="status">
        {progress.text || why}
      </p>
    </>
  );
}

/** Edit settings: the switch, and the way back to the prerequisites. */
export function GroupsSettings() {
  const layout = useLayout();
  const t = useWords();
  const { org } = useParams({ from: "/o/$org" });
  const { data, error, refetch } = useQuery(groupsQuery(org));
  return (
    <div className={layout.page}>
      <nav className={layout.crumbs} aria-label={t("groups.where")}>
        <Link to="/o/$org/hybrid" params={{ org }}>
          {t("nav.hybrid")}
        </Link>
        <ChevronRightRegular /> {t("service.groups")}
      </nav>
      <PageTitle title={t("groups.settingsTitle")}>{t("groups.settingsTitle")}</PageTitle>
      {data?.isConfigured && <GroupsSwitch org={org} groups={data} />}
      {data?.isConfigured === false && (
        <Empty what={t("groups.notConfigured")} how={t("groups.notConfiguredHow")} />
      )}
      {data && (
        <p>
          <Link to="/o/$org/hybrid/groups/setup/$step" params={{ org, step: "prerequisites" }}>
            {t("action.viewPrerequisites")}
          </Link>
        </p>
      )}
      {!data && (error ? <Fault error={error} again={() => void refetch()} /> : <Loading />)}
    </div>
  );
}
