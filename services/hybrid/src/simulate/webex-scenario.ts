import { type WebexSimulator, webexIdText } from "@hybrid/webex-simulator";
import type { z } from "zod";
import type { Scenario } from "./scenario.ts";
import type { webexFaultsShape } from "./shapes.ts";

/** Makes Webex as odd as wanted; what is left out stays unchanged. */
export const setWebexFaults = (webex: WebexSimulator, faults: z.infer<typeof webexFaultsShape>): void => {
  const { feedFaults, deliveryFaults, meetingFaults, scan, spaces } = webex;
  feedFaults.lateByMs = faults.eventsLateByMs ?? feedFaults.lateByMs;
  feedFaults.emptyPages = faults.emptyPages ?? feedFaults.emptyPages;
  feedFaults.nextSaysMaxNull = faults.nextSaysMaxNull ?? feedFaults.nextSaysMaxNull;
  deliveryFaults.copies = faults.deliveryCopies ?? deliveryFaults.copies;
  spaces.welcomesNewRooms = faults.welcomesNewRooms ?? spaces.welcomesNewRooms;
  scan.startsAs = faults.filesStartAs ?? scan.startsAs;
  meetingFaults.hiddenForMs = faults.meetingsHiddenForMs ?? meetingFaults.hiddenForMs;
};

/** Everybody and everything of Webex that a scenario has. */
export const populateWebex = (webex: WebexSimulator, scenario: Scenario["webex"]): void => {
  for (const person of scenario.people) webex.addPerson(person);
  for (const grant of scenario.grants) webex.addGrant(grant);
  for (const app of scenario.serviceApps ?? []) webex.addServiceApp(app);
  for (const { devices, ...workspace } of scenario.workspaces ?? []) {
    const { uuid, orgId } = webex.addWorkspace(workspace);
    for (const device of devices)
      webex.addDevice({ ...device, orgId, workspaceId: webexIdText("PLACE", uuid) });
  }
  setWebexFaults(webex, scenario.faults ?? {});
};
