import type { AppName } from "@hybrid/consent";
import { tenantStatus } from "@hybrid/contracts";
import { ConfigError, type OrgId } from "@hybrid/kernel";
import { isOwn } from "./clients/registrations.ts";
import { recordsOf } from "./users-view.ts";
import type { OpenedLog } from "./with-log.ts";

const works = { calendar: "calendars need", groups: "groups need", archive: "the archive needs" } as const;

/**
 * Rejects with ConfigError where one of these tenants is connected user by user and the work goes by the
 * calendars' registration: nobody has consented for the tenant as a whole. A registration of its own has a
 * consent of its own.
 */
export const mustConsentAsAWhole = async (
  opened: OpenedLog,
  { org, tenants, app }: { readonly org: OrgId; readonly tenants: readonly string[]; readonly app: AppName },
): Promise<void> => {
  if (app !== "calendar" && isOwn(app, process.env)) return;
  if (!(await opened.log.topics()).some(({ name }) => name === tenantStatus.name)) return;
  const byUser = new Set<string>();
  for await (const { key, value } of recordsOf(opened, tenantStatus)) {
    if (!key.startsWith(`${org}/`) || value === null) continue;
    if (value.status === "active" && value.settings.consent === "user") byUser.add(value.tenantId);
    else byUser.delete(value.tenantId);
  }
  const own = app === "calendar" ? "" : `, or set ${app.toUpperCase()}_GRAPH_CLIENT_ID`;
  const faults = tenants
    .filter((tenant) => byUser.has(tenant))
    .map(
      (tenant) =>
        `tenant ${tenant} is connected user by user; ${works[app]} the organisation's consent: run ` +
        `"hybrid tenants authorize ${tenant} --org ${org} --consent organisation"${own}`,
    );
  if (faults.length > 0) throw new ConfigError("the order is not given", faults);
};
