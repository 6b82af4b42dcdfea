import { Field, Select, Tab, TabList, Textarea } from "@fluentui/react-components";
import type { SettingsWanted } from "../src/api/index.ts";
import { ownTextMax, primaryLanguage } from "../src/api/keyword-form.ts";
import type { SettingsProps } from "./keyword-settings.tsx";
import { languageName } from "./language-names.ts";
import { useLayout } from "./layout.ts";
import { number, useWords } from "./words.ts";

type Texts = SettingsWanted["join"]["texts"][number];

const isOf = (language: string) => (each: Texts) =>
  primaryLanguage(each.language) === primaryLanguage(language);

function OwnText({
  name,
  language,
  text,
  set,
}: {
  readonly name: "header" | "footer";
  readonly language: string;
  readonly text: string;
  readonly set: (text: string) => void;
}) {
  const layout = useLayout();
  const t = useWords();
  const given = { count: text.length, max: number(ownTextMax) };
  return (
    <Field
      label={t(`settings.${name}`)}
      className={layout.field}
      hint={t("settings.characters", given)}
      {...(text.length > ownTextMax ? { validationMessage: t("settings.tooLong", { max: ownTextMax }) } : {})}
    >
      <Textarea
        value={text}
        rows={4}
        resize="vertical"
        lang={language}
        dir="auto"
        onChange={(_event, { value }) => set(value)}
      />
    </Field>
  );
}

/** Which of the texts readers of a language without any get. */
function ForOthers({
  wanted,
  put,
}: Pick<SettingsProps, "wanted"> & { readonly put: (tag: string | null) => void }) {
  const layout = useLayout();
  const t = useWords();
  const { texts, textsForOthers } = wanted.join;
  const tags = new Set(texts.map((each) => each.language));
  if (textsForOthers !== null) tags.add(textsForOthers);
  return (
    <Field
      label={t("settings.textsForOthers")}
      hint={t("settings.textsForOthersHint")}
      className={layout.field}
    >
      <Select value={textsForOthers ?? ""} onChange={(_event, { value }) => put(value === "" ? null : value)}>
        <option value="">{t("settings.noTexts")}</option>
        {[...tags].map((each) => (
          <option key={each} value={each}>
            {languageName(each)}
          </option>
        ))}
      </Select>
    </Field>
  );
}

/** The organisation's own words around join details, language by language. */
export function TextSettings({
  wanted,
  change,
  language,
  languages,
  choose,
}: SettingsProps & {
  /** Whose texts are edited. */
  readonly language: string;
  readonly languages: readonly string[];
  readonly choose: (language: string) => void;
}) {
  const layout = useLayout();
  const t = useWords();
  const { texts } = wanted.join;
  const here = texts.find(isOf(language)) ?? { language, header: "", footer: "" };
  const put = (changed: Partial<SettingsWanted["join"]>): void =>
    change({ ...wanted, join: { ...wanted.join, ...changed } });
  const set = (changed: Partial<Texts>): void => {
    const next = { ...here, ...changed };
    const others = texts.filter((each) => !isOf(language)(each));
    const isThere = texts.some(isOf(language));
    const list = isThere ? texts.map((each) => (isOf(language)(each) ? next : each)) : [...texts, next];
    put({ texts: next.header + next.footer === "" ? others : list });
  };
  return (
    <>
      <p className={layout.lead}>{t("settings.textsLead")}</p>
      <TabList
        size="small"
        selectedValue={primaryLanguage(language)}
        onTabSelect={(_event, { value }) => choose(String(value))}
        className={layout.tabs}
      >
        {languages.map((each) => (
          <Tab key={each} value={primaryLanguage(each)}>
            {languageName(each)}
            {texts.some(isOf(each)) && " •"}
          </Tab>
        ))}
      </TabList>
      <OwnText name="header" language={language} text={here.header} set={(header) => set({ header })} />
      <OwnText name="footer" language={language} text={here.footer} set={(footer) => set({ footer })} />
      <ForOthers wanted={wanted} put={(tag) => put({ textsForOthers: tag })} />
    </>
  );
}
