import type { AppName } from "@hybrid/consent";
import { archiveStatus, groupPrerequisites } from "@hybrid/contracts";
import { actorIdOf, orgOf } from "@hybrid/kernel";
import type { MicrosoftGraph } from "@hybrid/microsoft-graph";
import { isOwn } from "./clients/registrations.ts";
import { withCloudClients } from "./cloud-clients.ts";
import { recordsOf } from "./users-view.ts";
import type { OpenedLog } from "./with-log.ts";

/** A way to Graph as each registration; those without settings of their own share the calendars'. */
export type Registrations = Readonly<Record<AppName, MicrosoftGraph>>;

/** Opens a way to Graph as each registration, runs `use`, and closes them. Rejects with ConfigError. */
export const withRegistrations = <Result>(
  use: (registrations: Registrations) => Promise<Result>,
): Promise<Result> =>
  withCloudClients(["graph", "groupsGraph", "archiveGraph"], ({ graph, groupsGraph, archiveGraph }) =>
    use({ calendar: graph, groups: groupsGraph, archive: archiveGraph }),
  );

/** A registration beside that of the calendars, and whether something in the tenant needs its consent. */
export interface BesideLook {
  readonly app: "groups" | "archive";
  readonly isUsed: boolean;
}

const keyOf = (org: string, tenantId: string): string => `${org} ${tenantId}`;

const tenantsOf = async <Value>(
  opened: OpenedLog,
  topic: Parameters<typeof recordsOf<Value>>[1],
  tenants: (value: Value) => readonly string[],
): Promise<ReadonlySet<string>> => {
  const latest = new Map<string, readonly string[]>();
  if (!(await opened.log.topics()).some(({ name }) => name === topic.name)) return new Set();
  for await (const { key, value } of recordsOf(opened, topic))
    latest.set(key, value === null ? [] : tenants(value).map((id) => keyOf(orgOf(actorIdOf(key)), id)));
  return new Set([...latest.values()].flat());
};

/**
 * Which registrations beside that of the calendars matter in a tenant: those that the operator gives settings
 * of their own, and those whose work was ordered there.
 */
export const besideLooks = async (
  opened: OpenedLog,
): Promise<(org: string, tenantId: string) => readonly BesideLook[]> => {
  const used = {
    groups: await tenantsOf(opened, groupPrerequisites, ({ enabled, authorised, tenantId }) =>
      (enabled || authorised) && tenantId ? [tenantId] : [],
    ),
    archive: await tenantsOf(opened, archiveStatus, ({ terms }) => terms.tenants),
  };
  return (org, tenantId) =>
    (["groups", "archive"] as const).flatMap((app) => {
      const isUsed = used[app].has(keyOf(org, tenantId));
      return isUsed || isOwn(app, process.env) ? [{ app, isUsed }] : [];
    });
};
