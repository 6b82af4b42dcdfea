import { join } from "node:path";
import { catalog } from "@hybrid/hybrid/services";
import { repositoryFiles } from "./repository-files.ts";
import { faultText, tidy } from "./tidy.ts";

const files = repositoryFiles(join(import.meta.dirname, "../.."));
// A plain word, as the command `hybrid topics schemas` has, says nothing of a topic.
const names = catalog.allTopics.map(({ name }) => name).filter((name) => name.includes("-"));
const faults = tidy(files, names);
for (const fault of faults) console.log(faultText(fault));
console.log(`tidy: ${files.length} files, ${faults.length} faults`);
if (faults.length > 0) process.exitCode = 1;
