// A process of its own: works a backlog off, by the runtime or by the log's driver alone.
import type { Log } from "@hybrid/log";
import { onOrder, taskOf, tell } from "../peer.ts";
import { startSubject, whenStepped } from "../subject.ts";
import { openLog } from "./broker.ts";
import { driverRound } from "./driver-loop.ts";
import { keepPace, type LoopMessage, type Pace } from "./pace.ts";

/** What the process is for. */
export interface LoopTask {
  readonly brokers: readonly string[];
  readonly by: "runtime" | "driver";
}

/** A backlog that lies in the log already. */
export interface LoopOrder {
  readonly inputs: number;
}

const runtimeRound = async (log: Log, inputs: number): Promise<Pace> => {
  const keeper = keepPace(inputs);
  const service = await startSubject(log);
  await whenStepped(service, (steps) => keeper.done(steps));
  const lag = await service.lag();
  const { steps } = service.activity();
  await service.stop();
  if (lag !== 0 || steps !== inputs) throw new Error(`${steps} of ${inputs} inputs applied, ${lag} left`);
  return keeper.pace();
};

const task = taskOf() as LoopTask;
const log = await openLog(task.brokers);
const rounds = { runtime: runtimeRound, driver: driverRound };

const work = async ({ inputs }: LoopOrder): Promise<void> =>
  tell({ kind: "worked", pace: await rounds[task.by](log, inputs) } satisfies LoopMessage);

process.once("disconnect", () => void log.close());
// A round that fails ends this process, and with it the bench, which says where to look.
onOrder((order) => void work(order as LoopOrder));
tell({ kind: "ready" } satisfies LoopMessage);
