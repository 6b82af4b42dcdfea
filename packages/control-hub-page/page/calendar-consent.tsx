import { Button, Radio, RadioGroup } from "@fluentui/react-components";
import type { CalendarSetup, CloudName, Settings } from "../src/api/index.ts";
import { ConsentOutcome } from "./consent.tsx";
import { type DataColumn, DataTable } from "./data-table.tsx";
import { useLayout } from "./layout.ts";
import { StateMark } from "./signs.tsx";
import { StepList } from "./step-list.tsx";
import { hasWord, useWords } from "./words.ts";

type Permission = CalendarSetup["permissions"][number];

const clouds: readonly CloudName[] = ["worldwide", "gccHigh", "dod", "china"];

/** Which of Microsoft's clouds the tenant is in. One installation reaches one of them. */
export function Instance({ cloud }: { readonly cloud: CloudName }) {
  const layout = useLayout();
  const t = useWords();
  return (
    <>
      <h2 className={layout.h2}>{t("calendar.step.instance")}</h2>
      <p className={layout.lead}>{t("calendar.instanceLead")}</p>
      <RadioGroup value={cloud} aria-label={t("calendar.step.instance")}>
        {clouds.map((each) => (
          <Radio
            key={each}
            value={each}
            disabled={each !== cloud}
            label={
              <>
                {t(`calendar.cloud.${each}`)}
                {each !== cloud && <div className={layout.quiet}>{t("calendar.otherCloud")}</div>}
              </>
            }
          />
        ))}
      </RadioGroup>
    </>
  );
}

/** What is asked for, before the browser goes to Microsoft. */
export function Authorize({ setup, text }: { readonly setup: CalendarSetup; readonly text: string }) {
  const layout = useLayout();
  const t = useWords();
  const asked = [
    ...setup.permissions,
    { name: "User.Read", isRequired: true },
    { name: "RoleManagement.Read.Directory", isRequired: true },
  ];
  const whatFor = ({ name }: Permission): string => {
    const word = `permission.${name}`;
    return hasWord(word) ? t(word) : "";
  };
  const need = ({ isRequired }: Permission): string =>
    t(isRequired ? "calendar.required" : "calendar.optional");
  const columns: readonly DataColumn<Permission>[] = [
    {
      id: "permission",
      head: "calendar.permission",
      isFixed: true,
      value: ({ name }) => name,
      cell: ({ name }) => <span className={layout.strong}>{name}</span>,
    },
    { id: "for", head: "calendar.forWhat", value: whatFor, cell: whatFor },
    { id: "need", head: "calendar.need", value: need, cell: need },
  ];
  return (
    <>
      <h2 className={layout.h2}>{t("calendar.step.authorize")}</h2>
      <p className={layout.lead}>{t("calendar.authorizeLead")}</p>
      <DataTable
        name="permissions"
        label={t("calendar.permission")}
        columns={columns}
        rows={asked}
        keyOf={({ name }) => name}
        empty={{ what: t("none") }}
      />
      <p className={layout.quiet} role="status">
        {text}
      </p>
    </>
  );
}

/** How the visit to Microsoft ended: who signed in, in which role, and what was accepted. */
export function RoleCheck({
  tenant,
  authorize,
}: {
  readonly tenant: Settings["tenants"][number] | undefined;
  readonly authorize: () => void;
}) {
  const layout = useLayout();
  const t = useWords();
  const ticks = ["calendar.tick.signIn", "calendar.tick.role", "calendar.tick.accepted"] as const;
  return (
    <>
      <h2 className={layout.h2}>{t("calendar.step.role")}</h2>
      <ConsentOutcome />
      {tenant ? (
        <>
          <StepList steps={ticks.map((word) => ({ key: word, state: "active", label: t(word) }))} />
          <p>
            <StateMark state="active" word={t("calendar.inService", { tenant: tenant.tenantId })} />
          </p>
        </>
      ) : (
        <>
          <p className={layout.lead}>{t("calendar.roleWaits")}</p>
          <p>
            <Button onClick={authorize}>{t("action.authorize")}</Button>
          </p>
        </>
      )}
    </>
  );
}
