import type { MailboxSpec, MailboxState } from "../calendar/mailbox-spec.ts";
import { utcDateTime } from "../calendar/time-zones.ts";

/** What Graph returns of a user without `$select`. */
export const userDefaultNames: readonly string[] = [
  "businessPhones",
  "displayName",
  "givenName",
  "jobTitle",
  "mail",
  "mobilePhone",
  "officeLocation",
  "preferredLanguage",
  "surname",
  "userPrincipalName",
  "id",
];

const collections = `assignedPlans authorizationInfo identities imAddresses interests licenseAssignmentStates
  onPremisesProvisioningErrors otherMails pastProjects provisionedPlans responsibilities schools
  serviceProvisioningErrors skills`.split(/\s+/);

const unset =
  `aboutMe ageGroup birthday consentProvidedForMinor creationType deletedDateTime deviceEnrollmentLimit
  employeeHireDate employeeLeaveDateTime employeeOrgData employeeType externalUserState
  externalUserStateChangeDateTime faxNumber hireDate identityParentId isManagementRestricted
  isResourceAccount lastPasswordChangeDateTime legalAgeGroupClassification mySite
  onPremisesDistinguishedName onPremisesDomainName onPremisesExtensionAttributes
  onPremisesImmutableId onPremisesLastSyncDateTime onPremisesSamAccountName
  onPremisesSecurityIdentifier onPremisesUserPrincipalName passwordPolicies passwordProfile
  postalCode preferredDataLocation preferredName securityIdentifier showInAddressList
  signInSessionsValidFromDateTime state streetAddress`.split(/\s+/);

/** Properties of a user that Graph has and the simulator has not. */
export const userGaps: readonly string[] = [
  "customSecurityAttributes",
  "mailboxSettings",
  "print",
  "signInActivity",
];

const licence = { skuId: "05e9a617-0261-4cee-bb44-138d3ef5d965", disabledPlans: [] };

/** A user as the directory shows it, every property that the simulator has. */
export const userProperties = ({
  spec,
  state,
}: {
  readonly spec: MailboxSpec;
  readonly state: MailboxState;
}): Readonly<Record<string, unknown>> => {
  const { profile = {} } = spec;
  const { aliases = [], accountEnabled = true, userType = "Member", businessPhones = [], ...texts } = profile;
  const written = ["city", "companyName", "country", "department", "employeeId", "givenName", "jobTitle"];
  const names = [...written, "mobilePhone", "officeLocation", "surname", "usageLocation"];
  return {
    ...Object.fromEntries(collections.map((name) => [name, []])),
    ...Object.fromEntries([...unset, ...names].map((name) => [name, null])),
    ...texts,
    id: spec.userId,
    displayName: spec.displayName,
    mail: spec.mail,
    userPrincipalName: spec.userPrincipalName,
    mailNickname: spec.mail.split("@")[0] ?? "",
    preferredLanguage: spec.locale ?? null,
    proxyAddresses: [`SMTP:${spec.mail}`, ...aliases.map((alias) => `smtp:${alias}`)],
    assignedLicenses: state === "unlicensed" ? [] : [licence],
    onPremisesSyncEnabled: state === "onPremises" ? true : null,
    createdDateTime: utcDateTime(Date.UTC(2025, 0, 1)),
    accountEnabled,
    userType,
    businessPhones,
  };
};
