import { askJson, type Exchange } from "../http/exchange.ts";
import { LinkedFolder } from "../models/linked-folder.ts";

/** GET /v1/room/linkedFolders/{id}: a folder linked to a space. Rejects with ProviderError. */
export const getLinkedFolder = async (
  exchange: Exchange,
  id: string,
  signal: AbortSignal,
): Promise<LinkedFolder> =>
  await askJson(
    exchange,
    { route: "/v1/room/linkedFolders/{id}", params: { id }, schema: LinkedFolder },
    signal,
  );
