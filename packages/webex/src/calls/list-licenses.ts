import type { z } from "zod";
import type { Exchange } from "../http/exchange.ts";
import { type Page, pagesOf } from "../http/pages.ts";
import { id, itemOf, name } from "../models/item.ts";

/** A licence of an organisation: people name it by its id. */
export const License = itemOf({ id, name });
/** A licence of an organisation: people name it by its id. */
export type License = z.infer<typeof License>;

/** GET /v1/licenses: the licences of an organisation. Page by page; rejects with ProviderError. */
export const listLicenses = (
  exchange: Exchange,
  filter: { readonly orgId?: string | undefined },
  signal: AbortSignal,
): AsyncGenerator<Page<License>, void, undefined> =>
  pagesOf<License>(exchange, { route: "/v1/licenses", query: { ...filter }, schema: License }, signal);
