import { Field, Input, Select, Switch, Textarea } from "@fluentui/react-components";
import { useState } from "react";
import type { SettingsWanted } from "../src/api/index.ts";
import type { SettingsProps } from "./keyword-settings.tsx";
import { languageName } from "./language-names.ts";
import { useLayout } from "./layout.ts";
import { isSite } from "./settings-changes.ts";
import { useWords } from "./words.ts";

type Join = SettingsWanted["join"];

/** What join details tell, in which language, and of which site. */
export function DetailsSettings({
  wanted,
  change,
  languages,
}: SettingsProps & { readonly languages: readonly string[] }) {
  const layout = useLayout();
  const t = useWords();
  const { join, language } = wanted;
  const put = (changed: Partial<Join>): void => change({ ...wanted, join: { ...join, ...changed } });
  const isGood = join.site === null || isSite(join.site);
  const listed = language === null || languages.includes(language) ? languages : [...languages, language];
  return (
    <>
      <Field label={t("settings.language")} hint={t("settings.languageHint")} className={layout.field}>
        <Select
          value={language ?? ""}
          onChange={(_event, { value }) => change({ ...wanted, language: value === "" ? null : value })}
        >
          <option value="">{t("settings.mailboxLanguage")}</option>
          {listed.map((each) => (
            <option key={each} value={each}>
              {languageName(each)}
            </option>
          ))}
        </Select>
      </Field>
      <Field
        label={t("calendar.siteName")}
        hint={t("settings.siteHint")}
        className={layout.field}
        {...(isGood ? {} : { validationMessage: t("calendar.siteForm") })}
      >
        <Input
          value={join.site ?? ""}
          placeholder="acme.webex.com"
          onChange={(_event, { value }) => {
            const site = value.trim().toLowerCase();
            put({ site: site === "" ? null : site });
          }}
        />
      </Field>
      <div className={layout.fieldset}>
        {(["phone", "video"] as const).map((name) => (
          <Switch
            key={name}
            label={t(`settings.${name}`)}
            checked={join[name]}
            onChange={(_event, { checked }) => put({ [name]: checked })}
          />
        ))}
      </div>
    </>
  );
}

/** Categories, one a line; what is typed stays as it is typed. */
function Categories({
  given,
  put,
}: {
  readonly given: readonly string[];
  readonly put: (list: string[]) => void;
}) {
  const layout = useLayout();
  const t = useWords();
  const listOf = (text: string): string[] => text.split("\n").flatMap((line) => line.trim() || []);
  const [text, setText] = useState(given.join("\n"));
  const isOurs = listOf(text).join("\n") === given.join("\n");
  return (
    <Field label={t("settings.categories")} hint={t("settings.categoriesHint")} className={layout.field}>
      <Textarea
        value={isOurs ? text : given.join("\n")}
        rows={3}
        resize="vertical"
        onChange={(_event, { value }) => {
          setText(value);
          put(listOf(value));
        }}
      />
    </Field>
  );
}

/** Which meetings get no join details although a keyword asks for them. */
export function ExclusionSettings({ wanted, change }: SettingsProps) {
  const layout = useLayout();
  const t = useWords();
  const { excluded } = wanted.join;
  const put = (changed: Partial<Join["excluded"]>): void =>
    change({ ...wanted, join: { ...wanted.join, excluded: { ...excluded, ...changed } } });
  return (
    <>
      <p className={layout.lead}>{t("settings.excludedLead")}</p>
      <div className={layout.fieldset}>
        {(["allDay", "free", "private", "noInvitees"] as const).map((name) => (
          <Switch
            key={name}
            label={t(`settings.${name}`)}
            checked={excluded[name]}
            onChange={(_event, { checked }) => put({ [name]: checked })}
          />
        ))}
      </div>
      <Categories given={excluded.categories} put={(categories) => put({ categories })} />
      <Field
        label={t("settings.subjectPattern")}
        hint={t("settings.subjectPatternHint")}
        className={layout.field}
      >
        <Input
          value={excluded.subjectPattern ?? ""}
          dir="auto"
          onChange={(_event, { value }) => put({ subjectPattern: value === "" ? null : value })}
        />
      </Field>
    </>
  );
}
