import type { Stage } from "./bench.ts";
import { benches } from "./catalog.ts";
import type { Message, Task } from "./conduct.ts";

const task = JSON.parse(process.argv[2] ?? "{}") as Task;

const tell = (message: Message): void => {
  process.send?.(message);
};

const stage: Stage = {
  folder: task.folder,
  sized: (full, least) => Math.max(least, Math.round(full * task.scale)),
  rounds: task.rounds,
  roundSeconds: task.roundSeconds,
  sample: (figure, value) => tell({ kind: "sample", figure, value }),
  say: (text) => tell({ kind: "said", text: `${task.bench}: ${text}` }),
};

const bench = benches.find(({ name }) => name === task.bench);
if (!bench) throw new TypeError(`there is no bench "${task.bench}"`);
await (task.stage === "prepare" ? bench.prepare?.(stage) : bench.measure(stage));
// The parent has heard everything before this process ends.
process.disconnect();
