import { HttpFault } from "@hybrid/http-api";
import { type ErrorCode, ProviderError } from "@hybrid/kernel";
import { graphMessageOf } from "@hybrid/microsoft-graph";
import { ListsNotReady } from "./meeting-view.ts";

/** In the calendar's own words, which are for its owner alone and for no log. */
const toldBy = (error: ProviderError): string => graphMessageOf(error) || error.message;

/** What the calendar refuses, as against what fails. */
const refusals: Partial<Readonly<Record<ErrorCode, number>>> = {
  outOfScope: 403,
  conflict: 409,
  preconditionFailed: 412,
  invalidRequest: 422,
  quotaExceeded: 422,
};

/** What the calendar cannot do now because somebody has to give a right or a mailbox back; 409. */
const lost: Partial<Readonly<Record<ErrorCode, string>>> = {
  consentRevoked: "Your organisation no longer allows access to its calendars. Ask your administrator.",
  userConsentMissing: "Your calendar is not connected. Connect it, then try again.",
  userConsentExpired: "You connected your calendar too long ago. Connect it again.",
  userConsentRevoked: "Your calendar was disconnected. Connect it again.",
  mailboxMissing: "You have no mailbox in Exchange Online at present. Ask your administrator.",
  userNotFound: "Your organisation's directory does not know you. Ask your administrator.",
};

/** Lists are being made, or cannot be reached. */
export const notReady = (reason: string): HttpFault =>
  new HttpFault(503, "notReady", `The list is being made: ${reason}`, { retryAfter: 2 });

/** The fault that an error stands for; null for one that nobody foresaw. What may pass says when to come. */
export const calendarFaultOf = (error: unknown): HttpFault | null => {
  if (error instanceof HttpFault) return error;
  if (error instanceof ListsNotReady) return notReady(error.message);
  if (!(error instanceof ProviderError)) return null;
  const { code, retryAfterMs } = error;
  const retryAfter = retryAfterMs === undefined ? 5 : Math.ceil(retryAfterMs / 1_000);
  if (code === "throttled" || code === "breakerOpen")
    return new HttpFault(503, code, error.message, { retryAfter });
  if (code === "notFound") return new HttpFault(404, code, "The calendar has no such meeting any more.");
  const why = lost[code];
  if (why !== undefined) return new HttpFault(409, code, why);
  const status = refusals[code];
  return status === undefined
    ? new HttpFault(502, code, error.message)
    : new HttpFault(status, code, toldBy(error));
};

/** Whether an error says that the calendar has no such meeting. */
export const isGone = (error: unknown): boolean => calendarFaultOf(error)?.status === 404;
