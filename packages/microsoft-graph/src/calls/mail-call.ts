import { z } from "zod";
import { type GraphCallSpec, mailboxScope } from "../middleware/graph-call.ts";
import type { UserCall } from "./user-path.ts";

/**
 * A call about the mail of one mailbox. `repeatable`: it may be sent again when nobody knows whether it took.
 */
export const mailCall = (
  { tenantId, userObjectId, signal }: UserCall,
  operation: string,
  repeatable = true,
): GraphCallSpec => ({
  tenantId,
  userObjectId,
  signal,
  operation,
  family: "mail",
  entersMailbox: true,
  ownScope: mailboxScope(tenantId, userObjectId),
  buckets: [],
  repeatable,
});

/** An answer that is one new thing; its id is all that matters here. */
export const createdSchema = z.looseObject({ id: z.string().min(1) });

/** A text as OData writes it within a filter. */
export const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
