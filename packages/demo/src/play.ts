import { instant } from "@hybrid/kernel";
import { challenged, split } from "./model.ts";
import { officeDay } from "./office-day.ts";
import {
  type DemoMeeting,
  type DemoOrganisation,
  type DemoTenant,
  type TenantRole,
  timeline,
} from "./organisation.ts";
import type { Stage } from "./stage.ts";

/** What a person's latest action left in the calendar, before the services may have touched it again. */
export interface PlayedMeeting {
  readonly meeting: DemoMeeting;
  readonly eventId: string;
  /** Everything outside our block, byte for byte, after the latest action. */
  outside: string;
  /** The body as the person first saved it. */
  readonly firstBody: string;
  /** When the latest action was, on the virtual clock. */
  touchedAt: number;
  /** When the invitation was seen to hold what it must; null: not yet. */
  settledAt: number | null;
  /** Actions so far, the creation included. */
  actions: number;
  /** The one occurrence of a series that a person changed; null: none. */
  occurrenceId: string | null;
}

/** The play while it runs. */
export interface Play {
  readonly meetings: PlayedMeeting[];
  readonly startedAt: number;
  /** Counts of requests that were taken on the way. */
  readonly counts: {
    renewalsBeforeChallenge: number;
    renewalsAfterChallenge: number;
    refusedAfterSuspension: number;
    refusedBeforeConsent: number;
    /** Notifications that never left, on purpose. */
    lostOnPurpose: number;
  };
}

const subscriptionRoute = "/v1.0/subscriptions/:subscriptionId";

const renewals = ({ graph }: Stage): number =>
  graph.metrics.countRequests({ method: "PATCH", route: subscriptionRoute, status: 200 });

/** Refusals for want of consent: tokens not issued, tokens no longer taken. */
const refusals = ({ graph }: Stage): number =>
  graph.metrics.countRequests({ status: 401 }) +
  graph.metrics.countRequests({ route: "/:tenant/oauth2/v2.0/token", status: 400 });

/** Records what stands in the calendar now as what must stay. */
const note = (stage: Stage, played: PlayedMeeting): void => {
  const truth = stage.graph.readEvent(played.meeting.organiser.objectId, played.eventId);
  played.outside = split(truth.body.content).outside;
  played.touchedAt = stage.clock.now();
  played.settledAt = null;
  played.actions++;
};

const afterBodyTag = (body: string, typed: string): string => {
  const tag = /<body[^>]*>/i.exec(body);
  const at = tag ? tag.index + tag[0].length : 0;
  return body.slice(0, at) + typed + body.slice(at);
};

/** A person moves one occurrence of a series elsewhere; the others stay. */
const changeOccurrence = (stage: Stage, played: PlayedMeeting, location: string): void => {
  const { objectId } = played.meeting.organiser;
  const { startAt } = stage.graph.readEvent(objectId, played.eventId);
  const second = stage.graph.listInstances(objectId, played.eventId, startAt, startAt + 15 * 86_400_000)[1];
  if (!second) throw new Error(`${played.meeting.name} has no second occurrence`);
  played.occurrenceId = second.id;
  stage.graph.updateEvent(objectId, second.id, { location });
};

const create = (stage: Stage, play: Play, meeting: DemoMeeting): void => {
  const startAt = stage.clock.now() + meeting.startsAfterMs;
  const { date: startDate, weekday } = officeDay(startAt);
  const { lost } = stage.graph.metrics.deliveries;
  stage.graph.setFaults({ lostNotifications: meeting.unnoticed ? 1 : 0 });
  const truth = stage.graph.createEvent(meeting.organiser.objectId, {
    subject: meeting.name,
    startAt,
    endAt: startAt + 30 * 60_000,
    body: meeting.body,
    ...(meeting.location === "" ? {} : { location: meeting.location }),
    attendees: meeting.attendees.map((person) => person.mailAddress),
    isOnlineMeeting: meeting.teams,
    ...(meeting.weekly
      ? {
          recurrence: {
            pattern: { type: "weekly", interval: 1, daysOfWeek: [weekday] },
            range: { type: "numbered", startDate, numberOfOccurrences: 6 },
          },
        }
      : {}),
  });
  stage.graph.setFaults({});
  play.counts.lostOnPurpose += stage.graph.metrics.deliveries.lost - lost;
  const played: PlayedMeeting = {
    meeting,
    eventId: truth.id,
    outside: "",
    firstBody: truth.body.content,
    touchedAt: 0,
    settledAt: null,
    actions: 0,
    occurrenceId: null,
  };
  note(stage, played);
  play.meetings.push(played);
  for (const change of meeting.changes)
    stage.clock.at(instant(play.startedAt + change.afterMs), () => {
      if (change.secondOccurrence !== undefined) {
        changeOccurrence(stage, played, change.secondOccurrence);
        return;
      }
      const { body } = stage.graph.readEvent(meeting.organiser.objectId, played.eventId);
      stage.graph.updateEvent(meeting.organiser.objectId, played.eventId, {
        ...(change.location === undefined
          ? {}
          : { location: change.location === "" ? null : change.location }),
        ...(change.typed === undefined ? {} : { body: afterBodyTag(body.content, change.typed) }),
      });
      note(stage, played);
    });
};

const tenantOf = (organisation: DemoOrganisation, role: TenantRole): DemoTenant => {
  const tenant = organisation.tenants.find((each) => each.role === role);
  if (!tenant) throw new Error(`the organisation has no ${role} tenant`);
  return tenant;
};

/** What the play needs from its surroundings. */
export interface PlayActions {
  /** An administrator authorises the tenant (again). */
  authorise(tenantId: string): void;
}

/** From now on one tenant throttles everything; its people are known by then. */
export const throttle = ({ graph, startedAt }: Stage, organisation: DemoOrganisation): void =>
  graph.throttleTenant(tenantOf(organisation, "throttled").tenantId, {
    untilMs: startedAt + timeline.throttledUntilMs,
    retryAfterSeconds: timeline.throttleRetryAfterSeconds,
  });

/** Puts the whole day onto the stage's clock; nothing has happened yet when it returns. */
export const rehearse = (stage: Stage, organisation: DemoOrganisation, actions: PlayActions): Play => {
  const counts = {
    renewalsBeforeChallenge: 0,
    renewalsAfterChallenge: 0,
    refusedAfterSuspension: 0,
    refusedBeforeConsent: 0,
    lostOnPurpose: 0,
  };
  const play: Play = { meetings: [], startedAt: stage.startedAt, counts };
  const after = (ms: number, run: () => void): void =>
    void stage.clock.at(instant(stage.startedAt + ms), run);
  const { graph } = stage;

  for (const meeting of organisation.meetings)
    after(meeting.createdAfterMs, () => create(stage, play, meeting));

  const unnoticed = new Set(
    organisation.meetings.filter((each) => each.unnoticed).map((each) => each.organiser),
  );
  after(timeline.missedMs, () => {
    for (const person of unnoticed) graph.sendLifecycle({ userId: person.objectId }, "missed");
  });
  const steady = organisation.people.filter((each) => each.fault === null && each.tenant.role === "steady");
  after(timeline.subscriptionsRemovedMs, () => {
    for (const person of steady.slice(0, 8)) graph.removeSubscription(person.objectId, "withNotification");
  });
  after(timeline.reauthorizationMs, () => {
    counts.renewalsBeforeChallenge = renewals(stage);
    for (const person of challenged(organisation))
      for (let repeated = 0; repeated < 3; repeated++)
        graph.sendLifecycle({ userId: person.objectId }, "reauthorizationRequired");
  });
  after(timeline.reauthorizationMs + 240_000, () => {
    counts.renewalsAfterChallenge = renewals(stage);
  });
  for (const person of organisation.people)
    if (person.repairedAfterMs !== null)
      after(person.repairedAfterMs, () => graph.setMailboxState(person.objectId, "normal"));

  const revoked = tenantOf(organisation, "revoked");
  after(timeline.consentRevokedMs, () => {
    graph.revokeConsent(revoked.tenantId, stage.clientId);
    for (const person of organisation.people)
      if (person.tenant === revoked)
        graph.sendLifecycle({ userId: person.objectId }, "reauthorizationRequired");
  });
  after(timeline.consentRevokedMs + 600_000, () => {
    counts.refusedAfterSuspension = refusals(stage);
  });
  after(timeline.consentGivenMs, () => {
    counts.refusedBeforeConsent = refusals(stage);
    graph.grantConsent(revoked.tenantId, stage.clientId);
    actions.authorise(revoked.tenantId);
  });
  return play;
};
