import { Field, Input } from "@fluentui/react-components";
import { useState } from "react";
import type { CalendarSetup, Settings } from "../src/api/index.ts";
import { ActButton, Confirm } from "./acts.tsx";
import { When } from "./clock.tsx";
import { useLayout } from "./layout.ts";
import { useOrder } from "./orders.ts";
import { StateMark } from "./signs.tsx";
import { Sources } from "./sources.tsx";
import { StepList } from "./step-list.tsx";
import { useWords } from "./words.ts";

type Tenant = Settings["tenants"][number];

const hostName = /^(?:[a-z0-9-]+\.)+[a-z]{2,}$/;

/** The Webex site of personal rooms and one-time meetings. */
export function Site({ org, tenant }: { readonly org: string; readonly tenant: Tenant | undefined }) {
  const layout = useLayout();
  const t = useWords();
  const { give, progress } = useOrder(false);
  const [site, setSite] = useState(tenant?.settings.join.site ?? "");
  const given = site.trim().toLowerCase();
  const isGood = given === "" || hostName.test(given);
  const why = tenant === undefined ? t("calendar.needsTenant") : isGood ? undefined : t("calendar.siteForm");
  const save = (): void => {
    if (tenant === undefined) return;
    const join = { ...tenant.settings.join, site: given === "" ? null : given };
    void give(`/o/${org}/tenants/${tenant.tenantId}/orders`, {
      order: "configure",
      settings: { ...tenant.settings, join },
    });
  };
  return (
    <>
      <h2 className={layout.h2}>{t("calendar.step.site")}</h2>
      <p className={layout.lead}>{t("calendar.siteLead")}</p>
      <div className={layout.formLine}>
        <Field
          label={t("calendar.siteName")}
          {...(isGood ? {} : { validationMessage: t("calendar.siteForm") })}
        >
          <Input value={site} placeholder="acme.webex.com" onChange={(_event, { value }) => setSite(value)} />
        </Field>
        <ActButton why={why} onClick={save}>
          {t("action.save")}
        </ActButton>
      </div>
      <p className={layout.quiet} role="status">
        {progress.text}
      </p>
    </>
  );
}

/** Whether anything is written: observe decides and reports alone. */
export function Mode({ org, setup }: { readonly org: string; readonly setup: CalendarSetup }) {
  const layout = useLayout();
  const t = useWords();
  const { give, progress } = useOrder(false);
  const path = `/o/${org}/calendar/orders`;
  const observe = (): void => void give(path, { order: "observe" });
  return (
    <>
      <h2 className={layout.h2}>{t("calendar.step.mode")}</h2>
      <p className={layout.lead}>{t("calendar.modeLead")}</p>
      <StepList
        steps={(["observe", "live"] as const).map((mode) => ({
          key: mode,
          state: setup.mode === mode ? "active" : "disabled",
          label: t(`calendar.mode.${mode}`),
          word: setup.mode === mode ? t("calendar.chosen") : "",
          more: <div className={layout.quiet}>{t(`calendar.mode.${mode}What`)}</div>,
        }))}
      />
      <p className={layout.quiet}>
        {setup.modeSince === null ? (
          t("calendar.modeUnknown")
        ) : (
          <>
            {t("calendar.modeSince")} <When at={setup.modeSince} />
          </>
        )}
      </p>
      <div className={layout.buttons}>
        {setup.mode !== "observe" && <ActButton onClick={observe}>{t("calendar.observe")}</ActButton>}
        {setup.mode !== "live" && (
          <Confirm
            verb={t("calendar.live")}
            title={t("calendar.confirmLive.title")}
            text={t("calendar.confirmLive.text")}
            confirmed={() => void give(path, { order: "live" })}
          />
        )}
        <span className={layout.quiet} role="status">
          {progress.text}
        </span>
      </div>
    </>
  );
}

/** People come in, and the first of them becomes Active. */
export function People({ org, setup }: { readonly org: string; readonly setup: CalendarSetup }) {
  const layout = useLayout();
  const t = useWords();
  const { give, progress } = useOrder(false);
  const { active, all } = setup.counts;
  return (
    <>
      <h2 className={layout.h2}>{t("calendar.step.people")}</h2>
      <p className={layout.lead}>{t("calendar.peopleLead")}</p>
      <div className={layout.buttons}>
        <ActButton
          appearance="primary"
          onClick={() => void give(`/o/${org}/calendar/orders`, { order: "synchronise" })}
        >
          {t("calendar.synchronise")}
        </ActButton>
        <span className={layout.quiet} role="status">
          {progress.text}
        </span>
      </div>
      <div className={layout.apart}>
        <Sources sources={setup.sources} />
      </div>
      <p role="status">
        <StateMark
          state={active > 0 ? "active" : "notActivated"}
          word={
            active > 0
              ? t("over.title", { active, count: all })
              : t(all > 0 ? "missing.firstUser" : "calendar.nobodyYet")
          }
        />
      </p>
    </>
  );
}
