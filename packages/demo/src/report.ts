import type { UserRow } from "@hybrid/hybrid";
import { heading, table } from "@hybrid/hybrid";
import colours from "picocolors";
import { quantileSorted } from "simple-statistics";
import type { Expectation } from "./expectation.ts";
import { expectedInvitation } from "./model.ts";
import type { Play } from "./play.ts";
import type { EndedChapter } from "./run-chapters.ts";
import type { EndedDay } from "./run-day.ts";
import type { Stage } from "./stage.ts";

const minutesAndSeconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

const quantile = (sorted: readonly number[], share: number): number =>
  sorted.length === 0 ? 0 : quantileSorted([...sorted], share);

const usersTable = (rows: readonly UserRow[]): string => {
  const counts = new Map<string, number>();
  for (const row of rows) {
    const next = row.nextTryAt === null ? "" : `after ${row.failures} failures`;
    const key = [row.to, row.reason ?? "", next].join("\t");
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const lines = [...counts].sort((a, b) => b[1] - a[1]).map(([key, count]) => [count, ...key.split("\t")]);
  return table(["users", "state", "reason", "next try"], lines);
};

const callsTable = (stage: Stage): string =>
  table(
    ["requests", "method", "route", "status"],
    stage.graph.metrics.requests
      .filter((each) => each.count > 0)
      .map((each) => [each.count, each.method, each.route, each.status]),
  );

const webexTable = (stage: Stage): string =>
  table(
    ["requests", "route"],
    Object.entries(stage.webex.requestCounts()).map(([route, count]) => [count, route]),
  );

const placeNames = {
  personalRoom: "details of the personal room",
  space: "a space of its own",
  oneTime: "a one-time meeting",
} as const;
const languageNames = { en: "English", sv: "Swedish", de: "German" } as const;

const decorationTable = (play: Play): string => {
  const counts = new Map<string, number>();
  for (const { meeting } of play.meetings) {
    const { place, because, language } = expectedInvitation(meeting);
    const key = place ? `${placeNames[place]}, in ${languageNames[language]}` : `left alone: ${because}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return table(
    ["invitations", "what became of them"],
    [...counts].map(([key, count]) => [count, key]),
  );
};

const invitationPair = (stage: Stage, play: Play): string => {
  const shown = play.meetings.find(
    (each) =>
      expectedInvitation(each.meeting).joinDetails &&
      each.meeting.body.includes("Agenda") &&
      !each.meeting.teams,
  );
  if (!shown) return "";
  const after = stage.graph.readEvent(shown.meeting.organiser.objectId, shown.eventId).body.content;
  return [
    heading(`One invitation (${shown.meeting.name}, location "${shown.meeting.location}")`),
    colours.gray("before:"),
    shown.firstBody.replaceAll("\r\n", "\n"),
    colours.gray("after:"),
    after.replaceAll("\r\n", "\n"),
  ].join("\n");
};

/** What was played. */
export interface Played {
  readonly day: EndedDay | null;
  readonly chapters: readonly EndedChapter[];
}

/** Figures of the run itself. */
interface RunFigures {
  readonly realSeconds: number;
  readonly steps: number;
}

const latenciesOf = ({ play }: EndedDay): readonly (readonly [string, string])[] => {
  const latencies = play.meetings
    .filter(
      (each) =>
        each.settledAt !== null && expectedInvitation(each.meeting).joinDetails && !each.meeting.unnoticed,
    )
    .map((each) => (each.settledAt ?? 0) - each.touchedAt)
    .sort((a, b) => a - b);
  return [
    ["from a person's action to join details, virtual, median", minutesAndSeconds(quantile(latencies, 0.5))],
    ["the same, 99 of 100", minutesAndSeconds(quantile(latencies, 0.99))],
  ];
};

const figures = (stage: Stage, { day }: Played, run: RunFigures): string => {
  const requests = stage.graph.activity().total + stage.webex.activity().total;
  const { deliveries } = stage.graph.metrics;
  const virtualHours = (stage.clock.now() - stage.startedAt) / 3_600_000;
  return table(
    ["figure", "value"],
    [
      ["virtual hours played", virtualHours.toFixed(1)],
      ["real seconds", run.realSeconds.toFixed(1)],
      ["starts of the services (kill -9 between)", stage.starts],
      ["steps of actors", run.steps],
      ["steps per real second", Math.round(run.steps / run.realSeconds)],
      ["requests and deliveries", requests],
      ["notifications delivered, duplicates included", deliveries.notifications],
      ["deliveries refused and repeated", deliveries.retried],
      ...(day ? latenciesOf(day) : []),
    ],
  );
};

const dayLines = (stage: Stage, day: EndedDay): readonly string[] => [
  heading("Users by state"),
  usersTable(day.rows),
  heading("Invitations"),
  decorationTable(day.play),
  invitationPair(stage, day.play),
  heading("Expectations of the day"),
  ...expectationLines(day.expectations),
];

const chapterLines = ({ name, title, report: tables, expectations }: EndedChapter): readonly string[] => [
  heading(`Chapter ${name}: ${title}`),
  tables,
  ...expectationLines(expectations),
];

/** Everything that is shown when the play is over; chapters have a section each. */
export const report = (stage: Stage, played: Played, run: RunFigures): string =>
  [
    ...(played.day ? dayLines(stage, played.day) : []),
    ...played.chapters.flatMap(chapterLines),
    heading("Calls to Microsoft Graph and Entra"),
    callsTable(stage),
    heading("Calls to Webex"),
    webexTable(stage),
    heading("Figures"),
    figures(stage, played, run),
  ].join("\n");

/** The end for programs; fields of the day are empty when it was not played. */
export const jsonReport = (stage: Stage, { day, chapters }: Played) => ({
  starts: stage.starts,
  users: (day?.rows ?? []).map(({ user, to, reason, failures }) => ({ user, to, reason, failures })),
  bodies: (day?.play.meetings ?? []).map(({ meeting, eventId }) => ({
    meeting: meeting.name,
    body: stage.graph.readEvent(meeting.organiser.objectId, eventId).body.content,
  })),
  expectations: day?.expectations ?? [],
  chapters: chapters.map(({ name, title, expectations }) => ({ name, title, expectations })),
});

/** The expectations one by one; each broken one with its first few cases. */
const expectationLines = (expectations: readonly Expectation[]): readonly string[] =>
  expectations.flatMap(({ name, checked, broken }) => [
    broken.length === 0
      ? `${colours.green("held")}    ${name} (${checked} checked)`
      : `${colours.red("BROKEN")}  ${name} (${broken.length} of ${checked})`,
    ...broken.slice(0, 5).map((each) => `          ${each}`),
    ...(broken.length > 5 ? [`          and ${broken.length - 5} more`] : []),
  ]);
