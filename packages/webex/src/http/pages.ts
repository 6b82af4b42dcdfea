import { ProviderError } from "@hybrid/kernel";
import { z } from "zod";
import { type Ask, askFor, type Exchange, urlOf } from "./exchange.ts";
import { nextPage } from "./next-page.ts";
import { readJson } from "./read-json.ts";

/** One page of a list. */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** Where items do not fit, as `items.<index>.<property>`; they are left out, the others are not. */
  readonly unusable: readonly string[];
}

const itemsMax = 5_000;
const Body = z.object({ items: z.array(z.unknown()).max(itemsMax) });

const endless = (route: string, found: string): ProviderError =>
  new ProviderError(`Webex answered GET ${route} with ${found}; the list is not followed any further`, {
    code: "unexpected",
    retryable: false,
  });

const sorted = <Item>(items: readonly unknown[], schema: z.ZodType<Item>): Page<Item> => {
  const good: Item[] = [];
  const unusable: string[] = [];
  for (const [index, item] of items.entries()) {
    const result = schema.safeParse(item);
    if (result.success) good.push(result.data);
    else unusable.push(["items", index, ...(result.error.issues[0]?.path ?? [])].join("."));
  }
  return { items: good, unusable };
};

/**
 * Every page of a list, by the Link header; a page may be empty and yet have a next one. Rejects with
 * ProviderError, also when a page leads to itself or there are more than `pagesMax`.
 */
export async function* pagesOf<Item>(
  exchange: Exchange,
  ask: Ask & { readonly schema: z.ZodType<Item>; readonly pagesMax?: number },
  signal: AbortSignal,
): AsyncGenerator<Page<Item>, void, undefined> {
  const { route, schema, pagesMax = exchange.limits.pagesMax } = ask;
  let url: URL | undefined = urlOf(exchange, ask);
  for (let pages = 0; url !== undefined; pages++) {
    if (pages === pagesMax) throw endless(route, `more than ${pagesMax} pages`);
    const here: URL = url;
    const { body, next } = await askFor(
      exchange,
      { ...ask, url: here },
      {
        signal,
        read: (answer, sending) => ({
          body: readJson(sending, answer, Body),
          next: nextPage(answer.header("link"), here),
        }),
      },
    );
    if (next?.href === here.href) throw endless(route, "a page that leads to itself");
    yield sorted(body.items, schema);
    url = next;
  }
}
