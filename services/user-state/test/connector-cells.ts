/** What every input does to a user whom an on-premises connector serves, in words. */
export const connectorCells = {
  "with the connector": {
    "the directory has a new address":
      "stays notActivated (onConnector), publishes notActivated because directoryChanged",
    "somebody toggles it on": "stays notActivated (onConnector)",
    "the administrator disables it": "becomes disabled, publishes disabled because disabled",
    "the directory removes it": "becomes nobody, publishes removed because removed",
    "its mailbox becomes another one":
      "stays notActivated (onConnector), publishes notActivated because identityChanged",
    "it moves to another tenant":
      "stays notActivated (onConnector), publishes notActivated because identityChanged, tells userJoined",
    "it joins a resource group": "stays notActivated (onConnector)",
    "the tenant is activated (again)": "stays notActivated (onConnector)",
    "the tenant is suspended": "stays notActivated (onConnector)",
    "the tenant is deactivated": "stays notActivated (onConnector)",
    "a connector is given to it": "stays notActivated (onConnector)",
  },
  "with a connector that the migration detector chose": {
    "the directory has a new address":
      "stays notActivated (onConnector), publishes notActivated because directoryChanged",
    "somebody toggles it on": "stays notActivated (onConnector)",
    "the administrator disables it": "becomes disabled, publishes disabled because disabled",
    "the directory removes it": "becomes removing, publishes disabled because removed",
    "its mailbox becomes another one":
      "stays notActivated (onConnector), publishes notActivated because identityChanged",
    "it moves to another tenant":
      "stays notActivated (onConnector), publishes notActivated because identityChanged, tells userJoined",
    "it joins a resource group": "stays notActivated (onConnector)",
    "the tenant is activated (again)": "stays notActivated (onConnector)",
    "the tenant is suspended": "stays notActivated (onConnector)",
    "the tenant is deactivated": "stays notActivated (onConnector)",
    "Graph drops its subscription": "stays notActivated (onConnector)",
    "its connector lets it go":
      "becomes notActivated (pending), publishes notActivated because connectorReleased",
    "a subscription was deleted": "stays notActivated (onConnector)",
    "its call failed for now": "stays notActivated (onConnector)",
    "its call was throttled": "stays notActivated (onConnector)",
    "its call found no mailbox": "stays notActivated (onConnector)",
    "its call found no consent": "stays notActivated (onConnector), signals lost consent",
  },
} as const;
