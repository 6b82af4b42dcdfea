import { posix } from "node:path";
import { type Fault, isTest, lineAt, type Rule, type TidyFile } from "./rule.ts";

const fileLinesMax = 400;
const lineCharactersMax = 110;

/** A file that nobody can hold in the head is two files. */
export const fileLength: Rule = ({ files }) =>
  files
    .filter(({ path, text }) => /\.(?:tsx?|mjs|sh)$/.test(path) || text.startsWith("#!"))
    .map((file) => ({ file, count: file.lines.length - (file.text.endsWith("\n") ? 1 : 0) }))
    .filter(({ count }) => count > fileLinesMax)
    .map(({ file, count }) => ({
      path: file.path,
      line: fileLinesMax + 1,
      rule: "file-length",
      message: `${count} lines; at most ${fileLinesMax}`,
    }));

/** Lines, from 1, that cannot be broken: of regular expressions, and of sentences that tests are named by. */
const mayBeLong = (file: TidyFile): ReadonlySet<number> => {
  const unbreakable = isTest(file.path) ? ["regex", "string", "template"] : ["regex"];
  const spans = (file.scan?.spans ?? []).filter(({ kind }) => unbreakable.includes(kind));
  return new Set(spans.map(({ end }) => lineAt(file.text, end)));
};

/** The formatter breaks neither comments nor strings. */
export const lineLength: Rule = ({ files }) =>
  files
    .filter(({ scan }) => scan !== undefined)
    .flatMap((file) => {
      const unbreakable = mayBeLong(file);
      return file.lines.flatMap((line, index): readonly Fault[] => {
        const short = line.length <= lineCharactersMax;
        if (short || line.includes("://") || unbreakable.has(index + 1)) return [];
        const message = `${line.length} characters; at most ${lineCharactersMax}`;
        return [{ path: file.path, line: index + 1, rule: "line-length", message }];
      });
    });

const kebab = /^\.?[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z0-9]+(?:-[a-z0-9]+)*)*$/;
/** Names that others gave: documents, licences, container and chart files. */
const conventional = /^(?:[A-Z][A-Z0-9_-]*(?:\.md)?|Dockerfile|Chart\.yaml|_[a-z-]+\.tpl)$/;

/** One spelling for files and folders, so that nobody has to guess. */
export const fileName: Rule = ({ files }) =>
  files.flatMap(({ path }) =>
    path
      .split("/")
      .filter((part) => !kebab.test(part) && !conventional.test(part))
      .map((part) => ({ path, line: 1, rule: "file-name", message: `"${part}" is not kebab-case` })),
  );

const banned = /^(?:.+-)?(?:utils?|helpers?|common|managers?|misc)$/;

/** A name that fits everything says nothing. */
export const bannedName: Rule = ({ files }) =>
  files.flatMap(({ path }) =>
    path
      .split("/")
      .map((part) => part.replace(/\..*$/, ""))
      .filter((stem) => banned.test(stem))
      .map((stem) => ({
        path,
        line: 1,
        rule: "banned-name",
        message: `"${stem}" says nothing; name what it is for`,
      })),
  );

const documents = ["ARCHITECTURE", "DESIGN", "GLOSSARY", "HACKING", "ERRORS", "TOPICS"];

/** The documents that README promises. */
export const requiredDocuments: Rule = ({ files }) => {
  const paths = new Set(files.map(({ path }) => path));
  return [...documents.map((name) => `docs/${name}.md`), "README.md", "LICENSE"]
    .filter((path) => !paths.has(path))
    .map((path) => ({ path, line: 1, rule: "required-document", message: "is missing" }));
};

const headings = ["Purpose", "Topics in and out", "State", "Calls", "Alarms"];

/** Every service explains itself on one page, under the same headings. */
export const serviceReadme: Rule = ({ files }) => {
  const services = new Set(files.flatMap(({ path }) => /^services\/[^/]+/.exec(path)?.[0] ?? []));
  return [...services].flatMap((service): readonly Fault[] => {
    const path = `${service}/README.md`;
    const readme = files.find((file) => file.path === path);
    if (!readme) return [{ path, line: 1, rule: "service-readme", message: "is missing" }];
    return headings
      .filter((heading) => !readme.lines.some((line) => /^#+ /.test(line) && line.endsWith(` ${heading}`)))
      .map((heading) => ({ path, line: 1, rule: "service-readme", message: `has no heading "${heading}"` }));
  });
};

/** Markdown with code fences and inline code blanked, line for line. */
const prose = (file: TidyFile): string =>
  file.text.replaceAll(/^(```|~~~)[\s\S]*?^\1|`[^`\n]*`/gm, (code) => code.replaceAll(/[^\n]/g, " "));

/** A link inside the repository leads somewhere. */
export const relativeLinks: Rule = ({ files }) => {
  const targets = new Set(files.flatMap(({ path }) => [path, ...parentsOf(path)]));
  return files
    .filter(({ path }) => path.endsWith(".md"))
    .flatMap((file) => {
      const text = prose(file);
      return [...text.matchAll(/\]\(\s*<?([^)\s>]+)/g)]
        .map((match) => ({ link: match[1] ?? "", line: lineAt(text, match.index) }))
        .filter(({ link }) => !/^(?:[a-z][a-z0-9+.-]*:|#)/i.test(link))
        .filter(({ link }) => !targets.has(targetOf(file.path, link)))
        .map(({ link, line }) => ({
          path: file.path,
          line,
          rule: "dead-link",
          message: `${link} leads nowhere`,
        }));
    });
};

const targetOf = (from: string, link: string): string =>
  posix.join(posix.dirname(from), decodeURI(link.replace(/#.*$/, ""))).replace(/\/$/, "");

const parentsOf = (path: string): readonly string[] => {
  const parent = posix.dirname(path);
  return parent === "." ? ["."] : [parent, ...parentsOf(parent)];
};

const places = ["work", "root", "home"].join("|");
const machinePath = new RegExp(String.raw`(?<![\w.$}-])/(?:${places})/`, "g");
const hosts = [
  "npmjs\\.(?:org|com)",
  "yarnpkg\\.com",
  "npm\\.pkg\\.github",
  "artifactory",
  "verdaccio",
  "npmmirror",
];
const registryHost = new RegExp(String.raw`\b(?:${hosts.join("|")})\b`, "gi");

/** What belongs to one machine does not belong to everybody's repository. */
export const machineTraces: Rule = ({ files }) =>
  files
    .filter(({ path }) => path !== "pnpm-lock.yaml" && !/^tools\/(?:src\/tidy\/|test\/tidy\.test)/.test(path))
    .flatMap(({ path, lines }) =>
      lines.flatMap((line, index): readonly Fault[] => {
        const found = [...line.matchAll(machinePath), ...line.matchAll(registryHost)];
        return found.map(([trace]) => ({
          path,
          line: index + 1,
          rule: "machine-trace",
          message: `"${trace}" holds on one machine or network only`,
        }));
      }),
    );
