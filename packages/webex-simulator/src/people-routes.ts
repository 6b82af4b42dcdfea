import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { checkedQuery, WebexFault } from "./answers.ts";
import { idOfName, machineBody, type People, personBody, type SimulatedPerson } from "./organization.ts";
import type { SimulatedToken } from "./token.ts";

/** A page is never longer; a larger `max` is clipped without a word, as the real service does. */
const pageSizeMax = 1_000;
const idsMax = 85;

const flag = z.enum(["true", "false"]);

const ListQuery = z.strictObject({
  email: z.string().min(3).optional(),
  displayName: z.string().min(1).optional(),
  id: z
    .string()
    .transform((text) => text.split(","))
    .refine((ids) => ids.length <= idsMax, `accepts at most ${idsMax} ids`)
    .optional(),
  orgId: z.string().optional(),
  roles: z.string().optional(),
  callingData: flag.optional(),
  locationId: z.string().optional(),
  excludeStatus: flag.optional(),
  max: z.coerce.number().int().min(1).default(100),
  before: z.string().optional(),
  after: z.string().optional(),
});

const DetailsQuery = z.strictObject({ callingData: flag.optional() });

const withoutPresence = (body: Record<string, unknown>): Record<string, unknown> => {
  const { status: _status, lastActivity: _lastActivity, ...rest } = body;
  return rest;
};

const matches = (person: SimulatedPerson, query: z.infer<typeof ListQuery>): boolean => {
  return (
    (query.displayName === undefined ||
      person.displayName.toLowerCase().startsWith(query.displayName.toLowerCase())) &&
    (query.id === undefined || query.id.includes(person.id)) &&
    (query.roles === undefined ||
      query.roles.split(",").every((id) => person.roles?.some((name) => idOfName("ROLE", name) === id)))
  );
};

/** RFC 8288 Link with rel=next only; the query of the request is kept, the cursor is the last person's id. */
const nextLink = (request: FastifyRequest, last: SimulatedPerson): string => {
  const url = new URL(request.url, `https://${request.host}`);
  url.searchParams.delete("before");
  url.searchParams.delete("after");
  const query = [url.searchParams.toString(), "before", `after=${encodeURIComponent(last.id)}`];
  return `<${url.origin}${url.pathname}?${query.filter((part) => part).join("&")}>; rel="next"`;
};

/** GET /v1/people and GET /v1/people/{personId}; a token sees the people of its own organisation only. */
export const peopleRoutes = (
  app: FastifyInstance,
  people: People,
  tokenOf: (request: FastifyRequest) => SimulatedToken,
): void => {
  const candidates = (orgId: string, email: string | undefined): readonly SimulatedPerson[] => {
    if (email === undefined) return people.all().filter((person) => person.orgId === orgId);
    const found = people.byEmail(orgId, email);
    return found ? [found] : [];
  };
  const list = (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const query = checkedQuery(ListQuery, request.query);
    const { orgId } = tokenOf(request);
    const found = candidates(orgId, query.email).filter((person) => matches(person, query));
    const start = query.after === undefined ? 0 : found.findIndex((person) => person.id === query.after) + 1;
    const page = found.slice(start, start + Math.min(query.max, pageSizeMax));
    const last = page.at(-1);
    if (last && start + page.length < found.length) reply.header("link", nextLink(request, last));
    const hidesPresence = query.id !== undefined || query.excludeStatus === "true";
    const items = page.map((person) =>
      hidesPresence ? withoutPresence(personBody(person)) : personBody(person),
    );
    const notFoundIds = query.id?.filter((id) => !found.some((person) => person.id === id));
    return reply.send({ items, ...(notFoundIds && { notFoundIds }) });
  };

  app.get("/v1/people", list);
  app.get("/v1/people/me", (request, reply) => {
    checkedQuery(DetailsQuery, request.query);
    const { orgId, person, token } = tokenOf(request);
    const found = person === undefined ? undefined : people.byEmail(orgId, person);
    return reply.send(found ? personBody(found) : machineBody(orgId, token));
  });
  app.get<{ Params: { personId: string } }>("/v1/people/:personId", (request, reply) => {
    checkedQuery(DetailsQuery, request.query);
    const found = people.all().find((person) => person.id === request.params.personId);
    if (found?.orgId !== tokenOf(request).orgId)
      throw new WebexFault(404, "The requested person could not be found.");
    return reply.send(personBody(found));
  });
};
