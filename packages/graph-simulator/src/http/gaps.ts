import { badRequest, GraphFault, notSimulated } from "./graph-fault.ts";

const words = (text: string): ReadonlySet<string> => new Set(text.toLowerCase().split(/\s+/));

/** Entity sets and singletons of Graph v1.0. */
const roots = words(
  `$batch $metadata admin admins agreementAcceptances agreements appCatalogs applications
  applicationTemplates auditLogs authenticationMethodConfigurations authenticationMethodsPolicy
  certificateBasedAuthConfiguration chats communications compliance connections contacts contracts
  copilot dataPolicyOperations deviceAppManagement deviceManagement devices directory
  directoryObjects directoryRoles directoryRoleTemplates domainDnsRecords domains drive drives
  education employeeExperience external filterOperators functions groupLifecyclePolicies groups
  groupSettings groupSettingTemplates identity identityGovernance identityProtection
  identityProviders informationProtection invitations me oauth2PermissionGrants organization
  permissionGrants places planner policies print privacy reports roleManagement schemaExtensions
  scopedRoleMemberships search security servicePrincipals shares sites solutions storage
  subscribedSkus subscriptions teams teamsTemplates teamwork tenantRelationships users`,
);

/** What an address may go on with below one user. */
const belowUser = words(
  `$count $ref $value activities agreementAcceptances appRoleAssignments assignLicense authentication
  calendar calendarGroups calendars calendarView changePassword chats checkMemberGroups
  checkMemberObjects cloudClipboard contactFolders contacts createdObjects dataSecurityAndGovernance
  delta deviceManagementTroubleshootingEvents directReports drive drives employeeExperience events
  exportDeviceAndAppManagementData exportPersonalData extensions findMeetingTimes followedSites
  getByIds getMailTips getManagedAppDiagnosticStatuses getManagedAppPolicies
  getManagedDevicesWithAppFailures getMemberGroups getMemberObjects inferenceClassification insights
  invalidateAllRefreshTokens joinedTeams licenseDetails mailboxSettings mailFolders
  managedAppRegistrations managedDevices manager memberOf messages oauth2PermissionGrants onenote
  onlineMeetings onPremisesSyncBehavior outlook ownedDevices ownedObjects people permissionGrants
  photo photos planner presence registeredDevices reminderView removeAllDevicesFromManagement
  reprocessLicenseAssignment restore retryServiceProvisioning revokeSignInSessions
  scopedRoleMemberOf sendMail serviceProvisioningErrors settings solutions sponsors teamwork todo
  transitiveMemberOf transitiveReports translateExchangeIds validatePassword validateProperties
  wipeManagedAppRegistrationsByDeviceTag`,
);

/** Below the calendar of a user, one event, and one subscription. */
const belowCalendar = words(
  `allowedCalendarSharingRoles calendarPermissions calendarView events getSchedule
  multiValueExtendedProperties permanentDelete singleValueExtendedProperties`,
);
const belowEvent = words(
  `$value accept attachments calendar cancel decline dismissReminder exceptionOccurrences extensions
  forward instances multiValueExtendedProperties permanentDelete singleValueExtendedProperties
  snoozeReminder tentativelyAccept`,
);
const belowSettings = words(
  `archiveFolder automaticRepliesSetting dateFormat delegateMeetingMessageDeliveryOptions language
  timeFormat timeZone userPurpose userPurposeV2 workingHours`,
);
const belowSubscription = words("reauthorize");
const belowDomain = words(
  `domainNameReferences federationConfiguration forceDelete promote rootDomain
  serviceConfigurationRecords verificationDnsRecords verify`,
);
const belowOrganization = words(
  `branding certificateBasedAuthConfiguration checkMemberGroups checkMemberObjects extensions
  getMemberGroups getMemberObjects restore setMobileDeviceManagementAuthority`,
);

const below: readonly (readonly [RegExp, ReadonlySet<string>])[] = [
  [/^users\/[^/]+\/([^/]+)/, belowUser],
  [/^users\/[^/]+\/calendar\/([^/]+)/, belowCalendar],
  [/^users\/[^/]+\/mailboxsettings\/([^/]+)/, belowSettings],
  [/^users\/[^/]+\/(?:calendar\/)?events\/[^/]+\/([^/]+)/, belowEvent],
  [/^subscriptions\/[^/]+\/([^/]+)/, belowSubscription],
  [/^domains\/[^/]+\/([^/]+)/, belowDomain],
  [/^organization\/[^/]+\/([^/]+)/, belowOrganization],
];

const strayOf = (path: string): string | undefined => {
  const [root = ""] = path.split("/");
  if (!roots.has(root)) return root;
  return below
    .map(([shape, known]) => {
      const segment = shape.exec(path)?.[1];
      return segment === undefined || known.has(segment) || segment === "$count" ? undefined : segment;
    })
    .find((segment) => segment !== undefined);
};

/**
 * Why no operation answers to a request: 501 for what Graph v1.0 or its beta version has, 400 for a segment
 * that Graph does not know at that place either, 405 for a method that nothing at Graph takes there.
 */
export const gapOf = (method: string, url: string): GraphFault => {
  const path = (url.split("?")[0] ?? "").replace(/^\/+|\/+$|\([^)]*\)/g, "").toLowerCase();
  const [version = "", ...rest] = path.split("/");
  const what = `${method} /${path}`;
  if (version === "beta") return notSimulated(`${what} in the version beta`);
  if (version !== "v1.0") return badRequest(`Invalid version: '${version}'.`);
  if (rest[0] === "me") return badRequest("/me request is only valid with delegated authentication flow.");
  const stray = strayOf(rest.join("/"));
  if (stray !== undefined) return badRequest(`Resource not found for the segment '${stray}'.`);
  if (method === "PUT" && !rest.includes("$value") && !rest.includes("manager"))
    return new GraphFault(
      405,
      "Request_BadRequest",
      "Specified HTTP method is not allowed for the request target.",
    );
  return notSimulated(what);
};
