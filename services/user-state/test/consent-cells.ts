/** The cells of a user who has to consent, as in `cells-table.ts`. */
export const consentCells = {
  "in Error, without the user's consent": {
    "the directory has a new address":
      "stays error (userConsentMissing), publishes error because directoryChanged",
    "somebody toggles it on":
      "stays error (userConsentMissing), publishes error because toggled, createSubscription",
    "the administrator disables it": "becomes disabled, publishes disabled because disabled",
    "the directory removes it": "becomes nobody, publishes removed because removed",
    "its mailbox becomes another one":
      "becomes notActivated (pending), publishes notActivated because identityChanged, createSubscription",
    "it moves to another tenant":
      "becomes notActivated (pending), publishes notActivated because identityChanged, tells userJoined",
    "it joins a resource group":
      "becomes notActivated (onConnector), publishes notActivated because directoryChanged",
    "the tenant is activated (again)":
      "stays error (userConsentMissing), publishes error because tenantActivated, createSubscription",
    "the tenant is suspended": "becomes error (consentRevoked), publishes error because tenantSuspended",
    "the tenant is deactivated":
      "becomes notActivated (tenantDeactivated), publishes notActivated because tenantDeactivated",
    "a connector is given to it":
      "becomes notActivated (onConnector), publishes notActivated because connectorAssigned",
    "the user connects the calendar":
      "stays error (userConsentMissing), publishes error because consentGiven",
  },
} as const;
