import { tenantStatus, userConsents } from "@hybrid/contracts";
import type { Delegations } from "@hybrid/microsoft-graph";
import { defineView, type View, viewTable } from "@hybrid/view";

/**
 * Which tenants are connected user by user, and what each user has given. Services that call Graph for users
 * of calendars have it: the way to Graph chooses by it on whose behalf a call is made.
 */
export const delegationView = defineView({
  name: "graph-delegations",
  version: 1,
  tables: [
    viewTable({
      name: "tenants",
      topic: tenantStatus,
      columns: { tenant: "text", model: "text" },
      indexes: [["tenant"]],
      row: ({ tenantId, settings }) => ({ tenant: tenantId, model: settings.consent ?? "organisation" }),
    }),
    viewTable({
      name: "consents",
      topic: userConsents,
      columns: {
        tenant: "text",
        object: "text",
        given_at: "integer",
        expires_at: "integer",
        refresh_token: "sealed",
      },
      indexes: [["tenant", "object"]],
      row: ({ tenantId, objectId, givenAt, expiresAt, refreshToken }) => ({
        tenant: tenantId,
        object: objectId,
        given_at: givenAt,
        expires_at: expiresAt,
        refresh_token: refreshToken,
      }),
    }),
  ],
});

/** Reads the view, once it has been read itself. */
export const delegationsOf = (view: View): Delegations => ({
  isByUser: async (tenantId) => {
    await view.caughtUp();
    return view.all("SELECT 1 FROM tenants WHERE tenant = ? AND model = 'user' LIMIT 1", tenantId).length > 0;
  },
  find: async (tenantId, userObjectId) => {
    await view.caughtUp();
    const [row] = view.all(
      "SELECT given_at, expires_at, refresh_token FROM consents WHERE tenant = ? AND object = ? " +
        "ORDER BY given_at DESC LIMIT 1",
      tenantId,
      userObjectId,
    );
    if (!row) return null;
    return {
      givenAt: Number(row["given_at"]),
      expiresAt: Number(row["expires_at"]),
      refreshToken: async () => {
        const token = await view.opened(row["refresh_token"] ?? null);
        return typeof token === "string" ? token : null;
      },
    };
  },
});
