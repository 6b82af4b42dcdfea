import type { View } from "@hybrid/view";
import { Gauge, type Registry } from "prom-client";

/** Every standing has its figure, also while no team stands there: an alarm must not miss a 0. */
const standings = ["noticed", "making", "connected", "blocked", "disconnected"] as const;

/**
 * Registers how many teams stand where, and why they wait or are disconnected; counted at each scrape. There
 * is no figure before the whole topic has been read: it would be too small.
 */
export const registerTeamFigures = (registry: Registry, view: Pick<View, "all" | "notReady">): void => {
  const teamsBy = new Gauge({
    name: "hybrid_group_teams",
    help: "Webex teams by where they stand with their Microsoft 365 group.",
    labelNames: ["standing"] as const,
    registers: [registry],
    collect: () => {
      teamsBy.reset();
      if (view.notReady() !== null) return;
      const rows = view.all("SELECT standing, count(*) AS teams FROM teams GROUP BY standing");
      for (const standing of standings) teamsBy.set({ standing }, 0);
      for (const { standing, teams } of rows) teamsBy.set({ standing: String(standing) }, Number(teams));
    },
  });
  const troubled = new Gauge({
    name: "hybrid_group_teams_troubled",
    help: "Webex teams that wait or are disconnected, by the reason.",
    labelNames: ["standing", "reason"] as const,
    registers: [registry],
    collect: () => {
      troubled.reset();
      if (view.notReady() !== null) return;
      const rows = view.all(
        "SELECT standing, reason, count(*) AS teams FROM teams WHERE reason IS NOT NULL " +
          "GROUP BY standing, reason",
      );
      for (const { standing, reason, teams } of rows)
        troubled.set({ standing: String(standing), reason: String(reason) }, Number(teams));
    },
  });
};
