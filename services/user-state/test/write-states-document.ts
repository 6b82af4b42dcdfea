import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { statesDocument } from "./states-document.ts";

// Part of `pnpm generate`. It stands beside the table because a tool may not know a service.
writeFileSync(join(import.meta.dirname, "../../../docs/USER-STATES.md"), statesDocument());
