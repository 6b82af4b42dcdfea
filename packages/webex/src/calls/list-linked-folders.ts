import type { Exchange } from "../http/exchange.ts";
import { type Page, pagesOf } from "../http/pages.ts";
import { LinkedFolder } from "../models/linked-folder.ts";

/** GET /v1/room/linkedFolders: the folders of a space. Page by page; rejects with ProviderError. */
export const listLinkedFolders = (
  exchange: Exchange,
  filter: { readonly roomId: string },
  signal: AbortSignal,
): AsyncGenerator<Page<LinkedFolder>, void, undefined> => {
  const ask = { route: "/v1/room/linkedFolders", query: { ...filter }, schema: LinkedFolder };
  return pagesOf<LinkedFolder>(exchange, ask, signal);
};
