import { days, hours, minutes, seconds } from "@hybrid/kernel";

/** Every number of the service, in milliseconds where it is a time. */
export interface Numbers {
  /** How often the events of an organisation are read. */
  readonly feedEveryMs: number;
  /** Events are read up to this long ago, so that late ones are there. */
  readonly feedLagMs: number;
  /** Every reading begins this long before the end of the one before; doubles are told apart by id. */
  readonly feedOverlapMs: number;
  /** Event ids that are remembered at most, newest last. */
  readonly feedIdsMax: number;
  /** How often every team that can be seen is looked for. */
  readonly teamsEveryMs: number;
  /** How often prerequisites are looked at by themselves. */
  readonly prerequisitesEveryMs: number;
  /** How often a connected team asks what changed in its group. */
  readonly followEveryMs: number;
  /** How often team and group are compared in full. */
  readonly reconcileEveryMs: number;
  /** For how long what holds for the organisation is taken as still right. */
  readonly settingsKeepMs: number;
  /** When the question for it is repeated. */
  readonly askAgainMs: number;
  /** The first wait after something that passes, doubled up to the longest. */
  readonly retryMinMs: number;
  readonly retryMaxMs: number;
  /** Likewise for a group so new that not every server has it. */
  readonly freshRetryMinMs: number;
  /** For how long a group counts as that new. */
  readonly freshMs: number;
  /** Likewise for a site that is being made. */
  readonly siteRetryMinMs: number;
  readonly siteRetryMaxMs: number;
  /** After this long without a site the team is shown as blocked; it is looked for on and on. */
  readonly siteLateMs: number;
  /** Failures in a row of the team's own after which a person is asked. */
  readonly failuresInARow: number;
  /** When a team that waits for a person is tried by itself. */
  readonly blockedRetryMs: number;
  /** How often a deleted group or team is looked for, and for how long: Microsoft keeps it 30 days. */
  readonly restoredEveryMs: number;
  readonly restoredForMs: number;
  /** Owners named at creation; with the first people they make up what Graph takes in one request. */
  readonly ownersMax: number;
  /** People of a team in one look, and members in one request. */
  readonly peopleMax: number;
  /** People that one call takes into a team or out of it. */
  readonly followersMax: number;
  /** People of a group that are remembered, to find out who left when what the group told is lost. */
  readonly knownMax: number;
  /** Spaces of a team that get folders. */
  readonly spacesMax: number;
  /** Names that are tried for a group before a person is asked. */
  readonly namesMax: number;
  /** Refusals that are remembered of a team. */
  readonly refusalsMax: number;
  /** How often Webex is asked about a space that it does not know; then it is forgotten. */
  readonly lookTriesMax: number;
  /** Memberships that wait while nothing is known of their space. */
  readonly waitingEventsMax: number;
}

/** The numbers as they are meant. */
export const designNumbers: Numbers = {
  feedEveryMs: seconds(30),
  feedLagMs: seconds(60),
  feedOverlapMs: minutes(2),
  feedIdsMax: 2_000,
  teamsEveryMs: days(1),
  prerequisitesEveryMs: hours(6),
  followEveryMs: minutes(15),
  reconcileEveryMs: days(1),
  settingsKeepMs: minutes(5),
  askAgainMs: minutes(10),
  retryMinMs: minutes(1),
  retryMaxMs: hours(1),
  freshRetryMinMs: seconds(5),
  freshMs: hours(1),
  siteRetryMinMs: minutes(1),
  siteRetryMaxMs: minutes(30),
  siteLateMs: days(1),
  failuresInARow: 3,
  blockedRetryMs: days(1),
  restoredEveryMs: hours(1),
  restoredForMs: days(30),
  ownersMax: 5,
  peopleMax: 15,
  followersMax: 10,
  knownMax: 2_000,
  spacesMax: 300,
  namesMax: 20,
  refusalsMax: 50,
  lookTriesMax: 12,
  waitingEventsMax: 200,
};
