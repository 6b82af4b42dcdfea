import { HttpFault } from "@hybrid/http-api";
import { LogUnavailableError } from "@hybrid/log";
import { SessionsUnavailable } from "../adapters/redis-sessions.ts";

/** The fault that an error stands for; null for one that nobody foresaw. */
export const hubFaultOf = (error: unknown): HttpFault | null => {
  if (error instanceof HttpFault) return error;
  if (error instanceof LogUnavailableError)
    return new HttpFault(503, "logUnavailable", "Nothing was written. Try again soon.");
  if (error instanceof SessionsUnavailable)
    return new HttpFault(503, "sessionsUnavailable", "Sessions cannot be looked up now. Try again soon.");
  return null;
};
