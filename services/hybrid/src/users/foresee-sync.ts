import type { PeopleSource } from "@hybrid/contracts";
import { currentEntries, type Foreseen, lookAhead, readEverybody } from "@hybrid/directory";
import { callDeadlineMsMax, type OrgId } from "@hybrid/kernel";
import { systemRandom, systemScheduler } from "@hybrid/runtime";
import type { ClientName } from "@hybrid/service";
import { Faults } from "@hybrid/settings";
import pino from "pino";
import { Registry } from "prom-client";
import { ClientOpener, readClients } from "../clients/clients.ts";
import { Opened } from "../opened.ts";
import type { OpenedLog } from "../with-log.ts";
import { userIdOf } from "./people-view.ts";

/**
 * What synchronising these sources would change. They are read by this process, with the settings that the
 * services have, and nothing is written. Rejects with ConfigError where settings are missing.
 */
export const foreseeSync = async (
  { log, partitions, opener }: OpenedLog,
  org: OrgId,
  sources: readonly PeopleSource[],
): Promise<readonly Foreseen[]> => {
  const names: readonly ClientName[] = ["graph", "webex"];
  const faults = new Faults();
  const config = readClients(new Set(names), process.env, faults);
  faults.raise("the sources cannot be read");
  const opened = new Opened();
  try {
    const clock = systemScheduler();
    const ports = { scheduler: clock, random: systemRandom, logger: pino({ level: "silent" }) };
    const clients = new ClientOpener(config, ports, { opened, registry: new Registry() }, new Map());
    const { graph, webex } = await clients.all(names);
    const claims = await readEverybody(sources, { graph, webex, clock }, () =>
      AbortSignal.timeout(callDeadlineMsMax),
    );
    const entries = await currentEntries({ org, log, clock, partitions, ...(opener ? { opener } : {}) });
    const present = new Map([...entries].map(([user, entry]) => [userIdOf(user), entry]));
    return lookAhead(
      present,
      claims,
      sources.some(({ kind }) => kind === "webex"),
    );
  } finally {
    await opened.close();
  }
};
