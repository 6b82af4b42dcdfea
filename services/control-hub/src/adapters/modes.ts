import type { OrganisationMode } from "@hybrid/contracts";
import { type OrgId, orgIdOf } from "@hybrid/kernel";
import type { View } from "@hybrid/view";
import type { FastifyBaseLogger } from "fastify";
import type { Orders } from "./orders.ts";
import { numberOf, type Row, textOf } from "./rows.ts";

/** The views that tell of modes. */
export interface ModeViews {
  readonly organisations: View;
  readonly histories: View;
}

const orderedIn = (row: Row): OrganisationMode => ({
  mode: numberOf(row, "observes") === 1 ? "observe" : "live",
  since: numberOf(row, "at"),
});

const kept = (organisations: View, org: string): OrganisationMode | null => {
  const [row] = organisations.all("SELECT mode, since FROM organisation_modes WHERE key = ?", `${org}/o`);
  if (!row) return null;
  return { mode: textOf(row, "mode") === "observe" ? "observe" : "live", since: numberOf(row, "since") };
};

/** The order that decorator was given last; null when it is forgotten. */
const ordered = (histories: View, org: string): OrganisationMode | null => {
  const [row] = histories.all(
    "SELECT observes, at FROM modes WHERE key > ? || '/o ' AND key < ? || '/o!' " +
      "ORDER BY at DESC, key DESC LIMIT 1",
    org,
    org,
  );
  return row ? orderedIn(row) : null;
};

/**
 * The mode of an organisation: what was written down for good, or an order of an older release that came
 * later. Null: nobody has ever said it, or only in a release that forgot.
 */
export const modeOf = ({ organisations, histories }: ModeViews, org: string): OrganisationMode | null => {
  const [forGood, lately] = [kept(organisations, org), ordered(histories, org)];
  if (forGood === null || lately === null) return forGood ?? lately;
  return lately.since > forGood.since ? lately : forGood;
};

const organisationsOrdered = (histories: View): readonly OrgId[] => {
  const rows = histories.all("SELECT DISTINCT substr(key, 1, instr(key, '/') - 1) AS org FROM modes");
  return rows.map((row) => orgIdOf(textOf(row, "org")));
};

/**
 * Writes down for good what stands in the control topic alone, because an older release has ordered it; that
 * topic forgets after a week. Several processes may do it at once: they write the same.
 */
export const keepModes = async (
  views: ModeViews,
  orders: Orders,
  logger: Pick<FastifyBaseLogger, "info" | "warn">,
): Promise<void> => {
  try {
    await Promise.all([views.organisations.caughtUp(), views.histories.caughtUp()]);
    for (const org of organisationsOrdered(views.histories)) {
      const mode = modeOf(views, org);
      if (mode === null || mode.since === kept(views.organisations, org)?.since) continue;
      await orders.keepMode(org, mode);
      logger.info({ org, ...mode }, "the mode of an organisation is kept from now on");
    }
  } catch (error) {
    // It stands in the control topic for days, and the next start tries again.
    logger.warn({ err: error }, "the modes of organisations could not be kept yet");
  }
};
