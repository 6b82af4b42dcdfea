import { type DemoMeeting, type DemoOrganisation, type DemoPerson, timeline } from "./organisation.ts";

/*
 * What must have happened, thought out a second time from the play alone. Nothing here may import a service
 * or a package of ours: a model that shares code with what it judges shares its mistakes.
 */

const minute = 60_000;
const hour = 60 * minute;

/** How long activating everybody may take after the start, pacing and jitter included. */
const activationSpreadMs = 5 * minute;
const confirmationMs = 5 * minute;

/** What is expected of a user at a moment. */
export interface ExpectedUser {
  readonly state: "active" | "error" | "notActivated";
  readonly reason: string | null;
  /** Bounds of the next try after the start of the day; null: there must be none. */
  readonly nextTry: readonly [fromMs: number, untilMs: number] | null;
}

/** A moment at which the organisation is looked at. */
export type Moment = "throttled" | "revoked" | "end";

/** When each moment comes, after the start. */
export const moments: Readonly<Record<Moment, number>> = {
  throttled: 15 * minute,
  revoked: 5 * hour,
  end: timeline.endMs,
};

/**
 * Refused at the start and again ten minutes later, each time with a Retry-After of ten minutes; the crowd
 * comes back within a minute each time.
 */
const secondRetryAfter = [
  2 * timeline.throttleRetryAfterSeconds * 1_000,
  2 * timeline.throttleRetryAfterSeconds * 1_000 + activationSpreadMs + 2 * minute,
] as const;

const active: ExpectedUser = { state: "active", reason: null, nextTry: null };

/** Attempts after each failure: 60 minutes, 60 minutes, then 24 hours, each up to one per cent late. */
const gapsMs = [hour, hour, 24 * hour, 24 * hour, 24 * hour] as const;

const nextTryAfter = (
  moment: number,
  firstFailure: readonly [number, number],
  gaps: readonly number[],
  perAttemptMs: number,
): readonly [number, number] => {
  let [from, until] = firstFailure;
  for (const gapMs of gaps) {
    from += gapMs;
    until += gapMs * 1.01 + perAttemptMs;
    if (from > moment) break;
  }
  return [from, until];
};

const firstFailureMs = [confirmationMs, confirmationMs + activationSpreadMs] as const;

/** The first of the planned tries that is surely after the repair; the user is Active from then on. */
const repairedBy = (person: DemoPerson, moment: number): boolean => {
  if (person.repairedAfterMs === null || person.repairedAfterMs > moment) return false;
  const first = person.fault === "outOfScope" ? ([0, activationSpreadMs] as const) : firstFailureMs;
  const gaps = person.fault === "outOfScope" ? gapsMs.slice(2) : gapsMs;
  const [, until] = nextTryAfter(person.repairedAfterMs, first, gaps, confirmationMs);
  return until <= moment;
};

const expectedFault = (person: DemoPerson, moment: number): ExpectedUser => {
  if (repairedBy(person, moment)) return active;
  if (person.fault === "outOfScope") {
    const nextTry = nextTryAfter(moment, [0, activationSpreadMs], gapsMs.slice(2), 0);
    return { state: "error", reason: "outOfScope", nextTry };
  }
  return {
    state: "error",
    reason: "mailboxMissing",
    nextTry: nextTryAfter(moment, firstFailureMs, gapsMs, confirmationMs),
  };
};

/** What must be true of a person at a moment. */
export const expectedUser = (person: DemoPerson, at: Moment): ExpectedUser => {
  const moment = moments[at];
  if (person.fault !== null) return expectedFault(person, moment);
  if (person.tenant.role === "throttled" && moment < timeline.throttledUntilMs)
    return { state: "notActivated", reason: "throttled", nextTry: secondRetryAfter };
  const revoked = moment >= timeline.consentRevokedMs && moment < timeline.consentGivenMs;
  if (person.tenant.role === "revoked" && revoked)
    return { state: "error", reason: "consentRevoked", nextTry: null };
  return active;
};

/** A day's subscription is renewed between these shares of its lifetime. */
export const renewalShares = [0.7, 0.9] as const;

/** How long after its cause an invitation may take to hold what it must, a kill and its takeover included. */
export const settledWithinMs = 2 * minute;

/** When an invitation must hold what it must, after the start, given a person's latest action. */
export const settledBy = (meeting: DemoMeeting, touchedAfterMs: number): number =>
  (meeting.unnoticed ? timeline.missedMs : touchedAfterMs) + settledWithinMs;

/** People who get three challenges at once to renew. */
export const challenged = (organisation: DemoOrganisation): readonly DemoPerson[] =>
  organisation.people.filter((each) => each.fault === null && each.tenant.role === "steady").slice(8, 28);

/** What a keyword leads to, and the languages that the play's people read. */
export type DemoPlace = "personalRoom" | "space" | "oneTime";
export type DemoLanguage = "en" | "sv" | "de";

/** What is expected of an invitation at the end. */
export interface ExpectedInvitation {
  readonly joinDetails: boolean;
  /** What they lead to; null: nothing. */
  readonly place: DemoPlace | null;
  readonly language: DemoLanguage;
  /** What the access code is called in that language. */
  readonly accessCodeLabel: string;
  /** Why not, in words for the report. */
  readonly because: string;
}

const keyword = /(?:^|[\s;,])@(webex|meet|spark)(?::(space|myroom|onetime))?(?=$|[\s;,])/i;

const modified: Readonly<Record<string, DemoPlace>> = {
  myroom: "personalRoom",
  space: "space",
  onetime: "oneTime",
};

/** `@webex` means the personal room and `@meet` a space in this organisation; a modifier beats both. */
const placeWanted = (location: string): DemoPlace | null => {
  const [, word, modifier] = keyword.exec(location) ?? [];
  if (word === undefined) return null;
  if (modifier !== undefined) return modified[modifier.toLowerCase()] ?? null;
  return word.toLowerCase() === "webex" ? "personalRoom" : "space";
};

/** What "Access code" is in each language of the play's people. */
const accessCodeLabels = { en: "Access code", sv: "\u00c5tkomstkod", de: "Zugriffscode" } as const;

const languages = { "en-US": "en", "sv-SE": "sv", "de-DE": "de" } as const;

/** Where a meeting is said to take place after all changes. */
export const finalLocation = (meeting: DemoMeeting): string =>
  meeting.changes.reduce((location, change) => change.location ?? location, meeting.location);

/** Whether details of a space or a one-time meeting stood there before: they change with the keyword. */
const hadOthers = (meeting: DemoMeeting): boolean =>
  [meeting.location, ...meeting.changes.map(({ location }) => location ?? "")].some((location) =>
    ["space", "oneTime"].includes(placeWanted(location) ?? ""),
  );

/** Whether an invitation must hold join details at the end, of which kind, and why not. */
export const expectedInvitation = (meeting: DemoMeeting): ExpectedInvitation => {
  const language = languages[meeting.organiser.locale];
  const common = { language, accessCodeLabel: accessCodeLabels[language] };
  const no = (because: string): ExpectedInvitation => ({
    joinDetails: false,
    place: null,
    ...common,
    because,
  });
  if (meeting.startsAfterMs < 0) return no("it lay in the past");
  const place = placeWanted(finalLocation(meeting));
  if (place === null) return no("no keyword stands in the location");
  if (place === "personalRoom" && !meeting.organiser.hasPersonalRoom)
    return no("the organiser has no personal room");
  if (place === "personalRoom" && meeting.body.includes(".webex.com/meet/") && !hadOthers(meeting))
    return no("the author put a Webex link there");
  return { joinDetails: true, place, ...common, because: "" };
};

/** Our block as it stands in a body: a div with the documented id, made of one div for each line. */
const block =
  /<div[^>]*\bid="?(?:x_)?hybrid-join-details"?[^>]*>(?:\s*<div[^>]*>(?:(?!<div)[\s\S])*?<\/div>)*\s*<\/div>/gi;

/** A body in two: our blocks, and everything else byte for byte. */
export const split = (body: string): { readonly blocks: readonly string[]; readonly outside: string } => ({
  blocks: body.match(block) ?? [],
  outside: body.replace(block, ""),
});

/** People who must hold a live subscription at the end. */
export const expectedSubscribers = (organisation: DemoOrganisation): ReadonlySet<string> =>
  new Set(
    organisation.people
      .filter((person) => expectedUser(person, "end").state === "active")
      .map((person) => person.objectId),
  );
