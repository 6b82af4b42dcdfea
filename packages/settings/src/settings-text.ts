import type { Vocabulary } from "./read-settings.ts";
import type { Setting } from "./setting.ts";

const cell = (text: string): string => text.replaceAll("|", "\\|");

// oxlint-disable-next-line typescript/no-explicit-any -- of any value: only what is written about it counts.
type Any = Setting<any>;

const namesText = (name: string, { isSecret }: Any): string =>
  isSecret ? `\`${name}\` or \`${name}_FILE\`` : `\`${name}\``;

const otherwiseText = ({ required, defaultText }: Any): string =>
  required ? "must be set" : defaultText === null ? "none" : `\`${defaultText}\``;

/** The rows of a vocabulary as a table in Markdown, in its own order. */
export const settingsTable = (vocabulary: Vocabulary): string =>
  [
    "| setting | what it is | form | unit | may be | when left out |",
    "|---|---|---|---|---|---|",
    ...Object.entries(vocabulary).map(([name, setting]) => {
      const { meaning, form, unit = "", bounds = "" } = setting.parts;
      const cells = [
        namesText(name, setting),
        cell(meaning),
        form,
        unit,
        cell(bounds),
        otherwiseText(setting),
      ];
      return `| ${cells.join(" | ")} |`;
    }),
  ].join("\n");

const exampleLines = (name: string, setting: Any): readonly string[] => {
  const { meaning, form, bounds } = setting.parts;
  const key = setting.isSecret ? `${name}_FILE` : name;
  const what = bounds === undefined ? form : `${form}: ${bounds}`;
  const value = setting.required ? "" : (setting.defaultText ?? "");
  return [`# ${meaning}`, `# (${what}${setting.required ? "; must be set" : ""})`, `#${key}=${value}`, ""];
};

/** A vocabulary as a file for `--env-file` in which every line is a comment, with the defaults. */
export const exampleFile = (title: string, vocabulary: Vocabulary): string =>
  [
    `# --- ${title} ---`,
    "",
    ...Object.entries(vocabulary).flatMap(([name, setting]) => exampleLines(name, setting)),
  ].join("\n");
