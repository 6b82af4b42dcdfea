import { ProviderError } from "@hybrid/kernel";

/** A user of a tenant, and how long the call may take. */
export interface UserCall {
  readonly tenantId: string;
  /** The user's object id; never a principal name, whose apostrophes Graph does not take in a path. */
  readonly userObjectId: string;
  /** Whether the tenant's users consent each for the own calendar, where the caller knows. */
  readonly isDelegated?: boolean;
  /** Ends the call; every call needs a deadline. */
  readonly signal: AbortSignal;
}

/** `users/<object id>`, or ProviderError invalidRequest when the id is none. */
export const userPath = (userObjectId: string): string => {
  if (/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(userObjectId)) return `users/${userObjectId}`;
  // What stands there instead is probably an address, which belongs in no log.
  throw new ProviderError("a user's object id is not a GUID; correct it in the list of people", {
    code: "invalidRequest",
    retryable: false,
  });
};
