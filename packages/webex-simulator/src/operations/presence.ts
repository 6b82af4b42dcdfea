import { z } from "zod";
import { WebexFault } from "../answers.ts";
import type { Parts } from "../parts.ts";
import { type Operation, operation } from "./operation.ts";

const base = "/apheleia/api/v1";

/** What is said of a person. */
export const PresenceEventBody = z.strictObject({
  subject: z.string().min(1),
  eventType: z.enum(["active", "inactive", "ooo", "dnd"]),
  ttl: z.number().int().min(-1),
});

const shown = (parts: Parts, personUuid: string): object => {
  const { status, statusAt, expiresAt } = parts.presences.of(personUuid);
  const now = parts.clock.now();
  return {
    url: `${parts.origin()}${base}/compositions?userId=${personUuid}`,
    subject: personUuid,
    status,
    statusTime: new Date(statusAt).toISOString(),
    lastActive: new Date(now).toISOString(),
    expiresTTL: expiresAt === null ? -1 : Math.ceil((expiresAt - now) / 1_000),
    ...(expiresAt === null ? {} : { expiresTime: new Date(expiresAt).toISOString() }),
  };
};

const personIn = (parts: Parts, orgId: string, uuid: string): string => {
  if (parts.people.byUuid(uuid)?.orgId !== orgId) throw new WebexFault(404, "The user could not be found.");
  return uuid;
};

/** The presence service behind Webex's own clients, as the open-source SDK for browsers asks it. */
export const presenceOperations = (parts: Parts): Operation[] => [
  operation({
    method: "GET",
    path: `${base}/compositions`,
    scopes: [],
    query: { userId: z.string().min(1) },
    handle: ({ caller, query }) => ({ body: shown(parts, personIn(parts, caller.orgId, query.userId)) }),
  }),
  operation({
    method: "POST",
    path: `${base}/events`,
    scopes: [],
    body: PresenceEventBody,
    handle: ({ caller, body }) => {
      if (caller.person?.uuid !== body.subject)
        throw new WebexFault(403, "The subject must be the owner of the token.");
      parts.presences.say(body.subject, body.eventType, body.ttl);
      return { body: shown(parts, body.subject) };
    },
  }),
];
