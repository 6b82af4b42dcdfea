import { randomUUID } from "node:crypto";
import type { Presence } from "@hybrid/contracts";
import type { Me } from "@hybrid/control-hub-page/api";
import { HttpFault, type RepeatedRequests } from "@hybrid/http-api";
import { type Clock, type OrgId, orgIdOf } from "@hybrid/kernel";
import type { View } from "@hybrid/view";
import type { Orders } from "../adapters/orders.ts";
import { tenantSettings } from "../adapters/overview.ts";
import { jsonOf, numberOrNull } from "../adapters/rows.ts";
import type { Session, Sessions } from "../adapters/sessions.ts";
import { userDetail } from "../adapters/users.ts";
import type { HubDesk } from "../desk.ts";
import type { Asked, Handlers } from "./asked.ts";
import { orderOnce } from "./order-once.ts";
import { ownAddress } from "./own-address.ts";

/** What answers about oneself are made from. */
export interface MePorts {
  readonly views: { readonly organisations: View; readonly histories: View };
  readonly clock: Clock;
  readonly orders: Orders;
  readonly repeated: RepeatedRequests;
  readonly sessions: Sessions;
  readonly meetingsUrl: string | null;
  readonly desk: Pick<HubDesk, "connectLink">;
  /** By which browsers reach the page; null: by the address on which it listens. */
  readonly origin: string | null;
}

type Asking = Pick<Asked<"me">, "session">;

const sessionIn = ({ session }: Asking): Session => {
  if (session === null) throw new TypeError("this operation needs somebody who is signed in");
  return session;
};

/** The user that the person is: of the session alone, whatever the request says. */
const placeOf = ({ org, user }: Session): { readonly org: OrgId; readonly user: string } | null =>
  org === null || user === null ? null : { org: orgIdOf(org), user };

const presenceOf = (view: View, key: string, now: number): Me["presence"] => {
  const [row] = view.all("SELECT body FROM presences WHERE key = ?", key);
  const known = jsonOf<Presence>(row, "body");
  if (known === null) return null;
  const isOld = known.expiresAt !== null && known.expiresAt <= now;
  if (known.status === "none" || isOld) return { status: "none", since: null, until: null, atWebex: false };
  const { since, until, atWebex } = known;
  return { status: "outOfOffice", since, until, atWebex };
};

/** The person's own consent; null where an administrator has let us into calendars for everybody. */
const consentOf = (
  view: View,
  { org, user }: { readonly org: OrgId; readonly user: string },
  tenantId: string,
): Me["consent"] => {
  if (tenantSettings(view, org, tenantId)?.consent !== "user") return null;
  const [row] = view.all("SELECT given_at, expires_at FROM consents WHERE key = ?", `${org}/u-${user}`);
  if (!row) return { givenAt: null, expiresAt: null };
  return { givenAt: numberOrNull(row, "given_at"), expiresAt: numberOrNull(row, "expires_at") };
};

const meOf = async ({ views, clock, meetingsUrl }: MePorts, session: Session): Promise<Me> => {
  const place = placeOf(session);
  const common = { name: session.name, organisation: session.org, meetingsUrl };
  if (place === null) return { ...common, user: null, presence: null, consent: null };
  const user = await userDetail(views, place.org, place.user);
  const presence = presenceOf(views.organisations, `${place.org}/u-${place.user}`, clock.now());
  const consent = user && consentOf(views.organisations, place, user.tenantId);
  return { ...common, user, presence, consent };
};

/** What is stored about a person here, but for the secrets of sessions. */
const exported = async (ports: MePorts, session: Session): Promise<object> => {
  const { name, organisation, user, presence, consent } = await meOf(ports, session);
  const kept = await ports.sessions.ofPerson(session.person, ports.clock.now());
  const sessions = kept.map(({ session: { role, way, startedAt, endsAt } }) => ({
    role,
    way,
    startedAt,
    endsAt,
  }));
  return { at: ports.clock.now(), name, organisation, user, presence, consent, sessions };
};

/** The user of the directory that the person is. Rejects with HttpFault when there is none. */
const someone = async (ports: MePorts, session: Session) => {
  const place = placeOf(session);
  const user = place && (await userDetail(ports.views, place.org, place.user));
  if (place === null || user === null)
    throw new HttpFault(409, "nobody", "Nobody of the directory is this person.");
  return { ...place, tenantId: user.tenantId };
};

/** An act of the person about themselves, as the audit log has it. */
const actOf = (session: Session, { org, user }: { readonly org: OrgId; readonly user: string }) => ({
  org,
  by: session.name,
  user: session.user,
  role: session.role,
  about: user,
  details: null,
});

const consentLink = (ports: MePorts) => async (asked: Asked<"myConsentLink">) => {
  const session = sessionIn(asked);
  const place = await someone(ports, session);
  if (consentOf(ports.views.organisations, place, place.tenantId) === null)
    throw new HttpFault(409, "connectedAsAWhole", "An administrator has let us into all calendars.");
  await ports.orders.note({ ...actOf(session, place), act: "me.consent", orderId: randomUUID() });
  return { url: await ports.desk.connectLink(`${ownAddress(asked.request, ports)}/me`) };
};

const order = (ports: MePorts) => async (asked: Asked<"orderMe">) => {
  const session = sessionIn(asked);
  const place = await someone(ports, session);
  const isEnabled = asked.body.order === "connect";
  const about = [place.org, "me", place.user];
  return orderOnce(asked.request, { repeated: ports.repeated, by: session.person, about }, (orderId) =>
    ports.orders.ofUser(
      { ...actOf(session, place), act: `me.${asked.body.order}`, orderId },
      place.user,
      { kind: "toggleUser", enabled: isEnabled },
      { ifMatch: null, orderId },
    ),
  );
};

/** What answers the operations about oneself. */
export const meHandlers = (
  ports: MePorts,
): Pick<Handlers, "me" | "myExport" | "myConsentLink" | "orderMe"> => ({
  me: (asked) => meOf(ports, sessionIn(asked)),
  myExport: (asked) => {
    void asked.reply.header("content-disposition", 'attachment; filename="about-me.json"');
    return exported(ports, sessionIn(asked));
  },
  myConsentLink: consentLink(ports),
  orderMe: order(ports),
});
