import { Button } from "@fluentui/react-components";
import type { SettingsWanted } from "../src/api/index.ts";
import { languageName } from "./language-names.ts";
import { useLayout } from "./layout.ts";
import { changedSettings, type SettingName, settingOf } from "./settings-changes.ts";
import type { SettingsEditing } from "./settings-draft.ts";
import { useWords } from "./words.ts";

type Keywords = SettingsWanted["join"]["keywords"];
type Texts = SettingsWanted["join"]["texts"];

/** What a setting is, in words. */
const useSettingText = (): ((settings: SettingsWanted, name: SettingName) => string) => {
  const t = useWords();
  return (settings, name) => {
    const value = settingOf(settings, name);
    if (name === "keywords")
      return (value as Keywords)
        .map(({ word, action }) => `@${word}: ${t(`settings.place.${action}`)}`)
        .join("\n");
    if (name === "texts")
      return (value as Texts)
        .map(({ language, header, footer }) => `${languageName(language)}:\n${header}\n${footer}`)
        .join("\n");
    if (name === "webexKeyword" || name === "meetKeyword")
      return t(value === "space" ? "settings.place.space" : "settings.place.personalRoom");
    if (typeof value === "boolean") return t(value ? "yes" : "no");
    if (Array.isArray(value)) return value.join("\n");
    return typeof value === "string" ? value : t("none");
  };
};

/** What a change does, setting by setting. */
export function SettingsChanges({
  columns,
  names,
}: {
  readonly columns: readonly (readonly [label: string, settings: SettingsWanted])[];
  readonly names: readonly SettingName[];
}) {
  const layout = useLayout();
  const t = useWords();
  const textOf = useSettingText();
  return (
    <div className={layout.scroll}>
      <table className={layout.table}>
        <caption className={layout.hidden}>{t("settings.changes")}</caption>
        <thead>
          <tr>
            <th className={layout.th}>{t("settings.setting")}</th>
            {columns.map(([label]) => (
              <th key={label} className={layout.th}>
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {names.map((name) => (
            <tr key={name}>
              <td className={layout.td}>{t(`settings.${name}`)}</td>
              {columns.map(([label, settings]) => (
                <td key={label} className={layout.td}>
                  <span className={layout.lines}>{textOf(settings, name) || t("none")}</span>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Somebody else has saved meanwhile: both are seen, and the person chooses. */
export function SettingsConflict({
  editing,
  theirs,
}: {
  readonly editing: SettingsEditing;
  readonly theirs: SettingsWanted;
}) {
  const layout = useLayout();
  const t = useWords();
  const { base, wanted } = editing;
  const names = [...new Set([...changedSettings(base, theirs), ...changedSettings(base, wanted)])];
  return (
    <div className={layout.panel} role="alert">
      <span className={layout.strong}>{t("settings.conflict")}</span>
      <p className={layout.lead}>{t("settings.conflictLead")}</p>
      <SettingsChanges
        names={names}
        columns={[
          [t("settings.before"), base],
          [t("settings.theirs"), theirs],
          [t("settings.mine"), wanted],
        ]}
      />
      <div className={layout.buttons}>
        <Button appearance="primary" onClick={editing.merge}>
          {t("settings.keepBoth")}
        </Button>
        <Button onClick={editing.keepMine}>{t("settings.keepMine")}</Button>
        <Button onClick={editing.forget}>{t("settings.keepTheirs")}</Button>
      </div>
      <p className={layout.quiet}>{t("settings.keepBothWhat")}</p>
    </div>
  );
}
