import { ProviderError } from "@hybrid/kernel";
import { z } from "zod";
import { type Ask, askJson, type Exchange } from "./exchange.ts";
import type { Page } from "./pages.ts";

const itemsMax = 5_000;

const bodyOf = (property: "Resources" | "members") =>
  z
    .object({
      totalResults: z.number().int().nonnegative(),
      [property]: z.array(z.unknown()).max(itemsMax).default([]),
    })
    .transform((body) => ({
      total: Number(body["totalResults"]),
      items: body[property] as readonly unknown[],
    }));

/**
 * A list of SCIM page by page, by its index. Rejects with ProviderError, also when there are more than
 * `pagesMax` pages.
 */
export async function* scimPagesOf<Item>(
  exchange: Exchange,
  ask: Ask & {
    readonly schema: z.ZodType<Item>;
    readonly count: number;
    /** Where the items stand; `Resources` when left out. */
    readonly property?: "Resources" | "members";
  },
  signal: AbortSignal,
): AsyncGenerator<Page<Item>, void, undefined> {
  const { schema, count, property = "Resources", ...rest } = ask;
  const body = bodyOf(property);
  let startIndex = 1;
  for (let pages = 0; pages < exchange.limits.pagesMax; pages++) {
    const query = { ...rest.query, count, startIndex };
    const { total, items } = await askJson(exchange, { ...rest, query, schema: body }, signal);
    const read = items.map((item) => schema.safeParse(item));
    yield {
      items: read.flatMap(({ data }) => (data === undefined ? [] : [data])),
      unusable: read.flatMap(({ error }, index) =>
        error === undefined ? [] : [[property, index, ...(error.issues[0]?.path ?? [])].join(".")],
      ),
    };
    startIndex += items.length;
    if (items.length === 0 || startIndex > total) return;
  }
  throw new ProviderError(
    `Webex answered GET ${rest.route} with more pages than can be; it is not followed`,
    {
      code: "unexpected",
      retryable: false,
    },
  );
}
