import type { InputName, StateName } from "./cells.ts";
import { connectorCells } from "./connector-cells.ts";
import { consentCells } from "./consent-cells.ts";

/**
 * What every input does in every state, in words; an input that a row leaves out is ignored in that state.
 */
export const table: Readonly<Record<StateName, Readonly<Partial<Record<InputName, string>>>>> = {
  "nobody yet": {
    "the directory repeats itself":
      "becomes notActivated (pending), publishes notActivated because added, tells userJoined",
    "the directory has a new address":
      "becomes notActivated (pending), publishes notActivated because added, tells userJoined",
    "somebody toggles it on":
      "becomes notActivated (pending), publishes notActivated because added, tells userJoined",
    "the administrator disables it": "becomes disabled, publishes disabled because added, tells userJoined",
    "its mailbox becomes another one":
      "becomes notActivated (pending), publishes notActivated because added, tells userJoined",
    "it moves to another tenant":
      "becomes notActivated (pending), publishes notActivated because added, tells userJoined",
    "it joins a resource group":
      "becomes notActivated (onConnector), publishes notActivated because added, tells userJoined",
    "the tenant's status arrives": "becomes tenant suspended, walk listing, listActors",
  },
  "waiting for the tenant's decision": {
    "the directory has a new address":
      "stays notActivated (pending), publishes notActivated because directoryChanged",
    "somebody toggles it on": "stays notActivated (pending)",
    "the administrator disables it": "becomes disabled, publishes disabled because disabled",
    "the directory removes it": "becomes nobody, publishes removed because removed",
    "its mailbox becomes another one":
      "stays notActivated (pending), publishes notActivated because identityChanged",
    "it moves to another tenant":
      "stays notActivated (pending), publishes notActivated because identityChanged, tells userJoined",
    "it joins a resource group":
      "becomes notActivated (onConnector), publishes notActivated because directoryChanged",
    "the tenant is activated (again)":
      "stays notActivated (pending), publishes notActivated because tenantActivated, createSubscription",
    "the tenant is suspended": "becomes error (consentRevoked), publishes error because tenantSuspended",
    "the tenant is deactivated":
      "becomes notActivated (tenantDeactivated), publishes notActivated because tenantDeactivated",
    "a connector is given to it":
      "becomes notActivated (onConnector), publishes notActivated because connectorAssigned",
  },
  "waiting for its first try": {
    "the directory has a new address":
      "stays notActivated (pending), publishes notActivated because directoryChanged",
    "somebody toggles it on":
      "stays notActivated (pending), publishes notActivated because toggled, createSubscription",
    "the administrator disables it": "becomes disabled, publishes disabled because disabled",
    "the directory removes it": "becomes nobody, publishes removed because removed",
    "its mailbox becomes another one":
      "stays notActivated (pending), publishes notActivated because identityChanged, createSubscription",
    "it moves to another tenant":
      "stays notActivated (pending), publishes notActivated because identityChanged, tells userJoined",
    "it joins a resource group":
      "becomes notActivated (onConnector), publishes notActivated because directoryChanged",
    "the tenant is activated (again)":
      "stays notActivated (pending), publishes notActivated because tenantActivated, createSubscription",
    "the tenant is suspended": "becomes error (consentRevoked), publishes error because tenantSuspended",
    "the tenant is deactivated":
      "becomes notActivated (tenantDeactivated), publishes notActivated because tenantDeactivated",
    "a connector is given to it":
      "becomes notActivated (onConnector), publishes notActivated because connectorAssigned",
  },
  "being tried": {
    "the directory has a new address":
      "stays notActivated (pending), publishes notActivated because directoryChanged",
    "somebody toggles it on": "stays notActivated (pending)",
    "the administrator disables it": "becomes disabled, publishes disabled because disabled",
    "the directory removes it": "becomes removing, publishes disabled because removed",
    "its mailbox becomes another one":
      "stays notActivated (pending), publishes notActivated because identityChanged",
    "it moves to another tenant":
      "stays notActivated (pending), publishes notActivated because identityChanged, tells userJoined",
    "it joins a resource group":
      "becomes notActivated (onConnector), publishes notActivated because directoryChanged",
    "the tenant is activated (again)": "stays notActivated (pending)",
    "the tenant is suspended": "becomes error (consentRevoked), publishes error because tenantSuspended",
    "the tenant is deactivated":
      "becomes notActivated (tenantDeactivated), publishes notActivated because tenantDeactivated",
    "a subscription was created":
      "becomes active, publishes active because activated, asks for resync because activated",
    "its call failed for now": "becomes error (unavailable), publishes error because unavailable",
    "its call was throttled": "becomes notActivated (throttled), publishes notActivated because throttled",
    "its call found no mailbox": "stays notActivated (pending)",
    "its call found no consent":
      "becomes error (consentRevoked), publishes error because consentRevoked, signals lost consent",
    "a connector is given to it":
      "becomes notActivated (onConnector), publishes notActivated because connectorAssigned",
  },
  "in doubt, its mailbox missing once": {
    "the directory has a new address":
      "stays notActivated (pending), publishes notActivated because directoryChanged",
    "somebody toggles it on": "stays notActivated (pending), createSubscription",
    "the administrator disables it": "becomes disabled, publishes disabled because disabled",
    "the directory removes it": "becomes nobody, publishes removed because removed",
    "its mailbox becomes another one":
      "stays notActivated (pending), publishes notActivated because identityChanged, createSubscription",
    "it moves to another tenant":
      "stays notActivated (pending), publishes notActivated because identityChanged, tells userJoined",
    "it joins a resource group":
      "becomes notActivated (onConnector), publishes notActivated because directoryChanged",
    "the tenant is activated (again)": "stays notActivated (pending), createSubscription",
    "the tenant is suspended": "becomes error (consentRevoked), publishes error because tenantSuspended",
    "the tenant is deactivated":
      "becomes notActivated (tenantDeactivated), publishes notActivated because tenantDeactivated",
    "a connector is given to it":
      "becomes notActivated (onConnector), publishes notActivated because connectorAssigned",
  },
  "being probed": {
    "the directory has a new address":
      "stays notActivated (pending), publishes notActivated because directoryChanged",
    "somebody toggles it on": "stays notActivated (pending), publishes notActivated because toggled",
    "the administrator disables it": "becomes disabled, publishes disabled because disabled",
    "the directory removes it": "becomes removing, publishes disabled because removed",
    "its mailbox becomes another one":
      "stays notActivated (pending), publishes notActivated because identityChanged",
    "it moves to another tenant":
      "stays notActivated (pending), publishes notActivated because identityChanged, tells userJoined",
    "it joins a resource group":
      "becomes notActivated (onConnector), publishes notActivated because directoryChanged",
    "the tenant is activated (again)":
      "stays notActivated (pending), publishes notActivated because tenantActivated",
    "the tenant is suspended": "becomes error (consentRevoked), publishes error because tenantSuspended",
    "the tenant is deactivated":
      "becomes notActivated (tenantDeactivated), publishes notActivated because tenantDeactivated",
    "the mailbox answered": "stays notActivated (pending), createSubscription",
    "its call failed for now": "becomes error (unavailable), publishes error because unavailable",
    "its call was throttled": "stays notActivated (pending)",
    "its call found no mailbox": "becomes error (mailboxMissing), publishes error because mailboxMissing",
    "its call found no consent":
      "becomes error (consentRevoked), publishes error because consentRevoked, signals lost consent",
    "a connector is given to it":
      "becomes notActivated (onConnector), publishes notActivated because connectorAssigned",
  },
  ...connectorCells,
  ...consentCells,
  "in Error, to be tried again": {
    "the directory has a new address": "stays error (unavailable), publishes error because directoryChanged",
    "somebody toggles it on":
      "stays error (unavailable), publishes error because toggled, createSubscription",
    "the administrator disables it": "becomes disabled, publishes disabled because disabled",
    "the directory removes it": "becomes nobody, publishes removed because removed",
    "its mailbox becomes another one":
      "becomes notActivated (pending), publishes notActivated because identityChanged, createSubscription",
    "it moves to another tenant":
      "becomes notActivated (pending), publishes notActivated because identityChanged, tells userJoined",
    "it joins a resource group":
      "becomes notActivated (onConnector), publishes notActivated because directoryChanged",
    "the tenant is activated (again)":
      "stays error (unavailable), publishes error because tenantActivated, createSubscription",
    "the tenant is suspended": "becomes error (consentRevoked), publishes error because tenantSuspended",
    "the tenant is deactivated":
      "becomes notActivated (tenantDeactivated), publishes notActivated because tenantDeactivated",
    "a connector is given to it":
      "becomes notActivated (onConnector), publishes notActivated because connectorAssigned",
  },
  "waiting for what Retry-After said": {
    "the directory has a new address":
      "stays notActivated (throttled), publishes notActivated because directoryChanged",
    "somebody toggles it on": "becomes notActivated (pending), publishes notActivated because toggled",
    "the administrator disables it": "becomes disabled, publishes disabled because disabled",
    "the directory removes it": "becomes nobody, publishes removed because removed",
    "its mailbox becomes another one":
      "becomes notActivated (pending), publishes notActivated because identityChanged",
    "it moves to another tenant":
      "becomes notActivated (pending), publishes notActivated because identityChanged, tells userJoined",
    "it joins a resource group":
      "becomes notActivated (onConnector), publishes notActivated because directoryChanged",
    "the tenant is activated (again)":
      "becomes notActivated (pending), publishes notActivated because tenantActivated",
    "the tenant is suspended": "becomes error (consentRevoked), publishes error because tenantSuspended",
    "the tenant is deactivated":
      "becomes notActivated (tenantDeactivated), publishes notActivated because tenantDeactivated",
    "a connector is given to it":
      "becomes notActivated (onConnector), publishes notActivated because connectorAssigned",
  },
  "in Error, its mailbox missing": {
    "the directory has a new address":
      "stays error (mailboxMissing), publishes error because directoryChanged",
    "somebody toggles it on":
      "stays error (mailboxMissing), publishes error because toggled, createSubscription",
    "the administrator disables it": "becomes disabled, publishes disabled because disabled",
    "the directory removes it": "becomes nobody, publishes removed because removed",
    "its mailbox becomes another one":
      "becomes notActivated (pending), publishes notActivated because identityChanged, createSubscription",
    "it moves to another tenant":
      "becomes notActivated (pending), publishes notActivated because identityChanged, tells userJoined",
    "it joins a resource group":
      "becomes notActivated (onConnector), publishes notActivated because directoryChanged",
    "the tenant is activated (again)":
      "stays error (mailboxMissing), publishes error because tenantActivated, createSubscription",
    "the tenant is suspended": "becomes error (consentRevoked), publishes error because tenantSuspended",
    "the tenant is deactivated":
      "becomes notActivated (tenantDeactivated), publishes notActivated because tenantDeactivated",
    "its mailbox is found in the cloud":
      "stays error (mailboxMissing), publishes error because mailboxLocated, createSubscription",
    "a connector is given to it":
      "becomes notActivated (onConnector), publishes notActivated because connectorAssigned",
  },
  "in Error, its tenant suspended": {
    "the directory has a new address":
      "stays error (consentRevoked), publishes error because directoryChanged",
    "somebody toggles it on": "stays error (consentRevoked)",
    "the administrator disables it": "becomes disabled, publishes disabled because disabled",
    "the directory removes it": "becomes nobody, publishes removed because removed",
    "its mailbox becomes another one":
      "stays error (consentRevoked), publishes error because identityChanged",
    "it moves to another tenant":
      "becomes notActivated (pending), publishes notActivated because identityChanged, tells userJoined",
    "it joins a resource group":
      "becomes notActivated (onConnector), publishes notActivated because directoryChanged",
    "the tenant is activated (again)":
      "becomes notActivated (pending), publishes notActivated because tenantActivated, deleteSubscription",
    "the tenant is suspended": "stays error (consentRevoked)",
    "the tenant is deactivated":
      "becomes notActivated (tenantDeactivated), publishes notActivated because tenantDeactivated, deleteSubscription",
    "Graph drops its subscription": "stays error (consentRevoked)",
    "a connector is given to it":
      "becomes notActivated (onConnector), publishes notActivated because connectorAssigned",
  },
  active: {
    "the directory has a new address": "stays active, publishes active because directoryChanged",
    "somebody toggles it on": "stays active",
    "the administrator disables it":
      "becomes disabled, publishes disabled because disabled, deleteSubscription",
    "the directory removes it": "becomes removing, publishes disabled because removed, deleteSubscription",
    "its mailbox becomes another one":
      "becomes notActivated (pending), publishes notActivated because identityChanged, deleteSubscription",
    "it moves to another tenant":
      "becomes notActivated (pending), publishes notActivated because identityChanged, tells userJoined, deleteSubscription",
    "it joins a resource group":
      "becomes notActivated (onConnector), publishes notActivated because directoryChanged, deleteSubscription",
    "the tenant is activated (again)": "stays active",
    "the tenant is suspended": "becomes error (consentRevoked), publishes error because tenantSuspended",
    "the tenant is deactivated":
      "becomes notActivated (tenantDeactivated), publishes notActivated because tenantDeactivated, deleteSubscription",
    "Graph wants it reauthorised": "stays active, renewSubscription",
    "Graph drops its subscription":
      "becomes recovering, publishes active because subscriptionRemoved, createSubscription",
    "Graph missed notifications": "stays active, asks for resync because missed",
    "its mailbox is found on premises": "stays active, probeMailbox",
    "a connector is given to it":
      "becomes notActivated (onConnector), publishes notActivated because connectorAssigned, deleteSubscription",
  },
  "active and being renewed": {
    "the directory has a new address": "stays active, publishes active because directoryChanged",
    "somebody toggles it on": "stays active",
    "the administrator disables it": "becomes disabled, publishes disabled because disabled",
    "the directory removes it": "becomes removing, publishes disabled because removed",
    "its mailbox becomes another one":
      "becomes notActivated (pending), publishes notActivated because identityChanged",
    "it moves to another tenant":
      "becomes notActivated (pending), publishes notActivated because identityChanged, tells userJoined",
    "it joins a resource group":
      "becomes notActivated (onConnector), publishes notActivated because directoryChanged",
    "the tenant is activated (again)": "stays active",
    "the tenant is suspended": "becomes error (consentRevoked), publishes error because tenantSuspended",
    "the tenant is deactivated":
      "becomes notActivated (tenantDeactivated), publishes notActivated because tenantDeactivated",
    "Graph drops its subscription": "becomes recovering, publishes active because subscriptionRemoved",
    "Graph missed notifications": "stays active, asks for resync because missed",
    "its mailbox is found on premises": "stays active",
    "a subscription was renewed": "stays active, publishes active because renewed",
    "its call failed for now": "stays active",
    "its call was throttled": "stays active",
    "its call found no mailbox": "stays active",
    "its call found no consent":
      "becomes error (consentRevoked), publishes error because consentRevoked, signals lost consent",
    "a connector is given to it":
      "becomes notActivated (onConnector), publishes notActivated because connectorAssigned",
  },
  "active and in doubt": {
    "the directory has a new address": "stays active, publishes active because directoryChanged",
    "somebody toggles it on": "stays active",
    "the administrator disables it":
      "becomes disabled, publishes disabled because disabled, deleteSubscription",
    "the directory removes it": "becomes removing, publishes disabled because removed, deleteSubscription",
    "its mailbox becomes another one":
      "becomes notActivated (pending), publishes notActivated because identityChanged, deleteSubscription",
    "it moves to another tenant":
      "becomes notActivated (pending), publishes notActivated because identityChanged, tells userJoined, deleteSubscription",
    "it joins a resource group":
      "becomes notActivated (onConnector), publishes notActivated because directoryChanged, deleteSubscription",
    "the tenant is activated (again)": "stays active",
    "the tenant is suspended": "becomes error (consentRevoked), publishes error because tenantSuspended",
    "the tenant is deactivated":
      "becomes notActivated (tenantDeactivated), publishes notActivated because tenantDeactivated, deleteSubscription",
    "Graph drops its subscription": "becomes recovering, publishes active because subscriptionRemoved",
    "Graph missed notifications": "stays active, asks for resync because missed",
    "a connector is given to it":
      "becomes notActivated (onConnector), publishes notActivated because connectorAssigned, deleteSubscription",
  },
  "recovering from a dropped subscription": {
    "the directory has a new address": "stays recovering, publishes active because directoryChanged",
    "somebody toggles it on": "stays recovering",
    "the administrator disables it": "becomes disabled, publishes disabled because disabled",
    "the directory removes it": "becomes removing, publishes disabled because removed",
    "its mailbox becomes another one":
      "becomes notActivated (pending), publishes notActivated because identityChanged",
    "it moves to another tenant":
      "becomes notActivated (pending), publishes notActivated because identityChanged, tells userJoined",
    "it joins a resource group":
      "becomes notActivated (onConnector), publishes notActivated because directoryChanged",
    "the tenant is activated (again)": "stays recovering",
    "the tenant is suspended": "becomes error (consentRevoked), publishes error because tenantSuspended",
    "the tenant is deactivated":
      "becomes notActivated (tenantDeactivated), publishes notActivated because tenantDeactivated",
    "a subscription was created":
      "becomes active, publishes active because subscriptionRecreated, asks for resync because subscriptionRecreated",
    "its call failed for now": "stays recovering",
    "its call was throttled": "stays recovering",
    "its call found no mailbox": "stays recovering",
    "its call found no consent":
      "becomes error (consentRevoked), publishes error because consentRevoked, signals lost consent",
    "a connector is given to it":
      "becomes notActivated (onConnector), publishes notActivated because connectorAssigned",
  },
  "disabled, its subscription being deleted": {
    "the directory has a new address": "stays disabled, publishes disabled because directoryChanged",
    "somebody toggles it on": "becomes notActivated (pending), publishes notActivated because enabled",
    "the administrator disables it": "stays disabled",
    "the directory removes it": "becomes removing",
    "its mailbox becomes another one":
      "becomes notActivated (pending), publishes notActivated because enabled",
    "it moves to another tenant":
      "becomes notActivated (pending), publishes notActivated because enabled, tells userJoined",
    "it joins a resource group": "becomes notActivated (onConnector), publishes notActivated because enabled",
    "the tenant is activated (again)": "stays disabled",
    "the tenant is suspended": "stays disabled",
    "the tenant is deactivated": "stays disabled",
    "Graph drops its subscription": "stays disabled",
    "a subscription was deleted": "stays disabled",
    "its call failed for now": "stays disabled",
    "its call was throttled": "stays disabled",
    "its call found no mailbox": "stays disabled",
    "its call found no consent": "stays disabled, signals lost consent",
    "a connector is given to it": "stays disabled",
  },
  "disabled, nothing left": {
    "the directory has a new address": "stays disabled, publishes disabled because directoryChanged",
    "somebody toggles it on":
      "becomes notActivated (pending), publishes notActivated because enabled, createSubscription",
    "the administrator disables it": "stays disabled",
    "the directory removes it": "becomes nobody, publishes removed because removed",
    "its mailbox becomes another one":
      "becomes notActivated (pending), publishes notActivated because enabled, createSubscription",
    "it moves to another tenant":
      "becomes notActivated (pending), publishes notActivated because enabled, tells userJoined",
    "it joins a resource group": "becomes notActivated (onConnector), publishes notActivated because enabled",
    "the tenant is activated (again)": "stays disabled",
    "the tenant is suspended": "stays disabled",
    "the tenant is deactivated": "stays disabled",
    "a connector is given to it": "stays disabled",
  },
  "being removed": {
    "the directory has a new address": "becomes disabled, publishes disabled because added",
    "somebody toggles it on": "becomes notActivated (pending), publishes notActivated because added",
    "the administrator disables it": "becomes disabled",
    "its mailbox becomes another one": "becomes notActivated (pending), publishes notActivated because added",
    "it moves to another tenant":
      "becomes notActivated (pending), publishes notActivated because added, tells userJoined",
    "it joins a resource group": "becomes notActivated (onConnector), publishes notActivated because added",
    "the tenant is activated (again)": "stays removing",
    "the tenant is suspended": "stays removing",
    "the tenant is deactivated": "stays removing",
    "Graph drops its subscription": "stays removing",
    "a subscription was deleted": "becomes nobody, publishes removed because removed",
    "its call failed for now": "stays removing",
    "its call was throttled": "stays removing",
    "its call found no mailbox": "becomes nobody, publishes removed because removed",
    "its call found no consent": "becomes nobody, publishes removed because removed, signals lost consent",
    "a connector is given to it": "stays removing",
  },
  "a tenant actor that lists its users": {
    "the tenant's status arrives": "becomes tenant suspended, walk listing, listActors",
    "a user joins": "stays tenant active, walk listing, tells tenantDecided",
    "a page of users was listed":
      "becomes tenant active, walk done, tells tenantDecided, tells tenantDecided",
    "listing users failed": "becomes tenant active, walk pausing",
  },
  "a tenant actor that pauses": {
    "the tenant's status arrives": "becomes tenant suspended, walk listing, listActors",
    "a user joins": "stays tenant active, walk pausing, tells tenantDecided",
  },
};
