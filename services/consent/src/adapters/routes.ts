import { consentPrefix } from "@hybrid/contracts/consent-address";
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { type Returned } from "#domain/consent-flow";
import { refusals } from "#domain/refusals";
import { beginConnecting } from "./connect-visits.ts";
import { acceptedPage, connectedPage, pageHeaders, refusalPage, trialPage } from "./pages.ts";
import { unguessable } from "./tickets.ts";
import { beginVisit, onMailboxNamed, onReturn, type VisitOutcome, type VisitPorts } from "./visits.ts";

const cookieName = "hybrid_consent";
/** A form holds a ticket and an address. */
const formBytesMax = 16_384;

const cookieOf = (request: FastifyRequest): string | undefined =>
  (request.headers.cookie ?? "")
    .split(";")
    .map((pair) => pair.trim().split("=", 2))
    .find(([name]) => name === cookieName)?.[1];

/** Each parameter once: one that comes twice counts as not given. */
const parametersOf = (given: unknown): Returned =>
  z.record(z.string(), z.string().optional().catch(undefined)).catch({}).parse(given);

const setCookie = (value: string, isSecure: boolean): string =>
  [
    `${cookieName}=${value}`,
    `Path=${consentPrefix}`,
    "HttpOnly",
    "SameSite=Lax",
    "Max-Age=7200",
    ...(isSecure ? ["Secure"] : []),
  ].join("; ");

const trialAction = `${consentPrefix}/mailbox`;

const acceptedTexts = (outcome: Extract<VisitOutcome, { readonly kind: "accepted" }>) => {
  const { app, isActive, unproved, withoutOptional } = outcome;
  const told = isActive
    ? ["The tenant is in service: its users are tried from now on."]
    : app === "calendar"
      ? [
          "The consent lacks permissions. If an Exchange administrator grants them for some mailboxes, " +
            "name one of these: the tenant is put into service when it works.",
        ]
      : ["The registration may work in the tenant from now on."];
  return {
    told,
    notes: [
      ...unproved.map(({ name, withoutIt }) => `${name} is not in the consent. Without it ${withoutIt}.`),
      ...withoutOptional.map(({ name, withoutIt }) => `${name} is not granted: ${withoutIt}.`),
    ],
  };
};

/** Shows what came of a request. */
const show = (reply: FastifyReply, outcome: VisitOutcome): FastifyReply => {
  if (outcome.kind === "redirect") return reply.header("cache-control", "no-store").redirect(outcome.to, 302);
  const shown = reply.headers(pageHeaders);
  switch (outcome.kind) {
    case "refused":
      return shown.code(refusals[outcome.code].status).send(refusalPage(outcome));
    case "accepted": {
      const { told, notes } = acceptedTexts(outcome);
      const { mailboxTicket: ticket } = outcome;
      return shown.send(acceptedPage(told, notes, ticket === null ? null : { action: trialAction, ticket }));
    }
    case "connected":
      return shown.send(connectedPage(new Date(outcome.expiresAt).toISOString().slice(0, 10)));
    case "tried": {
      const told = outcome.isActive ? ["The tenant is in service: its users are tried from now on."] : [];
      return shown.send(
        trialPage(outcome.steps, told, {
          action: trialAction,
          ticket: outcome.mailboxTicket,
          backTo: outcome.backTo,
        }),
      );
    }
  }
};

/** The routes below the prefix. */
export const consentRoutes =
  (ports: VisitPorts, { isSecure }: { readonly isSecure: boolean }): FastifyPluginAsync =>
  async (app) => {
    app.addContentTypeParser(
      "application/x-www-form-urlencoded",
      { parseAs: "string", bodyLimit: formBytesMax },
      (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(String(body)))),
    );
    app.get("/start", async (request, reply) => {
      const cookie = unguessable();
      const { ticket } = parametersOf(request.query);
      return show(
        reply.header("set-cookie", setCookie(cookie, isSecure)),
        await beginVisit(ports, ticket, cookie),
      );
    });
    app.get("/connect", async (request, reply) => {
      const cookie = unguessable();
      reply.header("set-cookie", setCookie(cookie, isSecure));
      const { ticket } = parametersOf(request.query);
      return show(reply, await beginConnecting(ports, ticket, cookie));
    });
    app.get("/callback", async (request, reply) =>
      show(reply, await onReturn(ports, parametersOf(request.query), cookieOf(request))),
    );
    app.post("/mailbox", async (request, reply) => {
      const { ticket, mailbox } = parametersOf(request.body);
      return show(reply, await onMailboxNamed(ports, { ticket, mailbox }, cookieOf(request)));
    });
  };
