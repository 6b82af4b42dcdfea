import { z } from "zod";
import { WebexFault } from "../answers.ts";
import { personalRoomBody, type SimulatedPerson } from "../organization.ts";
import type { Parts } from "../parts.ts";
import { type Call, type Operation, operation } from "./operation.ts";

const query = {
  userEmail: z.string().min(3).optional(),
  siteUrl: z.string().min(1).optional(),
};

type PreferencesCall = Call<z.infer<z.ZodObject<typeof query>>, unknown>;

const readers = ["meeting:preferences_read", "meeting:admin_preferences_read"];

/**
 * Personal rooms and sites. Without `siteUrl` both look on the default site of the token, not of the user, as
 * the reference says: a user of another site is not found that way.
 */
export const meetingPreferencesOperations = (parts: Parts): Operation[] => {
  const personOnSite = ({
    caller,
    query: asked,
  }: PreferencesCall): { person: SimulatedPerson; site: string } => {
    if (asked.userEmail === undefined)
      throw new WebexFault(404, "The machine account of this token has no preferences.");
    const site = asked.siteUrl ?? caller.token.defaultSite;
    const person = parts.people.byEmail(caller.orgId, asked.userEmail);
    if (!person?.sites.includes(site)) throw new WebexFault(404, "The user was not found on the site.");
    return { person, site };
  };
  const headers = { "content-type": "application/json;charset=UTF-8" };
  return [
    operation({
      method: "GET",
      path: "/v1/meetingPreferences/personalMeetingRoom",
      scopes: readers,
      query,
      handle: (call) => {
        const { person, site } = personOnSite(call);
        if (!person.personalRoom || site !== person.sites[0])
          throw new WebexFault(404, "The user has no Personal Meeting Room on the site.");
        return { headers, body: personalRoomBody(person, person.personalRoom) };
      },
    }),
    operation({
      method: "GET",
      path: "/v1/meetingPreferences/sites",
      scopes: readers,
      query,
      handle: (call) => {
        const { person } = personOnSite(call);
        const sites = person.sites.map((siteUrl, index) => ({ siteUrl, default: index === 0 }));
        return { headers, body: { sites } };
      },
    }),
  ];
};
