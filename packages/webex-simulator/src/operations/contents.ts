import { z } from "zod";
import { WebexFault } from "../answers.ts";
import type { Parts } from "../parts.ts";
import { uuidOfId } from "../webex-id.ts";
import { messageOf } from "./access.ts";
import { type Operation, operation } from "./operation.ts";

const readers = ["spark:messages_read", "spark-compliance:messages_read", "spark:all"];

/** The files of messages, behind their scan. */
export const contentOperations = (parts: Parts): Operation[] => [
  operation({
    method: "GET",
    path: "/v1/contents/:contentId",
    scopes: readers,
    query: { allow: z.enum(["unscannable", "dlpEvaluating", "dlpUnchecked"]).optional() },
    handle: ({ caller, params, query }) => {
      const [messageUuid = "", index = ""] = uuidOfId("CONTENT", params["contentId"] ?? "").split("/");
      const file = messageOf(parts, caller, messageUuid).files[Number(index)];
      if (!file || file.state === "expired")
        throw new WebexFault(404, "The requested content could not be found.");
      if (file.state === "scanning")
        throw new WebexFault(423, "The file is being scanned for malware.").withHeaders({
          "retry-after": String(parts.scanRetryAfterSeconds),
        });
      if (file.state === "infected") throw new WebexFault(410, "The file is infected.");
      if (file.state === "unscannable" && query.allow !== "unscannable")
        throw new WebexFault(428, "The file cannot be scanned; allow=unscannable downloads it all the same.");
      return {
        bytes: file.bytes,
        headers: {
          "cache-control": "no-cache",
          "content-type": file.contentType,
          "content-disposition": `attachment; filename="${encodeURIComponent(file.name)}"`,
        },
      };
    },
  }),
];
