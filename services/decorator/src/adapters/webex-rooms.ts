import { ProviderError } from "@hybrid/kernel";
import type { WebexClient } from "@hybrid/webex";
import type { WebexPort } from "./ports.ts";

/**
 * The decorator's view of Webex. A personal room lies on one of the user's own sites, so the person is looked
 * up first: without a site Webex would look on the token's.
 */
export const webexRooms = (webex: WebexClient): WebexPort => ({
  getPersonalRoom: async ({ userEmail }, signal) => {
    const person = await webex.findPerson(userEmail, signal);
    const siteUrl = person?.sites[0];
    if (siteUrl === undefined)
      throw new ProviderError("the user is unknown to Webex or has no meetings site", {
        code: "personalRoomMissing",
        retryable: false,
        status: 404,
      });
    return webex.getPersonalRoom({ userEmail, siteUrl }, signal);
  },
});
