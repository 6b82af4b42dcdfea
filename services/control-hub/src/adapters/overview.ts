import { createHash } from "node:crypto";
import type { OrganisationSettings, PeopleSync } from "@hybrid/contracts";
import type { HybridCards, Need, Overview, Settings, UserStateName } from "@hybrid/control-hub-page/api";
import { JoinWanted } from "@hybrid/control-hub-page/api";
import { hours } from "@hybrid/kernel";
import type { View } from "@hybrid/view";
import { cardsOf, type Known } from "../domain/cards.ts";
import { connectorsOf } from "./archive.ts";
import { groupsState } from "./groups.ts";
import { jsonOf, numberOf, type Row, textOf } from "./rows.ts";
import { countedUsers, userCounts, userStates } from "./users.ts";

/** From the third failure in a row on a user is tried once a day. */
const dailyAfterFailures = 3;

/** Reasons that the page lists at most; what is rarer is under its state. */
const needsMax = 12;

const needsOf = (view: View, org: string): readonly Need[] =>
  view
    .all(
      `SELECT attention, reason, sum(n) AS total FROM ${countedUsers} ` +
        "WHERE org = ? AND attention IN (0, 1) AND reason IS NOT NULL GROUP BY attention, reason " +
        "HAVING total > 0 ORDER BY attention, total DESC LIMIT ?",
      org,
      needsMax,
    )
    .map((row) => ({
      state: userStates[numberOf(row, "attention")] as UserStateName,
      reason: textOf(row, "reason"),
      count: numberOf(row, "total"),
    }));

const hoursShown = 24;

const hoursOf = (view: View, org: string, now: number): Overview["hours"] => {
  const rows = view.all(
    // Numbers are bound as fractions, and hours are whole.
    "SELECT max(0, CAST((due - ?) / ? AS INTEGER)) AS hour, " +
      "sum(failures < ?) AS soon, sum(failures >= ?) AS daily " +
      "FROM users WHERE org = ? AND attention IN (0, 1) AND due < ? GROUP BY 1",
    now,
    hours(1),
    dailyAfterFailures,
    dailyAfterFailures,
    org,
    now + hours(hoursShown),
  );
  const found = new Map(rows.map((row) => [numberOf(row, "hour"), row]));
  return Array.from({ length: hoursShown }, (_, hour) => ({
    at: now + hours(hour),
    soon: numberOf(found.get(hour), "soon"),
    daily: numberOf(found.get(hour), "daily"),
  }));
};

/** How far each source of people is. */
export const sourcesOf = (view: View, org: string): Overview["sources"] =>
  view.all("SELECT key, body FROM sources WHERE org = ? ORDER BY key", org).flatMap((row) => {
    const sync = jsonOf<PeopleSync>(row, "body");
    if (sync === null) return [];
    const { phase, read, endedAt, nextAt, trouble } = sync;
    const source = textOf(row, "key").replace(/^[^/]+\/o\/sync-/, "");
    return [{ source, phase, read, endedAt, nextAt, trouble }];
  });

/** The numbers of an organisation at this moment. */
export const overviewOf = (view: View, org: string, now: number): Overview => {
  const shown = hoursOf(view, org, now);
  const triedIn = (count: number): number =>
    shown.slice(0, count).reduce((sum, { soon, daily }) => sum + soon + daily, 0);
  const unreadable = view.all(
    `SELECT sum(n) AS n FROM ${countedUsers} WHERE org = ? AND attention = 2 AND unreadable = 1`,
    org,
  );
  return {
    at: now,
    counts: userCounts(view, org),
    triedWithinAnHour: triedIn(1),
    triedWithinADay: triedIn(hoursShown),
    needs: [...needsOf(view, org)],
    hours: shown,
    unreadableCalendars: numberOf(unreadable[0], "n"),
    sources: sourcesOf(view, org),
  };
};

const tenantRows = (view: View, org: string): readonly Row[] =>
  view.all("SELECT tenant_id, status, settings, decided_at FROM tenants WHERE org = ? ORDER BY 1", org);

type TenantRow = Settings["tenants"][number];

/** The same for the same settings, whenever they were decided. */
const etagOf = (settings: OrganisationSettings | null): string =>
  createHash("sha256").update(JSON.stringify(settings)).digest("base64url").slice(0, 22);

const tenantOf = (view: View, org: string, row: Row): TenantRow => {
  const settings = jsonOf<OrganisationSettings>(row, "settings");
  const tenantId = textOf(row, "tenant_id");
  const users = view.all(
    `SELECT sum(n) AS n FROM ${countedUsers} WHERE org = ? AND tenant = ?`,
    org,
    tenantId,
  );
  return {
    tenantId,
    status: textOf(row, "status") as TenantRow["status"],
    decidedAt: numberOf(row, "decided_at"),
    users: numberOf(users[0], "n"),
    settings: {
      webexKeyword: settings?.webexKeyword ?? "personalRoom",
      meetKeyword: settings?.meetKeyword ?? "space",
      language: settings?.language ?? null,
      // What an older release has not said is as if nobody had said anything.
      join: JoinWanted.parse(settings?.join ?? {}),
    },
    consent: settings?.consent ?? "organisation",
    etag: etagOf(settings),
  };
};

/** Tenants with what the organisation wants of them. */
export const settingsOf = (view: View, org: string): Pick<Settings, "tenants"> => ({
  tenants: tenantRows(view, org).map((row) => tenantOf(view, org, row)),
});

/** The settings that a tenant has; null when the organisation has no such tenant. */
export const tenantSettings = (view: View, org: string, tenantId: string): OrganisationSettings | null => {
  const row = tenantRows(view, org).find((each) => each["tenant_id"] === tenantId);
  return jsonOf<OrganisationSettings>(row, "settings");
};

/** A card for each service. */
export const hybridCards = async (view: View, org: string): Promise<HybridCards> => {
  const groups = await groupsState(view, org);
  const known: Known = {
    users: userCounts(view, org),
    tenants: tenantRows(view, org).map((row) => ({ status: textOf(row, "status") as TenantRow["status"] })),
    groups: groups.isConfigured
      ? {
          isAuthorised: groups.isAuthorised,
          isEnabled: groups.isEnabled,
          missing: groups.checks.filter(({ state }) => state === "missing").map(({ name }) => name),
          connected: groups.teams.connected,
        }
      : null,
    connectors: (await connectorsOf(view, org)).map(({ state, problem, lastDay }) => ({
      state,
      problem,
      lastAt: lastDay?.completedAt ?? null,
    })),
  };
  return { cards: cardsOf(known).map((card) => ({ ...card, missing: [...card.missing] })) };
};

/** Organisations that the view knows, in order; looked up one after another, each by an index. */
export const organisationsIn = (view: View): readonly string[] => {
  const found = new Set<string>();
  for (const table of ["users", "tenants", "connectors", "prerequisites"] as const)
    for (let org = ""; ; ) {
      const [row] = view.all(`SELECT org FROM ${table} WHERE org > ? ORDER BY org LIMIT 1`, org);
      if (!row) break;
      org = textOf(row, "org");
      found.add(org);
    }
  return [...found].sort();
};
