import { createHash } from "node:crypto";

/** The kinds of ids that the simulator gives out. */
export type WebexIdKind =
  | "PEOPLE"
  | "MEETING_MESSAGE"
  | "ORGANIZATION"
  | "ROLE"
  | "LICENSE"
  | "APPLICATION"
  | "ROOM"
  | "TEAM"
  | "MEMBERSHIP"
  | "TEAM_MEMBERSHIP"
  | "MESSAGE"
  | "CONTENT"
  | "EVENT"
  | "WEBHOOK"
  | "LINKED_FOLDER"
  | "PLACE"
  | "DEVICE";

/**
 * A Webex id as the API shows it: unpadded base64 of `ciscospark://<cluster>/<KIND>/<uuid>`
 * (developer.webex.com, "Webex IDs"). The cluster is `us`, except for a space that has migrated.
 */
export const webexIdText = (kind: WebexIdKind, uuid: string, cluster = "us"): string =>
  Buffer.from(`ciscospark://${cluster}/${kind}/${uuid}`, "utf8").toString("base64").replaceAll("=", "");

/**
 * The part of an id behind its kind, lower-case; padded ids and those of another cluster are taken as well.
 * A text that is no id of that kind gives an empty string, which nothing has.
 */
export const uuidOfId = (kind: WebexIdKind, id: string): string =>
  new RegExp(`^ciscospark://[^/]+/${kind}/(?<uuid>\\S+)\\s*$`)
    .exec(Buffer.from(id, "base64").toString("utf8"))
    ?.groups?.["uuid"]?.toLowerCase() ?? "";

/** A UUID that depends on `text` alone, so that every run with the same people has the same ids. */
export const uuidFor = (text: string): string => {
  const hex = createHash("sha256").update(text).digest("hex");
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join("-");
};
