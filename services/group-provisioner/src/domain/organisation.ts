import { type GroupPrerequisites, groupPrerequisites } from "@hybrid/contracts";
import {
  actorIdOf,
  call,
  type EpochMs,
  emit,
  later,
  orgOf,
  plus,
  post,
  type Step,
  stay,
  unreachable,
} from "@hybrid/kernel";
import { tryAfter } from "./failures.ts";
import type { Call, Input, Order, OrganisationInput } from "./inputs.ts";
import type { Moment } from "./moment.ts";
import type { Organisation, Settings } from "./state.ts";

type Given = Extract<Input, OrganisationInput | { readonly kind: "timerFired" | "callFailed" }>;
type OrganisationStep = Step<Organisation, Input, Call>;
type Kind = NonNullable<Organisation["inFlight"]>["kind"];

const noSettings: Settings = { generation: 0, enabled: false, authorised: false, options: null };

/** An organisation of which nothing has been said. */
export const newOrganisation: Organisation = {
  kind: "organisation",
  settings: noSettings,
  feed: null,
  feedAt: null,
  teamsAt: null,
  teamsAfter: "",
  checkAt: null,
  confirmed: {},
  checks: [],
  users: { seen: 0, linked: 0, unlinked: [] },
  checkedAt: null,
  inFlight: null,
  calls: 0,
  failures: 0,
};

/** Whether teams are looked for. */
const isOn = ({ settings }: Organisation): boolean =>
  settings.enabled && settings.authorised && settings.options !== null;

const decided = (organisation: Organisation, change: Partial<Settings>): Organisation => {
  const settings = { ...organisation.settings, ...change };
  return { ...organisation, settings: { ...settings, generation: settings.generation + 1 } };
};

/** Everything is looked at now: teams that are there, events from here on, prerequisites. */
const begun = (organisation: Organisation, { now, numbers }: Moment): Organisation => ({
  ...organisation,
  feed: organisation.feed ?? { until: plus(now, -numbers.feedLagMs), isPartial: false, ids: [] },
  feedAt: now,
  teamsAt: now,
  teamsAfter: "",
  checkAt: now,
  failures: 0,
});

const obey = (
  before: Organisation,
  command: Extract<OrganisationInput, { readonly kind: "ordered" }>["command"],
  moment: Moment,
): Organisation => {
  switch (command.kind) {
    case "configure":
      return begun(decided(before, { options: command.options }), moment);
    case "authorise":
      return begun(decided(before, { authorised: true }), moment);
    case "revoke":
      return decided(before, { authorised: false });
    case "enable":
      return begun(decided(before, { enabled: true }), moment);
    case "disable":
      return decided(before, { enabled: false });
    case "check":
      return { ...before, checkAt: moment.now };
    case "confirm": {
      const { [command.prerequisite]: _, ...others } = before.confirmed;
      const said = command.value === null ? {} : { [command.prerequisite]: command.value };
      return { ...before, confirmed: { ...others, ...said }, checkAt: moment.now };
    }
    case "connect":
    case "disconnect":
    case "retry":
      return before;
    default:
      return unreachable(command);
  }
};

/** What was read is told to each space, once: doubles of the overlap are known by their ids. */
const onFeed = (
  organisation: Organisation,
  { events, until, isPartial }: Extract<Given, { readonly kind: "feedRead" }>,
  { now, self, numbers }: Moment,
): readonly [Organisation, readonly Order[]] => {
  const known = new Set(organisation.feed?.ids);
  const fresh = events.filter(({ eventId }) => !known.has(eventId) && known.add(eventId));
  const bot = organisation.settings.options?.botPersonUuid ?? null;
  const orders = fresh.map(({ roomUuid, ...event }) =>
    post<Input>(actorIdOf(`${orgOf(self)}/r-${roomUuid}`), {
      kind: "membershipNoticed",
      event: { ...event, isBot: event.personUuid === bot },
    }),
  );
  // A reading that goes on begins behind the last of these.
  const last = events.at(-1)?.eventId;
  const ids = [...known].filter((id) => id !== last).concat(last ?? []);
  const feed = { until, isPartial, ids: ids.slice(-numbers.feedIdsMax) };
  const feedAt = isPartial ? now : plus(now, numbers.feedEveryMs);
  return [{ ...organisation, feed, feedAt, failures: 0 }, orders];
};

const ended = (organisation: Organisation): Organisation => ({ ...organisation, inFlight: null });

const onOutcome = (
  given: Organisation,
  input: Extract<Given, { readonly kind: "feedRead" | "teamsListed" | "prerequisitesChecked" }>,
  moment: Moment,
): readonly [Organisation, readonly Order[]] => {
  const organisation = ended(given);
  const { now, self, numbers } = moment;
  switch (input.kind) {
    case "feedRead":
      return onFeed(organisation, input, moment);
    case "teamsListed": {
      const orders = input.teams.map((team) =>
        post<Input>(actorIdOf(`${orgOf(self)}/r-${team}`), { kind: "teamSeen" }),
      );
      const teamsAt = input.next === null ? plus(now, numbers.teamsEveryMs) : now;
      return [{ ...organisation, teamsAt, teamsAfter: input.next ?? "", failures: 0 }, orders];
    }
    case "prerequisitesChecked": {
      const { checks, users, isConsentGone } = input;
      const checked = {
        ...organisation,
        checks,
        users,
        checkedAt: now,
        checkAt: plus(now, numbers.prerequisitesEveryMs),
        failures: 0,
      };
      const lost = isConsentGone && organisation.settings.authorised;
      return [lost ? decided(checked, { authorised: false }) : checked, []];
    }
  }
};

const atOf = (kind: Kind): "feedAt" | "teamsAt" | "checkAt" =>
  (({ readFeed: "feedAt", listTeams: "teamsAt", checkPrerequisites: "checkAt" }) as const)[kind];

const onFailure = (
  organisation: Organisation,
  { failure }: Extract<Given, { readonly kind: "callFailed" }>,
  { now, numbers }: Moment,
): Organisation => {
  if (organisation.inFlight === null) return organisation;
  const at = tryAfter(failure, organisation.failures, now, {
    least: numbers.retryMinMs,
    most: numbers.retryMaxMs,
  });
  const key = atOf(organisation.inFlight.kind);
  return { ...ended(organisation), [key]: at, failures: organisation.failures + 1 };
};

/** What is due next, and when; prerequisites are looked at also while nothing else is. */
const dueOf = (organisation: Organisation): { readonly kind: Kind; readonly at: EpochMs } | null => {
  if (organisation.inFlight !== null || organisation.settings.options === null) return null;
  const all: readonly (readonly [Kind, EpochMs | null])[] = [
    ["readFeed", isOn(organisation) ? organisation.feedAt : null],
    ["listTeams", isOn(organisation) ? organisation.teamsAt : null],
    ["checkPrerequisites", organisation.checkAt],
  ];
  return (
    all.flatMap(([kind, at]) => (at === null ? [] : [{ kind, at }])).sort((a, b) => a.at - b.at)[0] ?? null
  );
};

const order = (
  organisation: Organisation,
  kind: Kind,
  { now, numbers }: Moment,
): readonly [Organisation, Call] => {
  const number = organisation.calls + 1;
  const next = { ...organisation, calls: number, inFlight: { kind, number } };
  const { options } = organisation.settings;
  const { tenantId = "", webexOrgUuid = "" } = options ?? {};
  switch (kind) {
    case "readFeed": {
      const until = organisation.feed?.until ?? plus(now, -numbers.feedLagMs);
      const to = later(until, plus(now, -numbers.feedLagMs));
      const overlap = organisation.feed?.isPartial ? 0 : numbers.feedOverlapMs;
      const after = organisation.feed?.isPartial ? (organisation.feed.ids.at(-1) ?? null) : null;
      return [next, { kind, number, from: plus(until, -overlap), to, after }];
    }
    case "listTeams":
      return [next, { kind, number, after: organisation.teamsAfter }];
    case "checkPrerequisites":
      return [next, { kind, number, tenantId, webexOrgUuid, confirmed: organisation.confirmed }];
  }
};

const shownOf = (organisation: Organisation): Omit<GroupPrerequisites, "at"> => ({
  enabled: organisation.settings.enabled,
  authorised: organisation.settings.authorised,
  checks: organisation.checks,
  usersSeen: organisation.users.seen,
  usersLinked: organisation.users.linked,
  unlinked: organisation.users.unlinked,
  checkedAt: organisation.checkedAt,
  tenantId: organisation.settings.options?.tenantId ?? null,
});

const conclude = (
  before: Organisation,
  changed: Organisation,
  orders: readonly Order[],
  moment: Moment,
): OrganisationStep => {
  const due = dueOf(changed);
  const [after, ordered] =
    due !== null && due.at <= moment.now ? order(changed, due.kind, moment) : [changed, null];
  const shown = shownOf(after);
  const told =
    JSON.stringify(shown) === JSON.stringify(shownOf(before))
      ? []
      : [emit(groupPrerequisites, moment.self, { ...shown, at: moment.now })];
  return { state: after, effects: [...told, ...orders, ...(ordered === null ? [] : [call(ordered)])] };
};

const isOutcome = (
  input: Input,
): input is Extract<Given, { readonly kind: "feedRead" | "teamsListed" | "prerequisitesChecked" }> =>
  input.kind === "feedRead" || input.kind === "teamsListed" || input.kind === "prerequisitesChecked";

/** Who came counts when it is the bot, by which a team asks for its group. */
const hintOf = (
  { settings }: Organisation,
  { by, hint }: Extract<Given, { readonly kind: "hintAsked" }>,
): Order => {
  const { eventId, personUuid, at } = hint;
  const isBot = personUuid !== null && personUuid === settings.options?.botPersonUuid;
  const event = isBot
    ? { eventId, change: "created" as const, personUuid, isModerator: false, isBot, at }
    : null;
  return post<Input>(by, { kind: "hintTold", event });
};

/** One input of an organisation. */
export const stepOrganisation = (before: Organisation, input: Input, moment: Moment): OrganisationStep => {
  const done = (after: Organisation, orders: readonly Order[] = []): OrganisationStep =>
    conclude(before, after, orders, moment);
  if (input.kind === "ordered") return done(obey(before, input.command, moment));
  if (input.kind === "timerFired") return done(before);
  if (input.kind === "settingsAsked") {
    const told = post<Input>(input.by, { kind: "settingsTold", settings: before.settings });
    return { state: before, effects: [told] };
  }
  if (input.kind === "hintAsked")
    return { state: before, effects: isOn(before) ? [hintOf(before, input)] : [] };
  if (input.kind === "consentLost")
    // Of all that failed under one decision the first one counts.
    return input.generation === before.settings.generation && before.settings.authorised
      ? done({ ...decided(before, { authorised: false }), checkAt: moment.now })
      : stay(before);
  if (!("number" in input) || before.inFlight?.number !== input.number) return stay(before);
  if (input.kind === "callFailed") return done(onFailure(before, input, moment));
  return isOutcome(input) ? done(...onOutcome(before, input, moment)) : stay(before);
};

/** When the organisation does something by itself. */
export const organisationDueAt = (organisation: Organisation): EpochMs | null =>
  dueOf(organisation)?.at ?? null;
