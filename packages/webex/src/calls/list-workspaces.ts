import type { Exchange } from "../http/exchange.ts";
import { type Page, pagesOf } from "../http/pages.ts";
import { Workspace } from "../models/workspace.ts";

/** Which workspaces. */
export interface WorkspaceFilter {
  readonly orgId?: string | undefined;
  readonly calendar?: "none" | "google" | "microsoft" | undefined;
  readonly displayName?: string | undefined;
  readonly max?: number | undefined;
}

/** GET /v1/workspaces: workspaces. Page by page; rejects with ProviderError. */
export const listWorkspaces = (
  exchange: Exchange,
  filter: WorkspaceFilter,
  signal: AbortSignal,
): AsyncGenerator<Page<Workspace>, void, undefined> =>
  pagesOf<Workspace>(exchange, { route: "/v1/workspaces", query: { ...filter }, schema: Workspace }, signal);
