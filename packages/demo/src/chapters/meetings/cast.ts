import type { SimulatedDevice } from "@hybrid/webex-simulator";
import { guidOf } from "../../organisation.ts";
import type { Scenery } from "../chapter.ts";
import type { Look, Outage, PlannedMeeting, PlannedRoom, Version } from "./model.ts";

/** A meeting of the play, with where it lies in the organiser's calendar. */
export interface PlayedMeeting extends PlannedMeeting {
  readonly eventId: string;
  readonly versions: Version[];
}

/** A room with its mailbox and its device. */
export interface PlayedRoom extends PlannedRoom {
  readonly mail: string;
  readonly device: SimulatedDevice;
  readonly meetings: PlayedMeeting[];
  readonly outages: Outage[];
  readonly looks: Look[];
}

/** Everybody and everything of the chapter. */
export interface MeetingsCast {
  readonly tenantId: string;
  /** Who invites the rooms. */
  readonly organiser: string;
  readonly rooms: readonly PlayedRoom[];
  /** A device that shows another program's bookings. */
  readonly foreign: SimulatedDevice;
}

const permissions = ["Calendars.ReadWrite", "User.Read.All"];
const domain = "rooms.example";

const addMailbox = ({ stage }: Scenery, tenantId: string, name: string, isRoom: boolean): string => {
  const mail = `${name.toLowerCase().replaceAll(" ", "")}@${domain}`;
  stage.graph.addMailbox({
    tenantId,
    userId: guidOf(`rooms ${name}`),
    userPrincipalName: mail,
    mail,
    displayName: name,
    automateProcessing: isRoom ? "autoAccept" : "none",
  });
  return mail;
};

const addDevice = ({ stage }: Scenery, name: string, emailAddress: string): SimulatedDevice => {
  const { webexOrgId: orgId, webex } = stage;
  const { uuid } = webex.addWorkspace({
    orgId,
    displayName: name,
    calendar: { type: "microsoft", emailAddress },
  });
  const workspaceId = Buffer.from(`ciscospark://us/PLACE/${uuid}`).toString("base64url");
  return webex.addDevice({ orgId, workspaceId, displayName: `Board of ${name}` });
};

/** A tenant with rooms, each with a device at Webex, and one device that has a calendar already. */
export const prepareMeetings = (scenery: Scenery): MeetingsCast => {
  const { graph, clientId } = scenery.stage;
  const tenantId = guidOf("tenant rooms");
  graph.addTenant({ tenantId, displayName: "Acme Rooms", domains: [domain] });
  graph.grantConsent(tenantId, clientId, permissions);
  addMailbox(scenery, tenantId, "Olga", false);
  const rooms = ["Oslo", "Lima", "Kyoto"].map((name): PlayedRoom => {
    const mail = addMailbox(scenery, tenantId, name, true);
    const device = addDevice(scenery, name, mail);
    return { name, mail, device, meetings: [], outages: [], looks: [] };
  });
  const foreign = addDevice(scenery, "Quito", addMailbox(scenery, tenantId, "Quito", true));
  const startsAt = new Date(scenery.startedAt).toISOString();
  foreign.bookings = [{ Id: "calendar-1", Title: "Theirs", Time: { StartTime: startsAt, Duration: 480 } }];
  return { tenantId, organiser: guidOf("rooms Olga"), rooms, foreign };
};
