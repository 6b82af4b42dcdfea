import { parseWebexId } from "@hybrid/webex";

/** An id as Webex takes it from anybody, whatever cluster the thing lies in. */
export const webexIdOf = (kind: "ROOM" | "TEAM" | "PEOPLE", uuid: string): string =>
  Buffer.from(`ciscospark://us/${kind}/${uuid}`).toString("base64url");

/** The UUID in an id; undefined for none. */
export const uuidOf = (id: string | null | undefined): string | undefined =>
  id === null || id === undefined ? undefined : parseWebexId(id)?.uuid;
