import { type Operation, type Role, rolesThatMay } from "@hybrid/control-hub-page/api";
import { HttpFault } from "@hybrid/http-api";
import { type OrgId, orgIdOf } from "@hybrid/kernel";
import type { FastifyRequest } from "fastify";
import type { z } from "zod";
import { isSame, type Session } from "../adapters/sessions.ts";

/** What a request is held against. */
export interface Gate {
  readonly session: (request: FastifyRequest) => Promise<Session | null>;
  /** Whether anything is known of the organisation. */
  readonly isKnown: (org: string) => boolean;
  /** Whether a browser's page of this origin is ours. */
  readonly isOurs: (origin: string) => boolean;
}

const parsed = (schema: z.ZodType | undefined, value: unknown, place: string): unknown => {
  if (schema === undefined) return undefined;
  const read = schema.safeParse(value ?? {});
  if (read.success) return read.data;
  const faults = read.error.issues.map(({ path, message }) => ({
    at: [place, ...path].join("."),
    fault: message,
  }));
  throw new HttpFault(400, "badRequest", "Some of what was sent cannot be used.", { faults });
};

/** Changes are ordered by our own page alone: by its token, and not from elsewhere. */
const mustBeOurs = (request: FastifyRequest, session: Session, gate: Gate): void => {
  const { origin } = request.headers;
  const token = request.headers["x-csrf-token"];
  const isOurs = origin === undefined || gate.isOurs(origin);
  if (isOurs && typeof token === "string" && isSame(token, session.csrfToken)) return;
  throw new HttpFault(403, "foreignRequest", "The request did not come from this page.");
};

/**
 * The one place where organisations are kept apart: another's, and one that nobody knows, look the same.
 */
const organisationOf = (org: string, session: Session | null, gate: Gate): OrgId => {
  const mayLook = session !== null && (session.org === null || session.org === org);
  // One's own organisation is there before anything is known of it: it is set up here.
  if (mayLook && (session.org === org || gate.isKnown(org))) return orgIdOf(org);
  throw new HttpFault(404, "unknownOrganisation", "There is no such organisation, or you may not see it.");
};

/** The one place where roles count, by the one table of what each may. */
const mustHave = (role: Role, session: Session | null): void => {
  if (session !== null && rolesThatMay[role].includes(session.role)) return;
  const asked = role === "full" ? "Only a full administrator may do this." : "Your role does not allow this.";
  throw new HttpFault(403, role === "full" ? "readOnly" : "notAllowed", asked);
};

/** What a request to an operation must be. Rejects with HttpFault for the first thing that is wrong. */
export const check = async (operation: Operation, request: FastifyRequest, gate: Gate) => {
  const session = await gate.session(request);
  if (operation.role !== null && session === null) throw new HttpFault(401, "notSignedIn", "Sign in first.");
  const isChange = operation.method === "POST";
  if (isChange && session !== null) mustBeOurs(request, session, gate);
  const params = parsed(operation.params, request.params, "path");
  const named = (params as { readonly org?: string } | undefined)?.org;
  const org = named === undefined ? null : organisationOf(named, session, gate);
  if (operation.role !== null) mustHave(operation.role, session);
  const query = parsed(operation.query, request.query, "query");
  const body = parsed(operation.body, request.body, "body");
  return { session, org, params, query, body };
};
