import { Checkbox, Field, Input, Radio, RadioGroup } from "@fluentui/react-components";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { GroupsWanted } from "../src/api/index.ts";
import { ActButton } from "./acts.tsx";
import { useLayout } from "./layout.ts";
import { useOrder } from "./orders.ts";
import { Fault, Loading } from "./page-states.tsx";
import { settingsQuery } from "./queries.ts";
import { useWords, type Word } from "./words.ts";

const uuidShape = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The bare UUID of a Webex organisation; undefined: the text is neither one nor an id that holds one. */
const webexOrgUuid = (text: string): string | undefined => {
  const given = text.trim();
  const isEncoded = /^[\w+/-]{40,}=*$/.test(given) && given.length % 4 !== 1;
  const decoded = isEncoded ? atob(given.replaceAll("-", "+").replaceAll("_", "/")) : given;
  const uuid = decoded.replace(/^ciscospark:\/\/\w+\/ORGANIZATION\//, "").toLowerCase();
  return uuidShape.test(uuid) ? uuid : undefined;
};

interface Draft {
  readonly tenantId: string;
  readonly webexOrg: string;
  readonly mode: GroupsWanted["mode"];
  readonly visibility: GroupsWanted["visibility"];
  readonly welcomeMail: boolean;
  readonly namePrefix: string;
  readonly nameSuffix: string;
}

type Choice = {
  readonly [Name in "mode" | "visibility"]: readonly [Name, readonly Draft[Name][]];
}["mode" | "visibility"];

const blank: Draft = {
  tenantId: "",
  webexOrg: "",
  mode: "everyTeam",
  visibility: "private",
  welcomeMail: false,
  namePrefix: "",
  nameSuffix: "",
};

const choices: readonly Choice[] = [
  ["mode", ["everyTeam", "optIn"]],
  ["visibility", ["private", "public"]],
];

interface FieldProps {
  readonly draft: Draft;
  readonly change: (changed: Partial<Draft>) => void;
}

function Where({ draft, change, tenants }: FieldProps & { readonly tenants: readonly string[] }) {
  const layout = useLayout();
  const t = useWords();
  const { tenantId, webexOrg } = draft;
  const isBad = webexOrg !== "" && webexOrgUuid(webexOrg) === undefined;
  return (
    <>
      <Field label={t("groups.options.tenant")} className={layout.field}>
        <RadioGroup value={tenantId} onChange={(_event, { value }) => change({ tenantId: value })}>
          {tenants.map((each) => (
            <Radio key={each} value={each} label={each} />
          ))}
        </RadioGroup>
      </Field>
      <Field
        label={t("groups.options.webexOrg")}
        hint={t("groups.options.webexOrgHint")}
        className={layout.field}
        {...(isBad ? { validationMessage: t("groups.options.webexOrgForm") } : {})}
      >
        <Input value={webexOrg} onChange={(_event, { value }) => change({ webexOrg: value })} />
      </Field>
    </>
  );
}

function How({ draft, change }: FieldProps) {
  const layout = useLayout();
  const t = useWords();
  return (
    <>
      {choices.map(([name, values]) => (
        <Field key={name} label={t(`groups.options.${name}`)} className={layout.field}>
          <RadioGroup value={draft[name]} onChange={(_event, { value }) => change({ [name]: value })}>
            {values.map((value) => (
              <Radio key={value} value={value} label={t(`groups.options.${name}.${value}` as Word)} />
            ))}
          </RadioGroup>
        </Field>
      ))}
      {(["namePrefix", "nameSuffix"] as const).map((name) => (
        <Field key={name} label={t(`groups.options.${name}`)} className={layout.field}>
          <Input
            value={draft[name]}
            maxLength={64}
            onChange={(_event, { value }) => change({ [name]: value })}
          />
        </Field>
      ))}
      <p>
        <Checkbox
          label={t("groups.options.welcomeMail")}
          checked={draft.welcomeMail}
          onChange={(_event, { checked }) => change({ welcomeMail: checked === true })}
        />
      </p>
    </>
  );
}

function OptionsForm({ org, tenants }: { readonly org: string; readonly tenants: readonly string[] }) {
  const layout = useLayout();
  const t = useWords();
  const { give, progress } = useOrder(false);
  const [draft, setDraft] = useState<Draft>({ ...blank, tenantId: tenants[0] ?? "" });
  const change = (changed: Partial<Draft>): void => setDraft({ ...draft, ...changed });
  const { webexOrg, ...rest } = draft;
  const webexOrgId = webexOrgUuid(webexOrg);
  const whyNoOrg = webexOrgId === undefined ? t("groups.options.webexOrgForm") : undefined;
  const why = draft.tenantId === "" ? t("calendar.needsTenant") : whyNoOrg;
  const save = (): void => {
    if (webexOrgId === undefined) return;
    const options: GroupsWanted = { ...rest, webexOrgUuid: webexOrgId, language: null, botPersonUuid: null };
    void give(`/o/${org}/groups/orders`, { order: "configure", options });
  };
  return (
    <>
      <h2 className={layout.h2}>{t("groups.options.title")}</h2>
      <p className={layout.lead}>{t("groups.options.lead")}</p>
      <Where draft={draft} change={change} tenants={tenants} />
      <How draft={draft} change={change} />
      <div className={layout.buttons}>
        <ActButton appearance="primary" why={why} onClick={save}>
          {t("action.save")}
        </ActButton>
        <span className={layout.quiet} role="status">
          {progress.text}
        </span>
      </div>
    </>
  );
}

/** In which tenant groups are made, for which Webex organisation, and how. */
export function GroupsOptions({ org }: { readonly org: string }) {
  const { data, error, refetch } = useQuery(settingsQuery(org));
  if (!data) return error ? <Fault error={error} again={() => void refetch()} /> : <Loading />;
  const active = data.tenants.filter(({ status }) => status === "active").map(({ tenantId }) => tenantId);
  return <OptionsForm org={org} tenants={active} />;
}
