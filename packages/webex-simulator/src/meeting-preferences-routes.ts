import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import { checkedQuery, WebexFault } from "./answers.ts";
import { type People, personalRoomBody, type SimulatedPerson } from "./organization.ts";
import type { SimulatedToken } from "./token.ts";

const PreferencesQuery = z.strictObject({
  userEmail: z.string().min(3).optional(),
  siteUrl: z.string().min(1).optional(),
});

/**
 * GET /v1/meetingPreferences/personalMeetingRoom and /sites. Without `siteUrl` both look on the default site
 * of the token, not of the user, as the reference says: a user of another site is not found that way.
 */
export const meetingPreferencesRoutes = (
  app: FastifyInstance,
  people: People,
  tokenOf: (request: FastifyRequest) => SimulatedToken,
): void => {
  const personOnSite = (request: FastifyRequest): { person: SimulatedPerson; site: string } => {
    const { userEmail, siteUrl } = checkedQuery(PreferencesQuery, request.query);
    if (userEmail === undefined)
      throw new WebexFault(404, "The machine account of this token has no preferences.");
    const token = tokenOf(request);
    const site = siteUrl ?? token.defaultSite;
    const person = people.byEmail(token.orgId, userEmail);
    if (!person?.sites.includes(site)) throw new WebexFault(404, "The user was not found on the site.");
    return { person, site };
  };
  const json = "application/json;charset=UTF-8";

  app.get("/v1/meetingPreferences/personalMeetingRoom", (request, reply) => {
    const { person, site } = personOnSite(request);
    if (!person.personalRoom || site !== person.sites[0])
      throw new WebexFault(404, "The user has no Personal Meeting Room on the site.");
    return reply.type(json).send(personalRoomBody(person, person.personalRoom));
  });
  app.get("/v1/meetingPreferences/sites", (request, reply) => {
    const { person } = personOnSite(request);
    const sites = person.sites.map((siteUrl, index) => ({ siteUrl, default: index === 0 }));
    return reply.type(json).send({ sites });
  });
};
