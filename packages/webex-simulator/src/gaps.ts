import { WebexFault } from "./answers.ts";

/** The header that every answer about a gap of the simulator has. */
export const notSimulatedHeader = "x-simulator-not-implemented";

const words = (text: string): ReadonlySet<string> => new Set(text.toLowerCase().split(/\s+/));

/** What stands behind `/v1/` at Webex. */
const resources = words(
  `admin adminAuditEvents analytics attachment authorizations broadworks callControls classifications
  contacts contents convergedRecordings dataSources devicePlatform deviceConfigurations devices
  events groups guests hybrid identity licenses limited locations meetingInvitees
  meetingParticipants meetingPreferences meetingQualities meetingReports meetings meetingTranscripts
  memberships messages numbers organizationContacts organizations people queues recordingReport
  recordings reports resourceGroup resourceGroups role roles room rooms scim settings session team
  teams telephony webhooks workspaceLocations workspaceMetrics workspaces xapi`,
);

/**
 * Why no route answers: 501 for what Webex has and the simulator has not, so that nobody takes a gap for a
 * person who is missing; 404 for an address that Webex does not know either.
 */
export const gapOf = (method: string, url: string): WebexFault => {
  const [path = ""] = url.split("?");
  const [version = "", resource = ""] = path.replace(/^\/+/, "").toLowerCase().split("/");
  const isKnown = version === "v1" ? resources.has(resource) : version === "identity" && resource === "scim";
  return isKnown
    ? new WebexFault(501, `Webex has ${method} ${path}; this simulator has not.`, ["SimulatorNotImplemented"])
    : new WebexFault(404, "The requested resource could not be found.", ["There is no such API."]);
};
