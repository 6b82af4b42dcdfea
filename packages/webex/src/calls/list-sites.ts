import { z } from "zod";
import { askJson, type Exchange } from "../http/exchange.ts";

/** A Webex Meetings site of a user. */
export interface WebexSite {
  /** Host name, for example `acme.webex.com`. */
  readonly siteUrl: string;
  readonly isDefault: boolean;
}

const route = "/v1/meetingPreferences/sites";
const Sites = z.object({
  sites: z.array(z.object({ siteUrl: z.string().min(1), default: z.boolean().default(false) })),
});

/**
 * GET /v1/meetingPreferences/sites: the user's sites. Webex looks for the user on `siteUrl`, or on the
 * default site of the access token; a user who is not there is `notFound`. Rejects with ProviderError.
 */
export const listSites = async (
  exchange: Exchange,
  { userEmail, siteUrl }: { readonly userEmail: string; readonly siteUrl?: string | undefined },
  signal: AbortSignal,
): Promise<readonly WebexSite[]> => {
  const ask = { route, query: { userEmail, siteUrl }, schema: Sites };
  const body = await askJson(exchange, ask, signal);
  return body.sites.map((site) => ({ siteUrl: site.siteUrl, isDefault: site.default }));
};
