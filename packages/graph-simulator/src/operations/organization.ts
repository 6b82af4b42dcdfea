import { readSelect } from "../calendar/event-additions.ts";
import { utcDateTime } from "../calendar/time-zones.ts";
import { createDice } from "../dice.ts";
import type { TenantSpec, Tenants } from "../entra/tenants.ts";
import { GraphFault } from "../http/graph-fault.ts";
import type { Answer, Call, Operation } from "./operation.ts";
import { pick } from "./properties.ts";

const organizationReaders = ["Organization.Read.All", "Organization.ReadWrite.All", "Directory.Read.All"];
const domainReaders = ["Domain.Read.All", "Domain.ReadWrite.All", "Directory.Read.All"];

const services = ["Email", "OfficeCommunicationsOnline"];

/** A tenant always has its initial domain; without one of its own it is made from the tenant's id. */
const domainsOf = (spec: TenantSpec): readonly string[] =>
  spec.domains?.length ? spec.domains : [`t${spec.tenantId.slice(0, 8)}.onmicrosoft.com`];

const plansOf = (spec: TenantSpec): readonly string[] => spec.services ?? ["exchange", "SharePoint"];

const organizationOf = (spec: TenantSpec): Readonly<Record<string, unknown>> => ({
  id: spec.tenantId,
  deletedDateTime: null,
  businessPhones: [],
  city: null,
  country: null,
  countryLetterCode: spec.countryLetterCode ?? "US",
  createdDateTime: utcDateTime(Date.UTC(2025, 0, 1)),
  defaultUsageLocation: null,
  displayName: spec.displayName,
  marketingNotificationEmails: [],
  mobileDeviceManagementAuthority: "unknown",
  onPremisesLastSyncDateTime: null,
  onPremisesSyncEnabled: null,
  partnerTenantType: null,
  postalCode: null,
  preferredLanguage: "en",
  privacyProfile: null,
  securityComplianceNotificationMails: [],
  securityComplianceNotificationPhones: [],
  state: null,
  street: null,
  technicalNotificationMails: [],
  tenantType: "AAD",
  assignedPlans: plansOf(spec).map((service) => ({
    assignedDateTime: utcDateTime(Date.UTC(2025, 0, 1)),
    capabilityStatus: "Enabled",
    service,
    servicePlanId: createDice(1).guid(`${service} plan`),
  })),
  provisionedPlans: plansOf(spec).map((service) => ({
    capabilityStatus: "Enabled",
    provisioningStatus: "Success",
    service,
  })),
  verifiedDomains: domainsOf(spec).map((name, at) => ({
    capabilities: services.join(", "),
    isDefault: at === 0,
    isInitial: at === domainsOf(spec).length - 1,
    name,
    type: "Managed",
  })),
});

const domainRecords = (spec: TenantSpec): Readonly<Record<string, unknown>>[] =>
  domainsOf(spec).map((id, at, all) => ({
    id,
    authenticationType: "Managed",
    availabilityStatus: null,
    isAdminManaged: true,
    isDefault: at === 0,
    isInitial: at === all.length - 1,
    isRoot: true,
    isVerified: true,
    passwordNotificationWindowInDays: null,
    passwordValidityPeriodInDays: null,
    state: null,
    supportedServices: services,
  }));

const shown = (call: Call, record: Readonly<Record<string, unknown>>, typeName: string): object => {
  const names = readSelect(call.query.$select);
  return names ? pick(record, names, { typeName }) : record;
};

const listOf = (
  call: Call,
  what: string,
  typeName: string,
  records: readonly Readonly<Record<string, unknown>>[],
): Answer => ({
  status: 200,
  body: {
    "@odata.context": `${call.graphUrl}/$metadata#${what}`,
    value: records.map((record) => shown(call, record, typeName)),
  },
});

const oneOf = (
  call: Call,
  what: string,
  typeName: string,
  record: Readonly<Record<string, unknown>> | undefined,
): Answer => {
  const id = call.params["id"] ?? "";
  if (!record) throw new GraphFault(404, "Request_ResourceNotFound", `Resource '${id}' does not exist.`);
  return {
    status: 200,
    body: {
      "@odata.context": `${call.graphUrl}/$metadata#${what}/$entity`,
      ...shown(call, record, typeName),
    },
  };
};

/** The tenant itself and its domains. */
export const organizationOperations = (tenants: Tenants): Operation[] => {
  const common = { family: "tenant", method: "GET", query: ["$select"] } as const;
  const own = (call: Call): TenantSpec => tenants.spec(call.caller.tenantId);
  const organization = { ...common, roles: organizationReaders };
  const domains = { ...common, roles: domainReaders };
  const [organizationType, domainType] = ["microsoft.graph.organization", "microsoft.graph.domain"];
  const sameId = (call: Call) => (record: Readonly<Record<string, unknown>>) =>
    String(record["id"]).toLowerCase() === (call.params["id"] ?? "").toLowerCase();
  return [
    {
      ...organization,
      path: "/organization",
      handle: (call: Call) => listOf(call, "organization", organizationType, [organizationOf(own(call))]),
    },
    {
      ...organization,
      path: "/organization/:id",
      handle: (call: Call) =>
        oneOf(call, "organization", organizationType, [organizationOf(own(call))].find(sameId(call))),
    },
    {
      ...domains,
      path: "/domains",
      handle: (call: Call) => listOf(call, "domains", domainType, domainRecords(own(call))),
    },
    {
      ...domains,
      path: "/domains/:id",
      handle: (call: Call) => oneOf(call, "domains", domainType, domainRecords(own(call)).find(sameId(call))),
    },
  ];
};
