import { ProviderError } from "@hybrid/kernel";
import type { WebexClient } from "@hybrid/webex";
import type { WebexPort } from "./ports.ts";
import { endMeeting, ensureMeeting, siteFor } from "./webex-meetings.ts";
import { ensureSpace } from "./webex-spaces.ts";

/**
 * The decorator's view of Webex. A personal room lies on one of the user's own sites, so the person is looked
 * up first: without a site Webex would look on the token's.
 */
export const webexRooms = (webex: WebexClient): WebexPort => ({
  getPersonalRoom: async ({ userEmail, site }, signal) => {
    const siteUrl = await siteFor(webex, { userEmail, site }, signal);
    if (siteUrl === null)
      throw new ProviderError("the user is unknown to Webex or has no such meetings site", {
        code: "personalRoomMissing",
        retryable: false,
        status: 404,
      });
    return webex.getPersonalRoom({ userEmail, siteUrl }, signal);
  },
  ensureMeeting: (order, signal) =>
    ensureMeeting(webex, { ...order, host: { hostEmail: order.userEmail } }, signal),
  ensureSpace: (order, signal) => ensureSpace(webex, order, signal),
  endMeeting: (request, signal) => endMeeting(webex, request, signal),
  tell: async ({ userEmail, text }, signal) => {
    await webex.createMessage({ toPersonEmail: userEmail, markdown: text }, signal);
  },
});
