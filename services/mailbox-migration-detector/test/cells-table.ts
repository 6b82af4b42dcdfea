import type { Cells, Kind } from "./cells.ts";
import { connectorCells } from "./connector-cells.ts";
import { organisationCells } from "./organisation-cells.ts";

const userCells: Cells<"user"> = {
  "nobody yet": {
    "the directory repeats itself": "becomes unknown - no connector",
    "the directory has something new that changes nothing": "becomes unknown - no connector",
    "somebody toggles it on": "becomes unknown - no connector",
    "the administrator disables it": "becomes unknown - no connector",
    "its mailbox becomes another one": "becomes unknown - no connector",
    "it joins a resource group":
      "becomes unknown - a cluster asked for; posts clusterWanted; next look in 1380 min",
    "it gets a connector in no group":
      "becomes unknown - a cluster asked for; posts clusterWanted; next look in 562 min",
    "it has no connector any more": "becomes unknown - no connector",
    "the cloud serves it": "becomes cloud - no connector; signals cloud",
    "the cloud finds no mailbox": "becomes onPremises - no connector; signals onPremises",
    "the cloud fails for now": "becomes unknown - no connector",
    "the cloud has no consent": "becomes unknown - no connector",
    "the cloud has let it go": "becomes unknown - no connector",
    "the cloud is to try it": "becomes unknown - no connector",
    "a cluster is chosen": "stays nothing; posts clusterLeft",
  },
  "tried by the cloud": {
    "the directory has something new that changes nothing": "stays unknown - no connector",
    "somebody toggles it on": "stays unknown - no connector; looks",
    "the administrator disables it": "stays unknown - no connector",
    "the directory removes it": "stays unknown - no connector",
    "its mailbox becomes another one": "stays unknown - no connector",
    "it joins a resource group":
      "becomes unknown - a cluster asked for; posts clusterWanted; next look in 1380 min",
    "it gets a connector in no group":
      "becomes unknown - a cluster asked for; posts clusterWanted; next look in 562 min",
    "it has no connector any more": "stays unknown - no connector",
    "the cloud serves it": "becomes cloud - no connector; signals cloud; next look in 982 min",
    "the cloud finds no mailbox":
      "becomes onPremises - a cluster asked for; posts clusterWanted; signals onPremises; next look in 27 min",
    "the cloud fails for now": "stays unknown - no connector",
    "the cloud has no consent": "stays unknown - no connector",
    "the cloud has let it go": "stays unknown - no connector",
    "the cloud has removed it": "stays unknown - no connector",
    "somebody orders a look": "stays unknown - no connector; looks",
    "a cluster is chosen": "stays unknown - no connector; posts clusterLeft",
  },
  disabled: {
    "the directory has something new that changes nothing": "stays unknown - no connector",
    "somebody toggles it on": "stays unknown - no connector; looks",
    "the administrator disables it": "stays unknown - no connector",
    "the directory removes it": "becomes nothing",
    "its mailbox becomes another one": "stays unknown - no connector",
    "it joins a resource group": "stays unknown - no connector",
    "it gets a connector in no group": "stays unknown - no connector",
    "it has no connector any more": "stays unknown - no connector",
    "the cloud serves it": "becomes cloud - no connector; signals cloud",
    "the cloud finds no mailbox": "becomes onPremises - no connector; signals onPremises",
    "the cloud fails for now": "stays unknown - no connector",
    "the cloud has no consent": "stays unknown - no connector",
    "the cloud has let it go": "stays unknown - no connector",
    "the cloud is to try it": "stays unknown - no connector",
    "the cloud has removed it": "stays unknown - no connector",
    "a cluster is chosen": "stays unknown - no connector; posts clusterLeft",
  },
  "served by the cloud": {
    "the directory has something new that changes nothing": "stays cloud - no connector",
    "somebody toggles it on": "stays cloud - no connector; looks",
    "the administrator disables it": "stays cloud - no connector",
    "the directory removes it": "becomes unknown - no connector",
    "its mailbox becomes another one": "becomes unknown - no connector",
    "it joins a resource group":
      "becomes cloud - a cluster asked for; posts clusterWanted; next look in 1380 min",
    "it gets a connector in no group": "stays cloud - no connector; next look in 1380 min",
    "it has no connector any more": "stays cloud - no connector",
    "the cloud finds no mailbox":
      "becomes onPremises - a cluster asked for - moves toOnPremises; posts clusterWanted; signals onPremises; posts move noticed; tells a move toOnPremises, connectorToTakeOver; next look in 27 min",
    "the cloud fails for now": "stays cloud - no connector",
    "the cloud has no consent": "stays cloud - no connector",
    "the cloud has let it go": "stays cloud - no connector",
    "the cloud is to try it": "stays cloud - no connector",
    "the cloud has removed it": "stays cloud - no connector",
    "somebody orders a look": "stays cloud - no connector; looks",
    "a cluster is chosen": "stays cloud - no connector; posts clusterLeft",
    "its timer fires": "stays cloud - no connector; looks",
  },
  "served by the cloud, being looked at": {
    "the directory has something new that changes nothing": "stays cloud - no connector",
    "somebody toggles it on": "stays cloud - no connector",
    "the administrator disables it": "stays cloud - no connector",
    "the directory removes it": "becomes unknown - no connector",
    "its mailbox becomes another one": "becomes unknown - no connector",
    "it joins a resource group": "becomes cloud - a cluster asked for; posts clusterWanted",
    "it gets a connector in no group": "stays cloud - no connector",
    "it has no connector any more": "stays cloud - no connector",
    "the cloud finds no mailbox":
      "becomes onPremises - a cluster asked for - moves toOnPremises; posts clusterWanted; signals onPremises; posts move noticed; tells a move toOnPremises, connectorToTakeOver",
    "the cloud fails for now": "stays cloud - no connector",
    "the cloud has no consent": "stays cloud - no connector",
    "the cloud has let it go": "stays cloud - no connector",
    "the cloud is to try it": "stays cloud - no connector",
    "the cloud has removed it": "stays cloud - no connector",
    "somebody orders a look": "stays cloud - no connector",
    "a cluster is chosen": "stays cloud - no connector; posts clusterLeft",
    "the mailbox answers": "stays cloud - no connector; next look in 1380 min",
    "there is no mailbox": "becomes cloud or onPremises - no connector; next look in 5 min",
    "the look fails": "stays cloud - no connector; next look in 2 min",
  },
  "served by the cloud, its mailbox missing once": {
    "the directory has something new that changes nothing": "stays cloud or onPremises - no connector",
    "somebody toggles it on": "stays cloud or onPremises - no connector; looks",
    "the administrator disables it": "stays cloud or onPremises - no connector",
    "the directory removes it": "becomes unknown - no connector",
    "its mailbox becomes another one": "becomes unknown - no connector",
    "it joins a resource group": "becomes cloud or onPremises - a cluster asked for; posts clusterWanted",
    "it gets a connector in no group": "stays cloud or onPremises - no connector",
    "it has no connector any more": "stays cloud or onPremises - no connector",
    "the cloud finds no mailbox":
      "becomes onPremises - a cluster asked for - moves toOnPremises; posts clusterWanted; signals onPremises; posts move noticed; tells a move toOnPremises, connectorToTakeOver; next look in 27 min",
    "the cloud fails for now": "stays cloud or onPremises - no connector",
    "the cloud has no consent": "stays cloud or onPremises - no connector",
    "the cloud has let it go": "stays cloud or onPremises - no connector",
    "the cloud is to try it": "stays cloud or onPremises - no connector",
    "the cloud has removed it": "stays cloud or onPremises - no connector",
    "somebody orders a look": "stays cloud or onPremises - no connector; looks",
    "a cluster is chosen": "stays cloud or onPremises - no connector; posts clusterLeft",
    "its timer fires": "stays cloud or onPremises - no connector; looks",
  },
  "served by the cloud, its mailbox missing": {
    "the directory has something new that changes nothing":
      "stays onPremises - no connector - moves toOnPremises",
    "somebody toggles it on": "stays onPremises - no connector - moves toOnPremises; looks",
    "the administrator disables it":
      "becomes onPremises - no connector; tells a move toOnPremises, notWanted",
    "the directory removes it": "becomes unknown - no connector; tells a move toOnPremises, notWanted",
    "its mailbox becomes another one":
      "becomes unknown - no connector; tells a move toOnPremises, mailboxUnknown",
    "it joins a resource group":
      "becomes onPremises - a cluster asked for; posts clusterWanted; tells a move toOnPremises, resourceGroup; next look in 1380 min",
    "it gets a connector in no group": "stays onPremises - no connector - moves toOnPremises",
    "it has no connector any more": "stays onPremises - no connector - moves toOnPremises",
    "the cloud serves it":
      "becomes cloud - no connector; signals cloud; posts move noticed; tells a move toCloud, complete; posts move completed; next look in 982 min",
    "the cloud finds no mailbox":
      "becomes onPremises - a cluster asked for - moves toOnPremises; posts clusterWanted",
    "the cloud fails for now":
      "becomes onPremises - a cluster asked for - moves toOnPremises; posts clusterWanted",
    "the cloud has no consent":
      "becomes onPremises - a cluster asked for - moves toOnPremises; posts clusterWanted",
    "the cloud has let it go":
      "becomes onPremises - a cluster asked for - moves toOnPremises; posts clusterWanted",
    "the cloud is to try it":
      "becomes onPremises - a cluster asked for - moves toOnPremises; posts clusterWanted",
    "the cloud has removed it":
      "becomes onPremises - a cluster asked for - moves toOnPremises; posts clusterWanted",
    "somebody orders a look": "stays onPremises - no connector - moves toOnPremises; looks",
    "a cluster is chosen": "stays onPremises - no connector - moves toOnPremises; posts clusterLeft",
    "its timer fires": "stays onPremises - no connector - moves toOnPremises; looks",
  },
  ...connectorCells,
};

/** Every cell of users, and of the organisations that keep the clusters. */
export const table: { readonly [Of in Kind]: Cells<Of> } = {
  user: userCells,
  organisation: organisationCells,
};
