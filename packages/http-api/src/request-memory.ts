/** What is known of a request when its place is taken. */
export type Taken =
  /** Nobody has come with it before. */
  | { readonly kind: "first" }
  /** Somebody has, and nobody knows whether it was carried out. */
  | { readonly kind: "again" }
  /** It is under way elsewhere. */
  | { readonly kind: "busy" }
  /** The place belongs to another request. */
  | { readonly kind: "other" }
  /** It was carried out; this was kept of it. */
  | { readonly kind: "done"; readonly kept: string };

/** A request's place, and what tells the request from others. Both are digests. */
export interface Place {
  readonly place: string;
  readonly digest: string;
}

/** How long a request may be under way before others may carry it out again. */
export const leaseMs = 120_000;

/** How long something is remembered. */
export const rememberedMs = 86_400_000;

/**
 * Which requests were carried out, and small notes, both for {@link rememberedMs}. What is kept survives the
 * process. All methods reject with {@link RequestsUnavailable} while it cannot be reached.
 */
export interface RequestMemory {
  /** Takes a place for {@link leaseMs}, or says what is known of it. */
  take(request: Place): Promise<Taken>;
  /** It was carried out. */
  keep(request: Place, kept: string): Promise<void>;
  /** It was not carried out. */
  forget(request: Place): Promise<void>;
  /** Nobody knows whether it was carried out: the next one finds that out. */
  release(request: Place): Promise<void>;
  /** Notes a text under a name. */
  note(name: string, text: string): Promise<void>;
  /** The text under a name; null when there is none any more. */
  noted(name: string): Promise<string | null>;
  close(): Promise<void>;
}

/** It cannot be looked up now which requests were carried out. */
export class RequestsUnavailable extends Error {
  override readonly name = "RequestsUnavailable";
}
