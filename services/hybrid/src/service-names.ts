import { ConfigError } from "@hybrid/kernel";
import { nearestHint } from "@hybrid/settings";

/** What one process can run; on Kafka each may have processes of its own. */
export const serviceNames = ["notification-ingest", "directory", "user-state", "decorator"] as const;

/** The name of a service of this system. */
export type ServiceName = (typeof serviceNames)[number];

const isServiceName = (name: string): name is ServiceName =>
  (serviceNames as readonly string[]).includes(name);

/** Reads `a,b`; all services when nothing is given. Throws ConfigError naming every unknown name. */
export const readServiceNames = (text: string | undefined): readonly ServiceName[] => {
  if (text === undefined) return serviceNames;
  const names = text.split(",").map((name) => name.trim());
  const unknown = names.filter((name) => !isServiceName(name));
  if (unknown.length > 0)
    throw new ConfigError(
      "these services cannot run",
      unknown.map(
        (name) =>
          `--service: there is no service "${name}"${nearestHint(name, serviceNames)} ` +
          `There are ${serviceNames.join(", ")}`,
      ),
    );
  return serviceNames.filter((name) => names.includes(name));
};
