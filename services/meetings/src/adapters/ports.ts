import type { EpochMs } from "@hybrid/kernel";
import type { GraphEvent } from "@hybrid/microsoft-graph";

/** Reads calendars. A port; rejects with ProviderError. */
export interface CalendarPort {
  /** One page of the events that overlap a window, by start, with occurrences in place of their series. */
  view(
    request: ViewRequest,
  ): Promise<{ readonly events: readonly GraphEvent[]; readonly nextLink: string | null }>;
}

/** Which page. */
export interface ViewRequest {
  readonly tenantId: string;
  readonly objectId: string;
  readonly from:
    | { readonly window: { readonly startAt: EpochMs; readonly endAt: EpochMs } }
    | { readonly link: string };
  readonly signal: AbortSignal;
}
