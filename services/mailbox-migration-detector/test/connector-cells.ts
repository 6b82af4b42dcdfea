/** What every input does to a user with a connector, a released one and one without consent, in words. */
export const connectorCells = {
  "on premises, without a cluster yet": {
    "the directory has something new that changes nothing":
      "stays onPremises - a cluster asked for - moves toOnPremises",
    "somebody toggles it on": "stays onPremises - a cluster asked for - moves toOnPremises; looks",
    "the administrator disables it":
      "becomes onPremises - no connector; tells a move toOnPremises, notWanted",
    "the directory removes it": "becomes unknown - no connector; tells a move toOnPremises, notWanted",
    "its mailbox becomes another one":
      "becomes unknown - no connector; tells a move toOnPremises, mailboxUnknown",
    "it joins a resource group":
      "becomes onPremises - a cluster asked for; tells a move toOnPremises, resourceGroup; next look in 1380 min",
    "it gets a connector in no group":
      "stays onPremises - a cluster asked for - moves toOnPremises; next look in 38 min",
    "it has no connector any more": "stays onPremises - a cluster asked for - moves toOnPremises",
    "the cloud serves it":
      "becomes cloud - no connector; signals cloud; posts move noticed; tells a move toCloud, complete; posts move completed; next look in 982 min",
    "the cloud fails for now": "stays onPremises - a cluster asked for - moves toOnPremises",
    "the cloud has no consent": "stays onPremises - a cluster asked for - moves toOnPremises",
    "the cloud has let it go": "stays onPremises - a cluster asked for - moves toOnPremises",
    "the cloud is to try it": "stays onPremises - a cluster asked for - moves toOnPremises",
    "the cloud has removed it": "stays onPremises - a cluster asked for - moves toOnPremises",
    "somebody orders a look": "stays onPremises - a cluster asked for - moves toOnPremises; looks",
    "a cluster is chosen":
      "becomes onPremises - reserved by south (exchange) - moves toOnPremises; tells reserved south because mailboxOnPremises",
    "no cluster has room":
      "becomes onPremises - unassigned (noRoom) - moves toOnPremises; tells unassigned because noRoom; tells a move toOnPremises, noRoom",
    "its timer fires": "stays onPremises - a cluster asked for - moves toOnPremises; looks",
  },
  "on premises, its cluster reserved": {
    "the directory has something new that changes nothing":
      "stays onPremises - reserved by north (exchange) - moves toOnPremises",
    "somebody toggles it on": "stays onPremises - reserved by north (exchange) - moves toOnPremises; looks",
    "the administrator disables it":
      "becomes onPremises - no connector; tells released north because notWanted; posts clusterLeft; tells a move toOnPremises, notWanted",
    "the directory removes it":
      "becomes nothing; tells released north because notWanted; posts clusterLeft; tells a move toOnPremises, notWanted",
    "its mailbox becomes another one":
      "becomes unknown - no connector; tells released north because mailboxUnknown; posts clusterLeft; tells a move toOnPremises, mailboxUnknown",
    "it joins a resource group":
      "becomes onPremises - reserved by north (exchange); posts clusterWanted; tells a move toOnPremises, resourceGroup; next look in 1380 min",
    "it gets a connector in no group":
      "stays onPremises - reserved by north (exchange) - moves toOnPremises; next look in 38 min",
    "it has no connector any more": "stays onPremises - reserved by north (exchange) - moves toOnPremises",
    "the cloud serves it": "stays onPremises - reserved by north (exchange) - moves toOnPremises",
    "the cloud fails for now": "stays onPremises - reserved by north (exchange) - moves toOnPremises",
    "the cloud has no consent": "stays onPremises - reserved by north (exchange) - moves toOnPremises",
    "the cloud has let it go":
      "becomes onPremises - serving by north (exchange); tells serving north because mailboxOnPremises; tells a move toOnPremises, complete; posts move completed",
    "the cloud is to try it": "stays onPremises - reserved by north (exchange) - moves toOnPremises",
    "the cloud has removed it": "stays onPremises - reserved by north (exchange) - moves toOnPremises",
    "somebody orders a look": "stays onPremises - reserved by north (exchange) - moves toOnPremises; looks",
    "a cluster is chosen":
      "becomes onPremises - reserved by south (exchange) - moves toOnPremises; posts clusterLeft; tells reserved south because mailboxOnPremises",
    "no cluster has room":
      "becomes onPremises - unassigned (noRoom) - moves toOnPremises; posts clusterLeft; tells unassigned because noRoom; tells a move toOnPremises, noRoom",
    "its timer fires":
      "stays onPremises - reserved by north (exchange) - moves toOnPremises; posts clusterWanted; tells reserved north because mailboxOnPremises; looks",
  },
  "on premises, refused for want of room": {
    "the directory has something new that changes nothing":
      "stays onPremises - unassigned (noRoom) - moves toOnPremises",
    "somebody toggles it on": "stays onPremises - unassigned (noRoom) - moves toOnPremises; looks",
    "the administrator disables it":
      "becomes onPremises - no connector; tells released because notWanted; tells a move toOnPremises, notWanted",
    "the directory removes it":
      "becomes unknown - no connector; tells released because notWanted; tells a move toOnPremises, notWanted",
    "its mailbox becomes another one":
      "becomes unknown - no connector; tells released because mailboxUnknown; tells a move toOnPremises, mailboxUnknown",
    "it joins a resource group":
      "becomes onPremises - unassigned (noRoom); tells a move toOnPremises, resourceGroup; next look in 1380 min",
    "it gets a connector in no group":
      "stays onPremises - unassigned (noRoom) - moves toOnPremises; next look in 38 min",
    "it has no connector any more": "stays onPremises - unassigned (noRoom) - moves toOnPremises",
    "the cloud serves it":
      "becomes cloud - no connector; tells released because mailboxInCloud; signals cloud; posts move noticed; tells a move toCloud, complete; posts move completed; next look in 982 min",
    "the cloud fails for now": "stays onPremises - unassigned (noRoom) - moves toOnPremises",
    "the cloud has no consent": "stays onPremises - unassigned (noRoom) - moves toOnPremises",
    "the cloud has let it go": "stays onPremises - unassigned (noRoom) - moves toOnPremises",
    "the cloud is to try it": "stays onPremises - unassigned (noRoom) - moves toOnPremises",
    "the cloud has removed it": "stays onPremises - unassigned (noRoom) - moves toOnPremises",
    "somebody orders a look": "stays onPremises - unassigned (noRoom) - moves toOnPremises; looks",
    "a cluster is chosen":
      "becomes onPremises - reserved by south (exchange) - moves toOnPremises; tells reserved south because mailboxOnPremises; tells a move toOnPremises, connectorToTakeOver",
    "its timer fires":
      "stays onPremises - unassigned (noRoom) - moves toOnPremises; posts clusterWanted; looks",
  },
  "served by its connector": {
    "the directory has something new that changes nothing": "stays onPremises - serving by north (exchange)",
    "somebody toggles it on": "stays onPremises - serving by north (exchange); looks",
    "the administrator disables it":
      "becomes onPremises - no connector; tells released north because notWanted; posts clusterLeft",
    "the directory removes it": "becomes nothing; tells released north because notWanted; posts clusterLeft",
    "its mailbox becomes another one":
      "becomes unknown - no connector; tells released north because mailboxUnknown; posts clusterLeft",
    "it joins a resource group":
      "stays onPremises - serving by north (exchange); posts clusterWanted; next look in 1380 min",
    "it gets a connector in no group": "stays onPremises - serving by north (exchange); next look in 38 min",
    "it has no connector any more": "stays onPremises - serving by north (exchange)",
    "the cloud serves it": "stays onPremises - serving by north (exchange)",
    "the cloud finds no mailbox": "stays onPremises - serving by north (exchange)",
    "the cloud fails for now": "stays onPremises - serving by north (exchange)",
    "the cloud has no consent": "stays onPremises - serving by north (exchange)",
    "the cloud is to try it": "stays onPremises - serving by north (exchange)",
    "the cloud has removed it": "stays onPremises - serving by north (exchange)",
    "somebody orders a look": "stays onPremises - serving by north (exchange); looks",
    "a cluster is chosen":
      "becomes onPremises - serving by south (exchange); posts clusterLeft; tells serving south because mailboxOnPremises",
    "no cluster has room":
      "becomes onPremises - unassigned (noRoom); posts clusterLeft; tells unassigned because noRoom",
    "its timer fires": "stays onPremises - serving by north (exchange); posts clusterWanted; looks",
  },
  "served by its connector, being looked at": {
    "the directory has something new that changes nothing": "stays onPremises - serving by north (exchange)",
    "somebody toggles it on": "stays onPremises - serving by north (exchange)",
    "the administrator disables it":
      "becomes onPremises - no connector; tells released north because notWanted; posts clusterLeft",
    "the directory removes it": "becomes nothing; tells released north because notWanted; posts clusterLeft",
    "its mailbox becomes another one":
      "becomes unknown - no connector; tells released north because mailboxUnknown; posts clusterLeft",
    "it joins a resource group": "stays onPremises - serving by north (exchange); posts clusterWanted",
    "it gets a connector in no group": "stays onPremises - serving by north (exchange)",
    "it has no connector any more": "stays onPremises - serving by north (exchange)",
    "the cloud serves it": "stays onPremises - serving by north (exchange)",
    "the cloud finds no mailbox": "stays onPremises - serving by north (exchange)",
    "the cloud fails for now": "stays onPremises - serving by north (exchange)",
    "the cloud has no consent": "stays onPremises - serving by north (exchange)",
    "the cloud is to try it": "stays onPremises - serving by north (exchange)",
    "the cloud has removed it": "stays onPremises - serving by north (exchange)",
    "somebody orders a look": "stays onPremises - serving by north (exchange)",
    "a cluster is chosen":
      "becomes onPremises - serving by south (exchange); posts clusterLeft; tells serving south because mailboxOnPremises",
    "no cluster has room":
      "becomes onPremises - unassigned (noRoom); posts clusterLeft; tells unassigned because noRoom",
    "the mailbox answers": "becomes onPremises or cloud - serving by north (exchange); next look in 5 min",
    "there is no mailbox": "stays onPremises - serving by north (exchange); next look in 38 min",
    "the look fails": "stays onPremises - serving by north (exchange); next look in 2 min",
    "its timer fires": "stays onPremises - serving by north (exchange); posts clusterWanted",
  },
  "served by its connector, its mailbox seen in the cloud once": {
    "the directory has something new that changes nothing":
      "stays onPremises or cloud - serving by north (exchange)",
    "somebody toggles it on": "stays onPremises or cloud - serving by north (exchange); looks",
    "the administrator disables it":
      "becomes onPremises or cloud - no connector; tells released north because notWanted; posts clusterLeft",
    "the directory removes it": "becomes nothing; tells released north because notWanted; posts clusterLeft",
    "its mailbox becomes another one":
      "becomes unknown - no connector; tells released north because mailboxUnknown; posts clusterLeft",
    "it joins a resource group":
      "stays onPremises or cloud - serving by north (exchange); posts clusterWanted",
    "it gets a connector in no group": "stays onPremises or cloud - serving by north (exchange)",
    "it has no connector any more": "stays onPremises or cloud - serving by north (exchange)",
    "the cloud serves it": "stays onPremises or cloud - serving by north (exchange)",
    "the cloud finds no mailbox": "stays onPremises or cloud - serving by north (exchange)",
    "the cloud fails for now": "stays onPremises or cloud - serving by north (exchange)",
    "the cloud has no consent": "stays onPremises or cloud - serving by north (exchange)",
    "the cloud is to try it": "stays onPremises or cloud - serving by north (exchange)",
    "the cloud has removed it": "stays onPremises or cloud - serving by north (exchange)",
    "somebody orders a look": "stays onPremises or cloud - serving by north (exchange); looks",
    "a cluster is chosen":
      "becomes onPremises or cloud - serving by south (exchange); posts clusterLeft; tells serving south because mailboxOnPremises",
    "no cluster has room":
      "becomes onPremises or cloud - unassigned (noRoom); posts clusterLeft; tells unassigned because noRoom",
    "its timer fires": "stays onPremises or cloud - serving by north (exchange); posts clusterWanted; looks",
  },
  "released to the cloud": {
    "the directory has something new that changes nothing": "stays cloud - no connector - moves toCloud",
    "somebody toggles it on": "stays cloud - no connector - moves toCloud; looks",
    "the administrator disables it": "becomes cloud - no connector; tells a move toCloud, notWanted",
    "the directory removes it": "becomes nothing; tells a move toCloud, notWanted",
    "its mailbox becomes another one": "becomes unknown - no connector; tells a move toCloud, mailboxUnknown",
    "it joins a resource group":
      "becomes cloud - a cluster asked for; posts clusterWanted; tells a move toCloud, resourceGroup",
    "it gets a connector in no group": "stays cloud - no connector - moves toCloud",
    "it has no connector any more": "stays cloud - no connector - moves toCloud",
    "the cloud serves it":
      "becomes cloud - no connector; tells a move toCloud, complete; posts move completed",
    "the cloud finds no mailbox":
      "becomes onPremises - a cluster asked for - moves toOnPremises; posts clusterWanted; signals onPremises; posts move noticed; tells a move toOnPremises, connectorToTakeOver; next look in 27 min",
    "the cloud fails for now": "stays cloud - no connector - moves toCloud",
    "the cloud has no consent": "stays cloud - no connector - moves toCloud",
    "the cloud has let it go": "stays cloud - no connector - moves toCloud",
    "the cloud is to try it": "stays cloud - no connector - moves toCloud",
    "the cloud has removed it": "stays cloud - no connector - moves toCloud",
    "somebody orders a look": "stays cloud - no connector - moves toCloud; looks",
    "a cluster is chosen": "stays cloud - no connector - moves toCloud; posts clusterLeft",
    "its timer fires": "stays cloud - no connector - moves toCloud; looks",
  },
  "in a resource group, its cluster reserved": {
    "the directory has something new that changes nothing": "stays unknown - reserved by lab (office365)",
    "somebody toggles it on": "stays unknown - reserved by lab (office365); looks",
    "the administrator disables it":
      "becomes unknown - no connector; tells released lab because notWanted; posts clusterLeft",
    "the directory removes it": "becomes nothing; tells released lab because notWanted; posts clusterLeft",
    "its mailbox becomes another one": "stays unknown - reserved by lab (office365)",
    "it joins a resource group": "stays unknown - reserved by lab (office365)",
    "it gets a connector in no group": "stays unknown - reserved by lab (office365); next look in 562 min",
    "it has no connector any more":
      "becomes unknown - no connector; tells released lab because mailboxUnknown; posts clusterLeft",
    "the cloud serves it": "stays unknown - reserved by lab (office365)",
    "the cloud finds no mailbox": "stays unknown - reserved by lab (office365)",
    "the cloud fails for now": "stays unknown - reserved by lab (office365)",
    "the cloud has no consent": "stays unknown - reserved by lab (office365)",
    "the cloud has let it go":
      "becomes unknown - serving by lab (office365); tells serving lab because resourceGroup",
    "the cloud is to try it": "stays unknown - reserved by lab (office365)",
    "the cloud has removed it": "stays unknown - reserved by lab (office365)",
    "somebody orders a look": "stays unknown - reserved by lab (office365); looks",
    "a cluster is chosen":
      "becomes unknown - reserved by south (exchange); posts clusterLeft; tells reserved south because resourceGroup",
    "no cluster has room":
      "becomes unknown - unassigned (noRoom); posts clusterLeft; tells unassigned because noRoom",
    "its timer fires":
      "stays unknown - reserved by lab (office365); posts clusterWanted; tells reserved lab because resourceGroup; looks",
  },
  "in a resource group, served": {
    "the directory has something new that changes nothing": "stays unknown - serving by lab (office365)",
    "somebody toggles it on": "stays unknown - serving by lab (office365); looks",
    "the administrator disables it":
      "becomes unknown - no connector; tells released lab because notWanted; posts clusterLeft",
    "the directory removes it": "becomes nothing; tells released lab because notWanted; posts clusterLeft",
    "its mailbox becomes another one": "stays unknown - serving by lab (office365)",
    "it joins a resource group": "stays unknown - serving by lab (office365)",
    "it gets a connector in no group": "stays unknown - serving by lab (office365); next look in 562 min",
    "it has no connector any more":
      "becomes unknown - no connector; tells released lab because mailboxUnknown; posts clusterLeft",
    "the cloud serves it": "stays unknown - serving by lab (office365)",
    "the cloud finds no mailbox": "stays unknown - serving by lab (office365)",
    "the cloud fails for now": "stays unknown - serving by lab (office365)",
    "the cloud has no consent": "stays unknown - serving by lab (office365)",
    "the cloud is to try it": "stays unknown - serving by lab (office365)",
    "the cloud has removed it": "stays unknown - serving by lab (office365)",
    "somebody orders a look": "stays unknown - serving by lab (office365); looks",
    "a cluster is chosen":
      "becomes unknown - serving by south (exchange); posts clusterLeft; tells serving south because resourceGroup",
    "no cluster has room":
      "becomes unknown - unassigned (noRoom); posts clusterLeft; tells unassigned because noRoom",
    "its timer fires": "stays unknown - serving by lab (office365); posts clusterWanted; looks",
  },
  "with a connector in no group, awaiting takeover": {
    "the directory has something new that changes nothing": "stays unknown - serving by north (exchange)",
    "somebody toggles it on": "stays unknown - serving by north (exchange); looks",
    "the administrator disables it":
      "becomes unknown - no connector; tells released north because notWanted; posts clusterLeft",
    "the directory removes it": "becomes nothing; tells released north because notWanted; posts clusterLeft",
    "its mailbox becomes another one": "stays unknown - serving by north (exchange)",
    "it joins a resource group":
      "stays unknown - serving by north (exchange); posts clusterWanted; next look in 1380 min",
    "it gets a connector in no group": "stays unknown - serving by north (exchange)",
    "it has no connector any more":
      "becomes unknown - no connector; tells released north because mailboxUnknown; posts clusterLeft",
    "the cloud serves it": "stays unknown - serving by north (exchange)",
    "the cloud finds no mailbox": "stays unknown - serving by north (exchange)",
    "the cloud fails for now": "stays unknown - serving by north (exchange)",
    "the cloud has no consent": "stays unknown - serving by north (exchange)",
    "the cloud is to try it": "stays unknown - serving by north (exchange)",
    "the cloud has removed it": "stays unknown - serving by north (exchange)",
    "somebody orders a look": "stays unknown - serving by north (exchange); looks",
    "a cluster is chosen":
      "becomes unknown - serving by south (exchange); posts clusterLeft; tells serving south because awaitingTakeover",
    "no cluster has room":
      "becomes unknown - unassigned (noRoom); posts clusterLeft; tells unassigned because noRoom",
    "its timer fires": "stays unknown - serving by north (exchange); posts clusterWanted; looks",
  },
  "without consent": {
    "the directory has something new that changes nothing": "stays cloud - no connector",
    "somebody toggles it on": "stays cloud - no connector",
    "the administrator disables it": "stays cloud - no connector",
    "the directory removes it": "becomes unknown - no connector",
    "its mailbox becomes another one": "becomes unknown - no connector",
    "it joins a resource group": "becomes cloud - a cluster asked for; posts clusterWanted",
    "it gets a connector in no group": "stays cloud - no connector",
    "it has no connector any more": "stays cloud - no connector",
    "the cloud serves it": "stays cloud - no connector; next look in 1380 min",
    "the cloud finds no mailbox":
      "becomes onPremises - a cluster asked for - moves toOnPremises; posts clusterWanted; signals onPremises; posts move noticed; tells a move toOnPremises, connectorToTakeOver; next look in 27 min",
    "the cloud fails for now": "stays cloud - no connector; next look in 1380 min",
    "the cloud has let it go": "stays cloud - no connector; next look in 1380 min",
    "the cloud is to try it": "stays cloud - no connector; next look in 1380 min",
    "the cloud has removed it": "stays cloud - no connector; next look in 1380 min",
    "somebody orders a look": "stays cloud - no connector",
    "a cluster is chosen": "stays cloud - no connector; posts clusterLeft",
  },
} as const;
