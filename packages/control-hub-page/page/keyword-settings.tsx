import { Button, Field, Input, Select } from "@fluentui/react-components";
import { AddRegular, DeleteRegular } from "@fluentui/react-icons";
import type { SettingsWanted } from "../src/api/index.ts";
import { keywordsMax } from "../src/api/keyword-form.ts";
import { useLayout } from "./layout.ts";
import { faultOfKeyword } from "./settings-changes.ts";
import { useWords } from "./words.ts";

/** A part of the settings as it is edited. */
export interface SettingsProps {
  readonly wanted: SettingsWanted;
  readonly change: (changed: SettingsWanted) => void;
}

type Keyword = SettingsWanted["join"]["keywords"][number];

const actions = ["personalRoom", "space", "oneTime"] as const;

/** What one of the two keywords that everybody has means without a modifier. */
function Shipped({
  name,
  wanted,
  change,
}: SettingsProps & { readonly name: "webexKeyword" | "meetKeyword" }) {
  const layout = useLayout();
  const t = useWords();
  return (
    <Field label={t(`settings.${name}`)} className={layout.field}>
      <Select
        value={wanted[name]}
        onChange={(_event, { value }) =>
          change({ ...wanted, [name]: value as SettingsWanted["webexKeyword"] })
        }
      >
        {(["personalRoom", "space"] as const).map((each) => (
          <option key={each} value={each}>
            {t(`settings.place.${each}`)}
          </option>
        ))}
      </Select>
    </Field>
  );
}

function Own({
  keywords,
  index,
  set,
}: {
  readonly keywords: readonly Keyword[];
  readonly index: number;
  /** Null takes it out. */
  readonly set: (keyword: Keyword | null) => void;
}) {
  const layout = useLayout();
  const t = useWords();
  const { word = "", action = "personalRoom" } = keywords[index] ?? {};
  const fault = word === "" ? null : faultOfKeyword(keywords, index);
  return (
    <div className={layout.formLine}>
      <Field
        label={t("settings.keyword")}
        {...(fault === null ? {} : { validationMessage: t(`settings.keywordFault.${fault}`) })}
      >
        <Input
          value={word}
          contentBefore="@"
          dir="auto"
          // One letter may be written in two ways; locations are searched for the usual one.
          onChange={(_event, { value }) =>
            set({ word: value.normalize("NFC").replace(/^@/, "").trim(), action })
          }
        />
      </Field>
      <Field label={t("settings.keywordMeans")} hint={t(`settings.place.${action}.what`)}>
        <Select
          value={action}
          onChange={(_event, { value }) => set({ word, action: value as Keyword["action"] })}
        >
          {actions.map((each) => (
            <option key={each} value={each}>
              {t(`settings.place.${each}`)}
            </option>
          ))}
        </Select>
      </Field>
      <Button
        icon={<DeleteRegular />}
        aria-label={t("settings.removeKeyword", { word: word === "" ? "@" : `@${word}` })}
        title={t("settings.removeKeyword", { word: word === "" ? "@" : `@${word}` })}
        onClick={() => set(null)}
      />
    </div>
  );
}

/** What each keyword of a location asks for: those that everybody has, and the organisation's own. */
export function KeywordSettings({ wanted, change }: SettingsProps) {
  const layout = useLayout();
  const t = useWords();
  const { keywords } = wanted.join;
  const put = (next: Keyword[]): void => change({ ...wanted, join: { ...wanted.join, keywords: next } });
  return (
    <>
      <p className={layout.lead}>{t("settings.keywordsLead")}</p>
      <Shipped name="webexKeyword" wanted={wanted} change={change} />
      <Shipped name="meetKeyword" wanted={wanted} change={change} />
      <h3 className={layout.h3}>{t("settings.ownKeywords")}</h3>
      <p className={layout.quiet}>{t("settings.keywordForm")}</p>
      {keywords.map((_each, index) => (
        <Own
          // oxlint-disable-next-line react/no-array-index-key -- a word changes with every letter.
          key={index}
          keywords={keywords}
          index={index}
          set={(next) => put(keywords.flatMap((each, at) => (at === index ? (next ?? []) : each)))}
        />
      ))}
      <p>
        <Button
          icon={<AddRegular />}
          disabledFocusable={keywords.length >= keywordsMax}
          onClick={() => {
            if (keywords.length < keywordsMax) put([...keywords, { word: "", action: "personalRoom" }]);
          }}
        >
          {t("settings.addKeyword")}
        </Button>
      </p>
    </>
  );
}
