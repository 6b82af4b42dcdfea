import { ProviderError } from "@hybrid/kernel";

/** Whether Webex says that something is not there, or no longer. */
export const isGone = (error: unknown): boolean =>
  error instanceof ProviderError && (error.status === 404 || error.status === 410);
