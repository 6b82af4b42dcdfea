import type { SessionRow } from "@hybrid/control-hub-page/api";
import { HttpFault } from "@hybrid/http-api";
import type { Clock, OrgId } from "@hybrid/kernel";
import type { View } from "@hybrid/view";
import type { Orders } from "../adapters/orders.ts";
import { organisationsIn } from "../adapters/overview.ts";
import type { KeptSession, Session, Sessions } from "../adapters/sessions.ts";
import type { Asked, Handlers } from "./asked.ts";
import { sessionIdOf } from "./session-cookie.ts";

type Of =
  | "session"
  | "endSession"
  | "signInWays"
  | "ownSessions"
  | "endOwnSession"
  | "sessions"
  | "endSessions";

/** What answers about sessions are made from. */
export interface SessionPorts {
  readonly views: { readonly organisations: View };
  readonly clock: Clock;
  readonly sessions: Sessions;
  readonly orders: Orders;
  /** Whether people can sign in by a provider. */
  readonly provider: object | null;
}

type Asking = Pick<Asked<"session">, "session" | "request">;

const sessionIn = ({ session }: Asking): Session => {
  if (session === null) throw new TypeError("this operation needs somebody who is signed in");
  return session;
};

const ownKey = ({ sessions }: SessionPorts, { request }: Asking): string =>
  sessions.keyOf(sessionIdOf(request) ?? "");

const rowsOf = (kept: readonly KeptSession[], own: string): SessionRow[] =>
  kept.map(({ key, session: { name, role, way, startedAt, endsAt } }) => ({
    id: key,
    name,
    role,
    way,
    startedAt,
    endsAt,
    isOwn: key === own,
  }));

const sessionOf = (kept: readonly KeptSession[], wanted: string): KeptSession => {
  const found = kept.find(({ key }) => key === wanted);
  if (found === undefined) throw new HttpFault(404, "notFound", "There is no such session.");
  return found;
};

/** The sessions that an order is about: one, or all of its person but the one that asks. */
const meant = (
  kept: readonly KeptSession[],
  { session: wanted, all }: { readonly session: string; readonly all: boolean },
  own: string,
): readonly KeptSession[] => {
  const found = sessionOf(kept, wanted);
  if (!all) return [found];
  return kept.filter(({ key, session }) => session.person === found.session.person && key !== own);
};

const endSessions =
  (ports: SessionPorts) =>
  async (asked: Asked<"endSessions">): Promise<{ ended: number }> => {
    const org = asked.org as OrgId;
    const { name, user, role } = sessionIn(asked);
    const kept = await ports.sessions.ofOrganisation(org, ports.clock.now());
    const ending = meant(kept, asked.body, ownKey(ports, asked));
    const whose = sessionOf(kept, asked.body.session).session;
    // A user's id, where it is one: it says nothing once the person is erased.
    const about = whose.user ?? whose.name;
    const details = JSON.stringify({ sessions: ending.length });
    // First what is to be known, then what is done: nobody is signed out by a person who is not named.
    await ports.orders.note({
      org,
      by: name,
      user,
      role,
      act: "sessions.end",
      about,
      details,
      orderId: null,
    });
    return { ended: await ports.sessions.endKept(ending) };
  };

/** What answers the operations about sessions. */
export const sessionHandlers = (ports: SessionPorts): Pick<Handlers, Of> => ({
  session: (asked) => {
    const { name, role, org, csrfToken, endsAt } = sessionIn(asked);
    const organisations = org === null ? [...organisationsIn(ports.views.organisations)] : [org];
    return { name, role, organisations, csrfToken, endsAt };
  },
  endSession: async ({ request }) => {
    await ports.sessions.end(sessionIdOf(request) ?? "");
    return {};
  },
  signInWays: () => ({ hasProvider: ports.provider !== null }),
  ownSessions: async (asked) => {
    const kept = await ports.sessions.ofPerson(sessionIn(asked).person, ports.clock.now());
    return { sessions: rowsOf(kept, ownKey(ports, asked)) };
  },
  endOwnSession: async (asked) => {
    const kept = await ports.sessions.ofPerson(sessionIn(asked).person, ports.clock.now());
    return { ended: await ports.sessions.endKept(meant(kept, asked.body, ownKey(ports, asked))) };
  },
  sessions: async (asked) => {
    const kept = await ports.sessions.ofOrganisation(asked.org as OrgId, ports.clock.now());
    return { sessions: rowsOf(kept, ownKey(ports, asked)) };
  },
  endSessions: endSessions(ports),
});
