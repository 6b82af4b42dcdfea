import { createHash } from "node:crypto";
import { parseWebexId } from "@hybrid/webex";

/**
 * What an id of Webex stands for: its UUID, whatever cluster it was written with; else a digest of its text.
 */
export const stableId = (id: string): string =>
  parseWebexId(id)?.uuid ?? createHash("sha256").update(id).digest("hex").slice(0, 32);

/** The id of a space by its UUID, for requests. */
export const spaceId = (uuid: string): string =>
  Buffer.from(`ciscospark://us/ROOM/${uuid}`).toString("base64url");
