import { groupStatus } from "@hybrid/contracts";
import { defineView, viewTable } from "@hybrid/view";

/** Where every team of every organisation stands. */
export const teamStandings = defineView({
  name: "team-standings",
  version: 1,
  tables: [
    viewTable({
      name: "teams",
      topic: groupStatus,
      columns: { standing: "text", reason: "text" },
      indexes: [["standing", "reason"]],
      row: ({ standing, reason }) => ({ standing, reason }),
    }),
  ],
});
