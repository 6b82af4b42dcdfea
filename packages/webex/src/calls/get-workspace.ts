import { askJson, type Exchange } from "../http/exchange.ts";
import { Workspace } from "../models/workspace.ts";

/** GET /v1/workspaces/{workspaceId}: a workspace. Rejects with ProviderError. */
export const getWorkspace = async (
  exchange: Exchange,
  workspaceId: string,
  signal: AbortSignal,
): Promise<Workspace> =>
  await askJson(
    exchange,
    { route: "/v1/workspaces/{workspaceId}", params: { workspaceId }, schema: Workspace },
    signal,
  );
