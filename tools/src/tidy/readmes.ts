import { type Fault, lineAt, type Rule, type TidyFile } from "./rule.ts";

const folderOf = /^((?:packages|services)\/[^/]+|tools)\/package\.json$/;
const tableHead = /^\| (?:file|folder|file or folder) \|/m;
const pathInTable = /^\|(?=.*`)[^|]*/gm;
const path = /`((?:src|test|testing|golden|rules)\/[\w./-]*)`/g;

const missingPaths = (readme: TidyFile, folder: string, paths: readonly string[]): readonly Fault[] =>
  [...readme.text.matchAll(pathInTable)].flatMap((row) =>
    [...row[0].matchAll(path)]
      .filter(([, named = ""]) => {
        const whole = `${folder}/${named}`;
        return !paths.some((each) => each === whole || each.startsWith(`${whole.replace(/\/$/, "")}/`));
      })
      .map(([, named]) => ({
        path: readme.path,
        line: lineAt(readme.text, row.index),
        rule: "package-readme",
        message: `${named} is not there`,
      })),
  );

/** Every package says which file or folder answers for what, and what it names is there. */
export const packageReadmes: Rule = ({ files }) => {
  const paths = files.map((file) => file.path);
  return files.flatMap((file): readonly Fault[] => {
    const folder = folderOf.exec(file.path)?.[1];
    if (folder === undefined) return [];
    const at = `${folder}/README.md`;
    const readme = files.find((each) => each.path === at);
    const fault = (message: string): Fault => ({ path: at, line: 1, rule: "package-readme", message });
    // Of services another rule says so.
    if (!readme) return folder.startsWith("services/") ? [] : [fault("is missing")];
    return [
      ...(tableHead.test(readme.text) ? [] : [fault("has no table of files and folders")]),
      ...missingPaths(readme, folder, paths),
    ];
  });
};
