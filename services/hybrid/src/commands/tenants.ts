import { randomUUID } from "node:crypto";
import {
  type AppName,
  appNames,
  consentVocabulary,
  createTickets,
  type Grants,
  grantsOf,
  grantWord,
  permissions,
  startUrl,
  type TrialStep,
  tryMailbox,
} from "@hybrid/consent";
import { adminCommands, type TenantStatus, tenantStatus } from "@hybrid/contracts";
import { connectUrl } from "@hybrid/contracts/consent-address";
import { actorIdOf, errorCatalog, orgOf, ProviderError } from "@hybrid/kernel";
import type { MicrosoftGraph } from "@hybrid/microsoft-graph";
import { systemScheduler } from "@hybrid/runtime";
import { settingsOrThrow } from "@hybrid/settings";
import { activateTenant, deactivateTenant } from "../administration.ts";
import { withCloudClients } from "../cloud-clients.ts";
import { languageGiven, orgGiven, refused, tenantGiven, wordGiven } from "../given.ts";
import { joinSettingsGiven } from "../join-settings-given.ts";
import { mustBeMeant, mustKnowOrg, mustKnowTenant } from "../known.ts";
import {
  type BesideLook,
  besideLooks,
  type Registrations,
  withRegistrations,
} from "../registration-looks.ts";
import { table } from "../tables.ts";
import { recordsOf } from "../users-view.ts";
import { type OpenedLog, withLog } from "../with-log.ts";

const print = (text: string): void => void process.stdout.write(`${text}\n`);

/** The flags of `hybrid tenants authorize`. */
export interface TenantsAuthorizeFlags {
  readonly org: string;
  readonly data: string;
  readonly app: string;
  readonly language?: string;
  readonly webex: "personalRoom" | "space";
  readonly meet: "personalRoom" | "space";
  /** A file with what the organisation wants of its join details. */
  readonly joinSettings?: string;
  readonly link: boolean;
  readonly consent: "organisation" | "user";
  readonly new: boolean;
}

/** A link for an administrator of a tenant, made with the settings of the service. */
export const consentLink = async (errand: {
  readonly org: string;
  readonly app: AppName;
  readonly tenantId: string | null;
}): Promise<string> => {
  const { CONSENT_URL, CLIENT_STATE_KEYS } = consentVocabulary;
  const wanted = { CONSENT_URL, CLIENT_STATE_KEYS };
  const settings = settingsOrThrow("no link can be made with this configuration", wanted, process.env);
  const tickets = createTickets(settings.CLIENT_STATE_KEYS, systemScheduler());
  return startUrl(settings.CONSENT_URL, await tickets.issue("link", errand));
};

/** Where users connect their calendars, by the settings of the service. */
const connectAddress = (): string => {
  const { CONSENT_URL } = consentVocabulary;
  return connectUrl(settingsOrThrow("the address is not known", { CONSENT_URL }, process.env).CONSENT_URL);
};

/** `hybrid tenants authorize`: a tenant's users are tried (again); or a link for its administrator. */
export const tenantsAuthorizeCommand = async (
  tenantText: string | undefined,
  flags: TenantsAuthorizeFlags,
): Promise<void> => {
  const tenant = tenantText === undefined ? null : tenantGiven(tenantText);
  const org = orgGiven(flags.org);
  if (flags.link) {
    const app = wordGiven("--app", flags.app, appNames);
    print(await consentLink({ org, app, tenantId: tenant }));
    return;
  }
  if (tenant === null)
    throw refused("<tenantId>", "name the tenant, or let its administrator come by a link: add --link");
  const language = flags.language === undefined ? null : languageGiven(flags.language);
  const join = flags.joinSettings === undefined ? null : await joinSettingsGiven(flags.joinSettings);
  await withLog(flags.data, adminCommands.name, async (opened) => {
    const { log, partitions } = opened;
    await mustBeMeant(opened, org, flags.new);
    const { webex: webexKeyword, meet: meetKeyword, consent } = flags;
    const settings = { webexKeyword, meetKeyword, language, join, consent };
    await activateTenant({ org, log, partitions, clock: systemScheduler() }, tenant, settings);
  });
  print(`authorised tenant ${tenant} of ${org}`);
  if (flags.consent === "user") print(`each user connects the own calendar at ${connectAddress()}`);
};

/** The flags of `hybrid tenants deactivate`. */
export interface TenantsDeactivateFlags {
  readonly org: string;
  readonly data: string;
}

/** `hybrid tenants deactivate`: subscriptions are deleted, nobody is tried. */
export const tenantsDeactivateCommand = async (
  tenantText: string,
  flags: TenantsDeactivateFlags,
): Promise<void> => {
  const tenant = tenantGiven(tenantText);
  const org = orgGiven(flags.org);
  await withLog(flags.data, adminCommands.name, async (opened) => {
    const { log, partitions } = opened;
    await mustKnowOrg(opened, org);
    await mustKnowTenant(opened, org, tenant);
    await deactivateTenant({ org, log, partitions, clock: systemScheduler() }, tenant);
  });
  print(`deactivated tenant ${tenant} of ${org}`);
};

/** A tenant as the directory decided about it last. */
export interface TenantRow extends Pick<TenantStatus, "tenantId" | "status" | "generation" | "decidedAt"> {
  readonly org: string;
  /** Who lets us into calendars. */
  readonly model: "organisation" | "user";
}

/** Every tenant of the log, in the order of organisations. */
export const presentTenants = async (opened: OpenedLog): Promise<readonly TenantRow[]> => {
  const latest = new Map<string, TenantRow>();
  for await (const { key, value } of recordsOf(opened, tenantStatus)) {
    const { tenantId, status, generation, decidedAt, settings } = value ?? {};
    if (tenantId === undefined || status === undefined) latest.delete(key);
    else
      latest.set(key, {
        org: orgOf(actorIdOf(key)),
        tenantId,
        status,
        generation: generation ?? 0,
        decidedAt: decidedAt ?? 0,
        model: settings?.consent ?? "organisation",
      });
  }
  return [...latest.values()].sort((a, b) => (`${a.org} ${a.tenantId}` < `${b.org} ${b.tenantId}` ? -1 : 1));
};

/** What Microsoft Entra says of a tenant's consent at this moment. */
export interface ConsentLook {
  /** `complete`, `partly` (what is optional lacks), `half` (what is required lacks), or why there is none. */
  readonly consent: string;
  /** What that means, and what to do; null when all is well. */
  readonly remark: string | null;
}

const namesOf = (some: Grants["missing"]): string => some.map(({ name }) => name).join(", ");

const grantRemark = (grants: Grants): string | null => {
  const { missing, unproved, withoutOptional } = grants;
  if (missing.length > 0)
    return `lacks ${namesOf(missing)}: let the administrator accept the permissions again`;
  if (unproved.length > 0)
    return `lacks ${namesOf(unproved)}, unless Exchange grants it: "hybrid tenants test" shows it`;
  return withoutOptional.length > 0 ? `does without ${namesOf(withoutOptional)}` : null;
};

/** Asks Entra for a new token, and compares what it names with what the registration needs. */
export const lookAtConsent = async (
  graph: MicrosoftGraph,
  tenantId: string,
  app: AppName = "calendar",
): Promise<ConsentLook> => {
  try {
    const granted = await graph.consent.grantedPermissions({ tenantId, signal: AbortSignal.timeout(25_000) });
    const grants = grantsOf(app, granted);
    return { consent: grantWord(grants), remark: grantRemark(grants) };
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    return { consent: error.code, remark: `${error.message}. ${errorCatalog[error.code].person}` };
  }
};

/** The flags of `hybrid tenants list`. */
export interface TenantsListFlags {
  readonly org?: string;
  readonly data: string;
  readonly check: boolean;
  readonly json: boolean;
}

/** A tenant with the standing of each registration that matters in it. */
interface LookedTenant extends TenantRow, Partial<ConsentLook> {
  readonly beside: readonly (ConsentLook & { readonly app: AppName; readonly isUsed: boolean })[];
}

/** Nobody has consented for the tenant, and nobody has to: that is no fault. */
const byUserLook = ({ tenantId, org }: TenantRow): ConsentLook => ({
  consent: "byUser",
  remark:
    "each user connects the own calendar; reading people, rooms and automatic replies needs the " +
    `organisation's consent: hybrid tenants authorize ${tenantId} --org ${org} --consent organisation`,
});

const lookAtTenant = async (
  registrations: Registrations,
  row: TenantRow,
  beside: readonly BesideLook[],
): Promise<LookedTenant> => ({
  ...row,
  ...(row.model === "user" ? byUserLook(row) : await lookAtConsent(registrations.calendar, row.tenantId)),
  beside: await Promise.all(
    beside.map(async (one) => ({
      ...one,
      ...(await lookAtConsent(registrations[one.app], row.tenantId, one.app)),
    })),
  ),
});

const tenantsTable = (looked: readonly LookedTenant[], isChecked: boolean): string => {
  const common = ({ org, tenantId, status, decidedAt }: TenantRow): readonly string[] => [
    org,
    tenantId,
    status,
    new Date(decidedAt).toISOString().slice(0, 16),
  ];
  const titles = ["org", "tenant", "status", "since"];
  if (!isChecked)
    return table(
      titles,
      looked.map((row) => [...common(row)]),
    );
  return table(
    [...titles, "registration", "consent", "remark"],
    looked.flatMap((row) => [
      [...common(row), "calendar", row.consent ?? "", row.remark ?? ""],
      ...row.beside.map(({ app, consent, remark }) => ["", "", "", "", app, consent, remark ?? ""]),
    ]),
  );
};

/** `hybrid tenants list`: what was decided about each tenant, and with `--check` what Entra says now. */
export const tenantsListCommand = async (flags: TenantsListFlags): Promise<void> => {
  const org = flags.org === undefined ? undefined : orgGiven(flags.org);
  const { rows, besideOf } = await withLog(flags.data, tenantStatus.name, async (opened) => {
    if (org !== undefined) await mustKnowOrg(opened, org);
    const present = (await presentTenants(opened)).filter((row) => org === undefined || row.org === org);
    return { rows: present, besideOf: await besideLooks(opened) };
  });
  const looked: readonly LookedTenant[] = flags.check
    ? await withRegistrations((registrations) =>
        Promise.all(rows.map((row) => lookAtTenant(registrations, row, besideOf(row.org, row.tenantId)))),
      )
    : rows.map((row) => ({ ...row, beside: [] }));
  if (flags.json) print(JSON.stringify(flags.check ? looked : rows));
  else print(tenantsTable(looked, flags.check));
};

/** The flags of `hybrid tenants test`. */
export interface TenantsTestFlags {
  readonly mailbox: string;
  readonly json: boolean;
}

/** Every step of a test as it ends: the consent, then the mailbox. */
export async function* testSteps(
  graph: MicrosoftGraph,
  tenantId: string,
  mailbox: string,
): AsyncGenerator<TrialStep> {
  const { consent, remark } = await lookAtConsent(graph, tenantId);
  const name = "consent";
  const isThere = ["complete", "partly", "half"].includes(consent);
  const step = `the tenant lets the application in (consent: ${consent})`;
  yield { name, step, isDone: isThere, code: isThere ? null : consent, trouble: remark, todo: null };
  if (!isThere) return;
  const trial = { tenantId, mailbox, trialId: randomUUID(), signal: AbortSignal.timeout(60_000) };
  yield* tryMailbox({ graph, clock: systemScheduler() }, trial);
}

/** A step as a person reads it. */
export const stepText = ({ step, isDone, trouble, todo }: TrialStep): string =>
  [`${isDone ? "done  " : "failed"}  ${step}`, ...[trouble, todo].filter((text) => text !== null)].join(
    "\n        ",
  );

/** `hybrid tenants test`: an event is put into a mailbox and removed, each step shown; 1 when one fails. */
export const tenantsTestCommand = async (tenantText: string, flags: TenantsTestFlags): Promise<void> => {
  const tenant = tenantGiven(tenantText);
  const steps: TrialStep[] = [];
  await withCloudClients(["graph"], async ({ graph }) => {
    for await (const step of testSteps(graph, tenant, flags.mailbox)) {
      steps.push(step);
      if (!flags.json) print(stepText(step));
    }
  });
  if (flags.json) print(JSON.stringify(steps));
  if (!steps.every(({ isDone }) => isDone)) process.exitCode = 1;
};

/** The flags of `hybrid tenants permissions`. */
export interface TenantsPermissionsFlags {
  readonly app?: string;
  readonly json: boolean;
}

/** `hybrid tenants permissions`: what each registration asks for, and why. */
export const tenantsPermissionsCommand = (flags: TenantsPermissionsFlags): void => {
  const apps = flags.app === undefined ? appNames : [wordGiven("--app", flags.app, appNames)];
  const rows = apps.flatMap((app) => permissions[app].map((permission) => ({ app, ...permission })));
  if (flags.json) print(JSON.stringify(rows));
  else
    print(
      table(
        ["app", "permission", "kind", "need", "for", "without it"],
        rows.map(({ app, name, kind, need, forWhat, withoutIt }) => [
          app,
          name,
          kind,
          need,
          forWhat,
          withoutIt,
        ]),
      ),
    );
};
