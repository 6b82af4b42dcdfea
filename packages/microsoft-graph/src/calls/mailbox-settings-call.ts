import type { GraphClient } from "../graph-client.ts";
import { type GraphCallSpec, mailboxScope, whatOf } from "../middleware/graph-call.ts";
import { mailboxSettingsSchema, readAnswer } from "../models.ts";
import { type UserCall, userPath } from "./user-path.ts";

/** GET /users/{id}/mailboxSettings on behalf of `operation`. */
export const readMailboxSettings = async (graph: GraphClient, order: UserCall, operation: string) => {
  const call: GraphCallSpec = {
    tenantId: order.tenantId,
    userObjectId: order.userObjectId,
    ...(order.isDelegated === undefined ? {} : { isDelegated: order.isDelegated }),
    signal: order.signal,
    operation,
    family: "mailboxSettings",
    entersMailbox: true,
    ownScope: mailboxScope(order.tenantId, order.userObjectId),
    buckets: [],
    repeatable: true,
  };
  const path = `${userPath(order.userObjectId)}/mailboxSettings`;
  return readAnswer(mailboxSettingsSchema, await graph.request(call, { method: "GET", path }), whatOf(call));
};
