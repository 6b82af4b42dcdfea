import { meetingRules } from "@hybrid/contracts";
import { defineView, viewTable } from "@hybrid/view";

/** Every organisation's own rules for addresses of meetings: table `rules`, a row for each, as JSON. */
export const meetingRulesView = defineView({
  name: "address-rules",
  version: 1,
  tables: [
    viewTable({
      name: "rules",
      topic: meetingRules,
      columns: { version: "integer", document: "text" },
      row: ({ version, document }) => ({ version, document }),
    }),
  ],
});
