import { importCommands } from "@hybrid/directory";
import { activateTenant } from "@hybrid/hybrid";
import { days, hours, minutes } from "@hybrid/kernel";
import { guidOf } from "../../organisation.ts";
import type { Scenery } from "../chapter.ts";
import type { ModelOrganiser } from "./model.ts";

/** Somebody with a mailbox, a personal room and a language. */
export interface Organiser extends ModelOrganiser {
  readonly objectId: string;
  readonly mailAddress: string;
}

/** An invitation, or one occurrence of a series, and all that people did to it. */
export interface PlayedInvitation {
  readonly name: string;
  readonly organiser: Organiser;
  readonly eventId: string;
  /** The author's own words as the mailbox holds them, byte for byte. */
  readonly outside: string;
  /** Each location that it had, the present one last; of an occurrence, its series' before its own. */
  readonly locations: string[];
  subject: string;
  /** Everybody who was ever invited. */
  readonly invited: string[];
}

/** Everybody and everything of the chapter. */
export interface JoinCast {
  readonly tenantId: string;
  readonly emma: Organiser;
  readonly dieter: Organiser;
  readonly yuki: Organiser;
  readonly guests: readonly string[];
  readonly invitations: PlayedInvitation[];
  /** Writes to events before the chapter, by anybody. */
  writesBefore: number;
}

const site = "acme.webex.com";
const addressOf = (name: string): string => `${name}@join.example`;

const addOrganiser = (
  { stage }: Scenery,
  tenantId: string,
  {
    name,
    locale,
    language,
  }: { readonly name: string; readonly locale: string } & Pick<Organiser, "language">,
): Organiser => {
  const objectId = guidOf(`organiser ${name}`);
  const mailAddress = addressOf(name);
  const account = { userPrincipalName: mailAddress, mail: mailAddress, displayName: name };
  stage.graph.addMailbox({ tenantId, userId: objectId, ...account, locale });
  const person = { orgId: stage.webexOrgId, email: mailAddress, displayName: name, sites: [site] };
  stage.webex.addPerson({ ...person, externalId: objectId, personalRoom: { name } });
  return { name, language, room: name, objectId, mailAddress };
};

/** Writes to events that Graph has seen. */
export const writesSeen = ({ stage }: Scenery): number =>
  stage.graph.metrics.countRequests({ method: "PATCH", route: "/v1.0/users/:userId/events/:eventId" });

/** A tenant of its own; its organisers read three languages, its guests have accounts at Webex alone. */
export const prepareJoin = (scenery: Scenery): JoinCast => {
  const { stage } = scenery;
  const tenantId = guidOf("tenant join");
  stage.graph.addTenant({ tenantId, displayName: "Acme Join", consentedApps: [stage.clientId] });
  const guests = ["bert", "clara", "dora"].map((name) => {
    const email = addressOf(name);
    stage.webex.addPerson({ orgId: stage.webexOrgId, email, displayName: name, sites: [] });
    return email;
  });
  return {
    tenantId,
    emma: addOrganiser(scenery, tenantId, { name: "emma", locale: "en-US", language: "en" }),
    dieter: addOrganiser(scenery, tenantId, { name: "dieter", locale: "de-AT", language: "de" }),
    yuki: addOrganiser(scenery, tenantId, { name: "yuki", locale: "ja-JP", language: "ja" }),
    guests,
    invitations: [],
    writesBefore: writesSeen(scenery),
  };
};

/** The administrator lists the organisers and authorises their tenant. */
export const enableOrganisers = async (cast: JoinCast, { administrator }: Scenery): Promise<void> => {
  const { tenantId } = cast;
  const people = [cast.emma, cast.dieter, cast.yuki].map(({ objectId, mailAddress }, nth) => ({
    line: nth + 1,
    userId: objectId,
    person: { objectId, tenantId, mailAddress, connector: null },
    enabled: true,
  }));
  await administrator.log.append(importCommands(people, administrator));
  await activateTenant(administrator, tenantId);
};

/** What somebody plans. */
export interface Plan {
  readonly name: string;
  readonly organiser: Organiser;
  readonly location: string;
  readonly body: string;
  readonly invited: readonly string[];
  readonly weekly?: boolean;
}

/** Somebody puts a meeting two days ahead into the calendar. */
export const plan = (cast: JoinCast, { stage }: Scenery, planned: Plan): PlayedInvitation => {
  const { name, organiser, location, body, invited, weekly } = planned;
  const startAt = stage.clock.now() + days(2);
  const range = { type: "noEnd", startDate: new Date(startAt).toISOString().slice(0, 10) } as const;
  const weekday = new Intl.DateTimeFormat("en", { weekday: "long", timeZone: "UTC" }).format(startAt);
  const pattern = { type: "weekly", interval: 1, daysOfWeek: [weekday.toLowerCase()] } as const;
  const { immutableId, body: stored } = stage.graph.createEvent(organiser.objectId, {
    subject: name,
    startAt,
    endAt: startAt + minutes(30),
    location,
    body,
    attendees: invited,
    ...(weekly === true ? { recurrence: { pattern, range } as never } : {}),
  });
  const played: PlayedInvitation = {
    name,
    organiser,
    eventId: immutableId,
    outside: stored.content,
    locations: [location],
    subject: name,
    invited: [...invited],
  };
  cast.invitations.push(played);
  return played;
};

/** Somebody says where an invitation takes place now. */
export const move = ({ stage }: Scenery, played: PlayedInvitation, location: string): void => {
  stage.graph.updateEvent(played.organiser.objectId, played.eventId, { location });
  played.locations.push(location);
};

/** Somebody says where one occurrence of a series takes place, the n-th from now on. */
export const moveOccurrence = (
  cast: JoinCast,
  { stage }: Scenery,
  {
    series,
    nth,
    location,
  }: { readonly series: PlayedInvitation; readonly nth: number; readonly location: string },
): void => {
  const { organiser, eventId, name, outside, locations } = series;
  const from = stage.clock.now();
  const occurrences = stage.graph.listInstances(
    organiser.objectId,
    eventId,
    from,
    from + days(60) + hours(1),
  );
  const occurrence = occurrences[nth];
  if (!occurrence) throw new Error(`${name} has no occurrence ${nth}`);
  stage.graph.updateEvent(organiser.objectId, occurrence.immutableId, { location });
  cast.invitations.push({
    ...series,
    name: `${name}, occurrence ${nth + 1}`,
    eventId: occurrence.immutableId,
    outside,
    locations: [...locations, location],
    invited: [],
  });
};
