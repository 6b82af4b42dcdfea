import { subscribe } from "node:diagnostics_channel";

/**
 * Counts the HTTP requests that this process has under way as a client, through undici's diagnostics
 * channels: from their creation (so looking up and connecting counts) to the end of the answer's body, or the
 * error.
 */
export const httpInFlight = (): (() => number) => {
  const underWay = new Set<unknown>();
  const requestOf = (message: unknown): unknown => (message as { readonly request: unknown }).request;
  subscribe("undici:request:create", (message) => underWay.add(requestOf(message)));
  for (const end of ["undici:request:trailers", "undici:request:error"])
    subscribe(end, (message) => underWay.delete(requestOf(message)));
  return () => underWay.size;
};
