import type { Log } from "@hybrid/log";
import {
  defaultLimits,
  type RunningService,
  runService,
  runtimeMetrics,
  workingMemory,
} from "@hybrid/runtime";
import type { KeyRing } from "@hybrid/sealing";
import { actorsOf } from "@hybrid/service";
import type { LogPlace } from "../log-place.ts";
import type { PartPorts } from "./part-ports.ts";

const sessionTimeoutOf = (place: LogPlace): { readonly sessionTimeoutMs?: number } =>
  place.kind === "kafka" && place.sessionTimeoutMs !== undefined
    ? { sessionTimeoutMs: place.sessionTimeoutMs }
    : {};

/** Starts every machine of the services of this process; resolves when each has joined its group. */
export const startActors = async (
  { options, opening, portsOf }: PartPorts,
  log: Log,
  keys: KeyRing | null,
): Promise<readonly RunningService[]> => {
  const { scheduler, random, logger, deadlineTimer } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const common = {
    log,
    scheduler,
    random,
    logger,
    limits,
    topics: options.catalog.allTopics,
    partitions: options.log.partitions,
    metrics: runtimeMetrics(opening.registry),
    memory: workingMemory(limits),
    ...sessionTimeoutOf(options.log.place),
    ...(deadlineTimer ? { deadlineTimer } : {}),
    ...(keys ? { keys } : {}),
  };
  const started: RunningService[] = [];
  for (const configured of options.services)
    for (const part of actorsOf(configured.service)) {
      const opened = await part.open(await portsOf(configured, part.clients));
      const running = await runService({ ...opened, ...common });
      started.push(opening.opened.add(running, (each) => each.stop()));
    }
  return started;
};
