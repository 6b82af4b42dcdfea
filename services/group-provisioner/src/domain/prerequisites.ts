import type { PrerequisiteCheck } from "@hybrid/contracts";
import type { ErrorCode } from "@hybrid/kernel";

/** Every prerequisite, in the order in which an administrator meets them. */
export const prerequisiteNames = [
  "globalAdministrator",
  "groupsFeature",
  "usersInEntra",
  "fullAdministrator",
  "messagingEntitlement",
  "usersSynchronised",
  "usersActive",
  "externalIds",
  "microsoftContent",
  "linkedFolders",
  "tenantName",
  "globalInstance",
] as const;

/** The name of a prerequisite. */
export type PrerequisiteName = (typeof prerequisiteNames)[number];

/** Those that no interface of either cloud tells, so that an administrator says they are met. */
export const confirmable: readonly PrerequisiteName[] = [
  "messagingEntitlement",
  "microsoftContent",
  "linkedFolders",
  "tenantName",
];

/** What was found; null: it could not be asked. */
export interface Findings {
  /** `ok`, or why Entra gives no token. */
  readonly consent: "ok" | ErrorCode;
  /** Names of the permissions that a new token has; null: there is none. */
  readonly granted: readonly string[] | null;
  /** Services of the tenant with an enabled plan, lower case, and its verified domains. */
  readonly tenant: { readonly services: readonly string[]; readonly domains: readonly string[] } | null;
  /** Whether names of a group could be judged, which needs the permission to manage groups. */
  readonly judgesNames: boolean | null;
  readonly users: {
    readonly seen: number;
    readonly linked: number;
    readonly notActive: number;
    readonly withoutId: number;
  } | null;
  /** Whether a linked user was found in the tenant; null when none is linked. */
  readonly linkedUserFound: boolean | null;
  readonly isGlobalInstance: boolean;
  readonly confirmed: Readonly<Record<string, string>>;
}

type Judgement = readonly [PrerequisiteCheck["state"], string | null];

const known = (isMet: boolean | null | undefined, found: string | null = null): Judgement => [
  isMet === null || isMet === undefined ? "unknown" : isMet ? "met" : "missing",
  found,
];

const said = ({ confirmed }: Findings, name: PrerequisiteName): Judgement => [
  confirmed[name] === undefined ? "missing" : "met",
  null,
];

const share = (part: number, whole: number): string => `${part}/${whole}`;

const tenantName = ({ confirmed, tenant }: Findings): Judgement => {
  const given = confirmed["tenantName"];
  if (given === undefined) return ["missing", null];
  if (tenant === null) return ["unknown", given];
  return known(tenant.domains.includes(given.toLowerCase()), given);
};

/** What is asked for, and wider permissions that hold it; without the first one nothing can be done. */
const wanted: readonly (readonly string[])[] = [
  ["Group.ReadWrite.All"],
  ["User.Read.All", "User.ReadWrite.All", "Directory.Read.All"],
  ["Files.ReadWrite.All", "Sites.ReadWrite.All"],
  ["Organization.Read.All", "Organization.ReadWrite.All", "Directory.Read.All"],
];

/** A consent may be half-given: what it lacks is named. */
const grantsJudged = (granted: readonly string[]): Judgement => {
  const lacks = wanted
    .filter((names) => !names.some((name) => granted.includes(name)))
    .map(([name = ""]) => name);
  const found = lacks.length === 0 ? null : `lacks ${lacks.join(", ")}`;
  return known(!lacks.includes("Group.ReadWrite.All"), found);
};

const judge = (name: PrerequisiteName, findings: Findings): Judgement => {
  const { consent, tenant, users } = findings;
  switch (name) {
    case "globalAdministrator":
      return consent === "ok" ? grantsJudged(findings.granted ?? []) : known(false, consent);
    case "groupsFeature": {
      if (tenant === null || findings.judgesNames === null) return ["unknown", null];
      const lacks = ["exchange", "sharepoint"].filter((service) => !tenant.services.includes(service));
      return known(lacks.length === 0 && findings.judgesNames, lacks.length === 0 ? null : lacks.join(", "));
    }
    case "usersInEntra":
      return known(findings.linkedUserFound);
    case "fullAdministrator":
      return known(users !== null);
    case "usersSynchronised":
      return users === null ? ["unknown", null] : known(users.linked > 0, share(users.linked, users.seen));
    case "usersActive":
      return users === null
        ? ["unknown", null]
        : known(users.seen > 0 && users.notActive === 0, share(users.seen - users.notActive, users.seen));
    case "externalIds":
      return users === null
        ? ["unknown", null]
        : known(users.seen > 0 && users.withoutId === 0, share(users.seen - users.withoutId, users.seen));
    case "tenantName":
      return tenantName(findings);
    case "globalInstance":
      return known(findings.isGlobalInstance);
    case "messagingEntitlement":
    case "microsoftContent":
    case "linkedFolders":
      return said(findings, name);
  }
};

/** The list with its ticks. */
export const judgePrerequisites = (findings: Findings): readonly PrerequisiteCheck[] =>
  prerequisiteNames.map((name) => {
    const [state, found] = judge(name, findings);
    return { name, state, found };
  });
