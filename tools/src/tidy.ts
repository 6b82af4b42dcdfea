import { citations } from "./tidy/citations.ts";
import {
  bannedName,
  fileLength,
  fileName,
  lineLength,
  machineTraces,
  relativeLinks,
  requiredDocuments,
  serviceReadme,
} from "./tidy/file-rules.ts";
import { dependencyDirection, entryPoints, imports, manifests } from "./tidy/package-rules.ts";
import { plainWords } from "./tidy/plain-words.ts";
import { packageReadmes } from "./tidy/readmes.ts";
import { libraryRooms } from "./tidy/rooms.ts";
import { type Fault, type RepositoryFile, type Rule, treeOf } from "./tidy/rule.ts";
import { docComments, syntax, tests, topicNames, unfinishedWork } from "./tidy/source-rules.ts";

const rules: readonly Rule[] = [
  fileLength,
  lineLength,
  fileName,
  bannedName,
  requiredDocuments,
  serviceReadme,
  packageReadmes,
  relativeLinks,
  citations,
  machineTraces,
  plainWords,
  manifests,
  entryPoints,
  dependencyDirection,
  imports,
  libraryRooms,
  syntax,
  topicNames,
  unfinishedWork,
  tests,
  docComments,
];

/** Holds a repository's files to its own rules; every fault, by path and line. */
export const tidy = (files: readonly RepositoryFile[], names: Iterable<string>): readonly Fault[] => {
  const tree = treeOf(files, names);
  return rules
    .flatMap((rule) => rule(tree))
    .toSorted((a, b) => (a.path === b.path ? a.line - b.line : a.path < b.path ? -1 : 1));
};

/** A fault as one line: `path:line rule: message`. */
export const faultText = ({ path, line, rule, message }: Fault): string =>
  `${path}:${line} ${rule}: ${message}`;
