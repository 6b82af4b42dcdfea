import { createHash } from "node:crypto";

/**
 * A Webex id as the API shows it: unpadded base64 of `ciscospark://us/<KIND>/<uuid>`
 * (developer.webex.com, "Webex IDs"; the cluster is always `us` here).
 */
export const webexIdText = (
  kind: "PEOPLE" | "ORGANIZATION" | "ROLE" | "LICENSE" | "APPLICATION",
  uuid: string,
): string => Buffer.from(`ciscospark://us/${kind}/${uuid}`, "utf8").toString("base64").replaceAll("=", "");

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
