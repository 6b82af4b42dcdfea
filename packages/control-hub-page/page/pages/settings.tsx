import { Button, makeStyles, mergeClasses, Switch } from "@fluentui/react-components";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import type { Settings, UserStateName } from "../../src/api/index.ts";
import { ActButton, Confirm } from "../acts.tsx";
import { setUtc, When, wantsUtc } from "../clock.tsx";
import { useHasDraft } from "../kept-draft.ts";
import { languageName } from "../language-names.ts";
import { useLayout } from "../layout.ts";
import { useOrder } from "../orders.ts";
import { Empty, Fault, Loading, PageTitle } from "../page-states.tsx";
import { settingsQuery } from "../queries.ts";
import { StateMark } from "../signs.tsx";
import { hub } from "../theme.ts";
import { useWords } from "../words.ts";

type Tenant = Settings["tenants"][number];

const useStyles = makeStyles({
  tenant: {
    padding: "20px 0",
    borderTop: `1px solid ${hub.hubLine}`,
    marginTop: "20px",
    display: "grid",
    gap: "10px",
  },
  id: { fontVariantNumeric: "tabular-nums", overflowWrap: "anywhere" },
});

const stateOf: Readonly<Record<Tenant["status"], UserStateName>> = {
  active: "active",
  suspended: "error",
  deactivated: "disabled",
};

function TenantActs({ org, tenant }: { readonly org: string; readonly tenant: Tenant }) {
  const layout = useLayout();
  const t = useWords();
  const { give, progress } = useOrder(false);
  const path = `/o/${org}/tenants/${tenant.tenantId}/orders`;
  const navigate = useNavigate();
  const hasDraft = useHasDraft(`settings ${org} ${tenant.tenantId}`);
  const edit = (): void =>
    void navigate({ to: "/o/$org/settings/$tenant", params: { org, tenant: tenant.tenantId } });
  return (
    <div className={layout.buttons}>
      <Button onClick={edit}>{t(hasDraft ? "action.resume" : "action.editSettings")}</Button>
      {tenant.status === "active" ? (
        <Confirm
          verb={t("action.deactivate")}
          title={t("settings.confirmOff.title", { name: tenant.tenantId.slice(0, 8) })}
          text={t("settings.confirmOff.text", { count: tenant.users })}
          confirmed={() => void give(path, { order: "deactivate" })}
        />
      ) : (
        <ActButton appearance="primary" onClick={() => void give(path, { order: "activate" })}>
          {t("settings.activate")}
        </ActButton>
      )}
      <span className={layout.quiet} role="status">
        {progress.text}
      </span>
    </div>
  );
}

function TenantPart({ org, tenant }: { readonly org: string; readonly tenant: Tenant }) {
  const styles = useStyles();
  const layout = useLayout();
  const t = useWords();
  const place = (name: string): string =>
    t(name === "space" ? "settings.place.space" : "settings.place.personalRoom");
  const { webexKeyword, meetKeyword, language } = tenant.settings;
  const { keywords, texts } = tenant.settings.join;
  return (
    <section className={styles.tenant} aria-label={tenant.tenantId}>
      <h2 className={`${layout.h2} ${styles.id}`}>{tenant.tenantId}</h2>
      <StateMark state={stateOf[tenant.status]} word={t(`settings.status.${tenant.status}`)} />
      <dl className={layout.facts}>
        <dt>{t("nav.users")}</dt>
        <dd>{t("settings.users", { count: tenant.users })}</dd>
        <dt>{t("settings.webexKeyword")}</dt>
        <dd>{place(webexKeyword)}</dd>
        <dt>{t("settings.meetKeyword")}</dt>
        <dd>{place(meetKeyword)}</dd>
        <dt>{t("settings.language")}</dt>
        <dd>{language === null ? t("settings.mailboxLanguage") : languageName(language)}</dd>
        <dt>{t("settings.keywords")}</dt>
        <dd>{keywords.length === 0 ? t("none") : keywords.map(({ word }) => `@${word}`).join(", ")}</dd>
        <dt>{t("settings.texts")}</dt>
        <dd>
          {texts.length === 0 ? t("none") : texts.map((each) => languageName(each.language)).join(", ")}
        </dd>
        <dt>{t("settings.consent")}</dt>
        <dd>{t(`settings.consent.${tenant.consent}`)}</dd>
        <dt>{t("settings.decided")}</dt>
        <dd>
          <When at={tenant.decidedAt} />
        </dd>
      </dl>
      <TenantActs org={org} tenant={tenant} />
    </section>
  );
}

/** What is set for each tenant, and how this page shows times. */
export function SettingsPage() {
  const layout = useLayout();
  const t = useWords();
  const { org } = useParams({ from: "/o/$org" });
  const { data, error, refetch } = useQuery(settingsQuery(org));
  const [isUtc, setIsUtc] = useState(wantsUtc);
  return (
    <div className={layout.page}>
      <PageTitle title={t("settings.title")}>{t("settings.title")}</PageTitle>
      <p className={layout.lead}>{t("settings.lead")}</p>
      {error && !data && <Fault error={error} again={() => void refetch()} />}
      {!data && !error && <Loading />}
      {data?.tenants.length === 0 && <Empty what={t("settings.none")} how={t("missing.tenant")} />}
      {data?.tenants.map((tenant) => (
        <TenantPart key={tenant.tenantId} org={org} tenant={tenant} />
      ))}
      <h2 className={mergeClasses(layout.h2, layout.apart)}>{t("settings.display")}</h2>
      <Switch
        label={t("settings.utc")}
        checked={isUtc}
        onChange={(_event, { checked }) => {
          setUtc(checked);
          setIsUtc(checked);
        }}
      />
    </div>
  );
}
