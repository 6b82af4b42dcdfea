import { Checkbox, Field, Input, Textarea } from "@fluentui/react-components";
import type { ArchiveRole, ConnectorPreview, Settings } from "../src/api/index.ts";
import { type ArchiveDraft, isWellFormed, wantedOf } from "./archive-draft.ts";
import { useLayout } from "./layout.ts";
import { useReasons } from "./reasons.ts";
import { StateMark } from "./signs.tsx";
import { useWords } from "./words.ts";

/** A step in which something is typed. */
export interface DraftProps {
  readonly draft: ArchiveDraft;
  readonly change: (changed: Partial<ArchiveDraft>) => void;
}

/** What a connector does, and what the person says by making one. */
export function Terms() {
  const layout = useLayout();
  const t = useWords();
  return (
    <>
      <h2 className={layout.h2}>{t("archive.step.terms")}</h2>
      <p className={layout.lead}>{t("archive.termsLead")}</p>
      <ul>
        {(["archive.terms.right", "archive.terms.copies", "archive.terms.keeps"] as const).map((word) => (
          <li key={word}>{t(word)}</li>
        ))}
      </ul>
    </>
  );
}

/** The name, and who makes it. */
export function Name({ draft, change, role }: DraftProps & { readonly role: ArchiveRole }) {
  const layout = useLayout();
  const t = useWords();
  return (
    <>
      <h2 className={layout.h2}>{t("archive.step.name")}</h2>
      <p className={layout.lead}>{t("archive.nameLead")}</p>
      <Field label={t("archive.name")} className={layout.field}>
        <Input value={draft.name} onChange={(_event, { value }) => change({ name: value.trim() })} />
      </Field>
      {role.by === null && (
        <Field label={t("archive.by")} hint={t("archive.byHint")} className={layout.field}>
          <Input
            type="email"
            value={draft.by}
            onChange={(_event, { value }) => change({ by: value.trim() })}
          />
        </Field>
      )}
      {role.by !== null && !role.holdsRole && (
        <div className={layout.panel} role="alert">
          <StateMark state="error" word={t("fault.code.notArchivist")} />
          <p className={layout.lead}>{t("archive.roleHow", { by: role.by })}</p>
        </div>
      )}
    </>
  );
}

function Feed({ source }: { readonly source: ConnectorPreview["source"] }) {
  const t = useWords();
  const reasonOf = useReasons();
  if (source.problem !== null)
    return (
      <StateMark
        state="error"
        word={t("archive.sourceProblem", { problem: reasonOf(source.problem).what })}
      />
    );
  return (
    <StateMark
      state="active"
      word={
        source.officer === null ? t("archive.sourceReady") : t("archive.readBy", { officer: source.officer })
      }
    />
  );
}

/** The feed at Webex, and what of it is archived. */
export function Source({
  draft,
  change,
  tenants,
  source,
}: DraftProps & {
  readonly tenants: Settings["tenants"];
  readonly source: ConnectorPreview["source"] | undefined;
}) {
  const layout = useLayout();
  const t = useWords();
  const active = tenants.filter(({ status }) => status === "active").map(({ tenantId }) => tenantId);
  const wanted = wantedOf(draft, active);
  const toggle = (tenant: string, isOn: boolean): void =>
    change({
      tenants: active.filter((each) => (each === tenant ? isOn : wanted.tenants.includes(each))),
    });
  return (
    <>
      <h2 className={layout.h2}>{t("archive.step.source")}</h2>
      <p className={layout.lead}>{t("archive.sourceLead")}</p>
      <p role="status">{source ? <Feed source={source} /> : t("archive.sourceLooks")}</p>
      <fieldset className={layout.fieldset}>
        <legend>{t("archive.tenants")}</legend>
        {active.length === 0 && <span>{t("calendar.needsTenant")}</span>}
        {active.map((tenant) => (
          <Checkbox
            key={tenant}
            label={tenant}
            checked={wanted.tenants.includes(tenant)}
            onChange={(_event, { checked }) => toggle(tenant, checked === true)}
          />
        ))}
      </fieldset>
      <Field label={t("archive.from")} hint={t("archive.fromHint")} className={layout.field}>
        <Input type="date" value={draft.from} onChange={(_event, { value }) => change({ from: value })} />
      </Field>
      <Field label={t("archive.onlyPeople")} hint={t("archive.onlyPeopleHint")} className={layout.field}>
        <Textarea value={draft.people} onChange={(_event, { value }) => change({ people: value })} />
      </Field>
      <Field label={t("archive.onlySpaces")} hint={t("archive.onlySpacesHint")} className={layout.field}>
        <Textarea value={draft.spaces} onChange={(_event, { value }) => change({ spaces: value })} />
      </Field>
      <Field label={t("archive.catchAll")} hint={t("archive.catchAllHint")} className={layout.field}>
        <Input
          type="email"
          value={draft.catchAll}
          onChange={(_event, { value }) => change({ catchAll: value })}
        />
      </Field>
      {!isWellFormed(wanted) && <p role="alert">{t("archive.listForm")}</p>}
    </>
  );
}
