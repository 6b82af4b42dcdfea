import { presence } from "@hybrid/contracts";
import { defineView, viewTable } from "@hybrid/view";

/** The latest word on every user. */
export const presences = defineView({
  name: "presences",
  version: 1,
  tables: [
    viewTable({
      name: "presences",
      topic: presence,
      columns: {
        status: "text",
        episode: "integer",
        since: "integer",
        until: "integer",
        source: "text",
        expires_at: "integer",
        at_webex: "integer",
        webex_reason: "text",
        at: "integer",
      },
      indexes: [["status"]],
      row: ({ status, episode, since, until, source, expiresAt, atWebex, webexReason, at }) => ({
        status,
        episode,
        since,
        until,
        source,
        expires_at: expiresAt,
        at_webex: atWebex ? 1 : 0,
        webex_reason: webexReason,
        at,
      }),
    }),
  ],
});
