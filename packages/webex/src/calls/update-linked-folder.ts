import { askJson, type Exchange } from "../http/exchange.ts";
import { LinkedFolder } from "../models/linked-folder.ts";
import { linkedFolderBody, type NewLinkedFolder } from "./create-linked-folder.ts";

/** PUT /v1/room/linkedFolders/{id}: replaces a folder's description. Rejects with ProviderError. */
export const updateLinkedFolder = async (
  exchange: Exchange,
  { id, ...folder }: NewLinkedFolder & { readonly id: string },
  signal: AbortSignal,
): Promise<LinkedFolder> => {
  const route = "/v1/room/linkedFolders/{id}";
  const body = linkedFolderBody(folder);
  return await askJson(
    exchange,
    { method: "PUT", route, params: { id }, body, schema: LinkedFolder },
    signal,
  );
};
