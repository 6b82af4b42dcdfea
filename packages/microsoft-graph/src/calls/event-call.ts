import { type GraphCallSpec, mailboxScope } from "../middleware/graph-call.ts";
import { type UserCall, userPath } from "./user-path.ts";

/** An event of a mailbox. */
export interface EventCall extends UserCall {
  /** The immutable id. */
  readonly eventId: string;
}

/** A call about events of one mailbox; all of them may be repeated. */
export const eventCall = (
  { tenantId, userObjectId, signal }: UserCall,
  operation: string,
): GraphCallSpec => ({
  tenantId,
  userObjectId,
  signal,
  operation,
  family: "events",
  entersMailbox: true,
  ownScope: mailboxScope(tenantId, userObjectId),
  buckets: [],
  repeatable: true,
});

/** `users/<object id>/events/<id>` */
export const eventPath = ({ userObjectId, eventId }: EventCall): string =>
  `${userPath(userObjectId)}/events/${encodeURIComponent(eventId)}`;
