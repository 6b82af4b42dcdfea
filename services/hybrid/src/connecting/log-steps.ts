import { setTimeout as sleep } from "node:timers/promises";
import { tryMailbox } from "@hybrid/consent";
import { adminCommands, tenantStatus, userStatus } from "@hybrid/contracts";
import { importCommands } from "@hybrid/directory";
import { ConfigError, type ErrorCode, errorCatalog, orgIdOf, ProviderError } from "@hybrid/kernel";
import { systemScheduler } from "@hybrid/runtime";
import { withCloudClients } from "../cloud-clients.ts";
import { observeWriters } from "../commands/operate.ts";
import { consentLink, lookAtConsent, presentTenants, type TenantRow } from "../commands/tenants.ts";
import { type Finding, failed, ok, waits } from "../finding.ts";
import { withRegistrations } from "../registration-looks.ts";
import { presentUsers } from "../users-view.ts";
import { withLog } from "../with-log.ts";
import type { Connecting } from "./steps.ts";

/** What the steps that look into the log need besides. */
export interface LogConnecting extends Connecting {
  /** Folder of the embedded log. */
  readonly data: string;
  /** How long to wait for a person or a service, milliseconds. */
  readonly waitMs: number;
}

const pollMs = 500;

/** Looks until there is something, or the time is over. */
const within = async <Result>(ms: number, look: () => Promise<Result | null>): Promise<Result | null> => {
  const endsAt = performance.now() + ms;
  for (;;) {
    const found = await look();
    if (found !== null || performance.now() >= endsAt) return found;
    await sleep(pollMs);
  }
};

const errorText = (code: ErrorCode): readonly [string, string] => [
  `${errorCatalog[code].meaning} (${code})`,
  errorCatalog[code].person,
];

/** The way to Webex: whether somebody's token opens it. */
export const webexStep = async (): Promise<Finding> => {
  const what = "webex";
  try {
    return await withCloudClients(["webex"], async ({ webex }) => {
      const me = await webex.getMe(AbortSignal.timeout(15_000));
      return ok(what, `the token works; it is that of ${me.type ?? "person"} ${me.id}`);
    });
  } catch (error) {
    if (error instanceof ConfigError)
      return waits(
        what,
        error.faults.join("; "),
        "Make a service app or an integration at developer.webex.com (docs/CONNECT.md names the scopes), " +
          "and add its settings to your --env-file.",
      );
    if (!(error instanceof ProviderError)) throw error;
    return failed(what, ...errorText(error.code));
  }
};

/** Observe mode first: whatever goes wrong, nothing is written into anybody's calendar. */
export const observeStep = async ({ data, state }: LogConnecting): Promise<Finding> => {
  await observeWriters(data, orgIdOf(state.org));
  return ok(
    "observe mode",
    `is on for ${state.org}: what would be written for people is decided and reported alone`,
  );
};

const activeTenants = ({ data, state }: LogConnecting): Promise<readonly TenantRow[]> =>
  withLog(data, tenantStatus.name, async (opened) =>
    (await presentTenants(opened)).filter(({ org, status }) => org === state.org && status === "active"),
  );

/** The consent of the organisation's (first) tenant. */
export const consentStep = async (connecting: LogConnecting): Promise<Finding> => {
  const { state, waitMs } = connecting;
  const present = await activeTenants(connecting);
  const link = await consentLink({ org: state.org, app: "calendar", tenantId: null });
  if (present.length === 0 && waitMs > 0)
    process.stdout.write(
      `An administrator of the tenant opens, within ${waitMs / 1_000} s or a day:\n${link}\n`,
    );
  const tenants = await within(present.length > 0 ? 0 : waitMs, async () => {
    const active = await activeTenants(connecting);
    return active.length > 0 ? active : null;
  });
  if (tenants === null)
    return waits(
      "consent",
      "no tenant has accepted the permissions yet",
      `Give this link, good for a day, to a Global Administrator or Privileged Role Administrator: ${link}`,
    );
  return await withCloudClients(["graph"], async ({ graph }) => {
    const looks = await Promise.all(tenants.map(({ tenantId }) => lookAtConsent(graph, tenantId)));
    const bad = looks.find(({ consent }) => !["complete", "partly", "half"].includes(consent));
    if (bad)
      return failed(
        "consent",
        bad.consent,
        bad.remark ?? "Let the administrator accept the permissions again.",
      );
    const told = tenants.map(({ tenantId }, at) => `${tenantId} (${looks[at]?.consent ?? ""})`);
    return ok("consent", `in service: ${told.join(", ")}`);
  });
};

/** The consent for groups or the archive, where these have a registration of their own. */
export const besideStep = async (app: "groups" | "archive", connecting: LogConnecting): Promise<Finding> => {
  const { state } = connecting;
  const own = { groups: state.groupsClientId, archive: state.archiveClientId }[app];
  if (own === null)
    return ok(
      app,
      "shares the registration of the calendars; to give it one of its own, register its manifest and add " +
        `--${app}-client-id`,
    );
  const [tenant] = await activeTenants(connecting);
  if (tenant === undefined) return waits(app, "no tenant is in service", "Run the command again.");
  const { tenantId } = tenant;
  const { consent, remark } = await withRegistrations((registrations) =>
    lookAtConsent(registrations[app], tenantId, app),
  );
  if (consent === "complete" || consent === "partly")
    return ok(
      app,
      `${tenantId} has accepted the permissions (${consent}${remark === null ? "" : `: ${remark}`})`,
    );
  const link = await consentLink({ org: state.org, app, tenantId });
  return waits(
    app,
    `${tenantId} has not accepted the permissions of this registration (${consent})`,
    `Give this link, good for a day, to its administrator: ${link}`,
  );
};

const mailboxWanted = (what: string): Finding =>
  waits(what, "no mailbox is named", "Run the command again with --mailbox and an address, best your own.");

/** An event is put into the mailbox and removed. */
export const trialStep = async (connecting: LogConnecting): Promise<Finding> => {
  const { state } = connecting;
  const [tenant] = await activeTenants(connecting);
  if (state.mailbox === null || tenant === undefined) return mailboxWanted("test event");
  const { mailbox } = state;
  const trialId = `${state.org}-${systemScheduler().now()}`;
  return await withCloudClients(["graph"], async ({ graph }) => {
    const trial = { tenantId: tenant.tenantId, mailbox, trialId, signal: AbortSignal.timeout(60_000) };
    let last = "nothing";
    for await (const { step, isDone, trouble, todo } of tryMailbox(
      { graph, clock: systemScheduler() },
      trial,
    )) {
      if (!isDone) return failed("test event", `${step}: ${trouble ?? ""}`, todo ?? "");
      last = step;
    }
    return ok("test event", `${last}; the application may write into this mailbox`);
  });
};

const objectIdOf = async (tenantId: string, mailbox: string): Promise<string | null> => {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(mailbox)) return mailbox.toLowerCase();
  return await withCloudClients(["graph"], async ({ graph }) => {
    const found = await graph.users.findByAddress({
      tenantId,
      address: mailbox,
      signal: AbortSignal.timeout(20_000),
    });
    return found?.objectId ?? null;
  });
};

/** The first real mailbox: a user, watched by a subscription. Only a Graph that reaches us makes one. */
export const firstMailboxStep = async (connecting: LogConnecting): Promise<Finding> => {
  const what = "first mailbox";
  const { state, data, waitMs } = connecting;
  const [tenant] = await activeTenants(connecting);
  if (state.mailbox === null || tenant === undefined) return mailboxWanted(what);
  const { tenantId } = tenant;
  const objectId = await objectIdOf(tenantId, state.mailbox);
  if (objectId === null) return failed(what, "nobody has this address", "Name another --mailbox.");
  const user = `${state.org}/u-${objectId}`;
  const present = () =>
    withLog(data, userStatus.name, async (opened) =>
      (await presentUsers(opened)).find((row) => row.user === user),
    );
  if ((await present()) === undefined)
    await withLog(data, adminCommands.name, async ({ log, partitions }) => {
      const target = { org: orgIdOf(state.org), log, partitions, clock: systemScheduler() };
      const person = { objectId, tenantId, mailAddress: state.mailbox ?? "", connector: null };
      await log.append(importCommands([{ line: 1, userId: objectId, person, enabled: true }], target));
    });
  await within(Math.max(waitMs, 20_000), async () => {
    const row = await present();
    return row?.to === "active" || row?.to === "error" ? row : null;
  });
  const row = await present();
  if (row?.to === "active")
    return ok(
      what,
      `${user} is active: Graph reached ${state.publicUrl ?? ""} from the internet and watches the calendar`,
    );
  const code = row?.reason ?? null;
  if (code === null)
    return waits(what, `${user} is ${row?.to ?? "not known"} yet`, "Run the command again in a minute.");
  const known =
    code in errorCatalog ? errorText(code as ErrorCode) : ([code, "hybrid users show says more."] as const);
  return failed(what, `${user} is ${row?.to ?? ""}: ${known[0]}`, known[1]);
};

/** What comes after: from looking on to writing. */
export const afterwards = ({ state }: Connecting): string =>
  [
    "",
    "Connected. Observe mode is on.",
    `Invite from ${state.mailbox ?? "the mailbox"} to a meeting at @webex; then`,
    `  hybrid observed ${state.org}        what would have been written`,
    `  hybrid observe off ${state.org}     from now on it is written`,
    `  hybrid users sync --org ${state.org}  everybody else`,
    "  hybrid doctor                whether all is well",
    "",
  ].join("\n");
