import type { MeetingItem } from "../src/api/schemas.ts";
import { type Day, daysAhead, openable, wantsAnswer } from "./agenda.ts";
import { make } from "./elements.ts";
import type { Answer } from "./meetings-api.ts";
import type { Say, Word } from "./words.ts";

// Makes elements. What people have written comes in by textContent alone, so it can never become markup.

/** What meetings are shown with. */
export interface Looks {
  readonly say: Say;
  readonly locale: string;
  readonly now: number;
  readonly joinable: ReadonlySet<string>;
  readonly onAnswer: (meeting: MeetingItem, answer: Answer, isForSeries: boolean) => void;
  readonly onEdit: (meeting: MeetingItem) => void;
  readonly onCancel: (meeting: MeetingItem) => void;
}

const subjectOf = ({ subject, isPrivate }: MeetingItem, say: Say): string =>
  isPrivate ? say("privateMeeting") : subject || say("noSubject");

const timeOf = ({ date, start, end }: MeetingItem, { say, locale }: Looks): HTMLElement => {
  if (date !== null) return make("div", "time", make("b", "", say("allDay")));
  const clock = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" });
  const begins = make("time", "", clock.format(new Date(start)));
  begins.dateTime = start;
  return make("div", "time", make("b", "", begins), ` – ${clock.format(new Date(end))}`);
};

/** What was accepted needs no word. */
const standings: Readonly<Record<string, Word>> = {
  declined: "declined",
  tentativelyAccepted: "tentative",
};

const tagsOf = (meeting: MeetingItem): readonly Word[] => {
  const standing = standings[meeting.response];
  const tags: Word[] = [];
  if (meeting.isCancelled) tags.push("cancelled");
  else if (wantsAnswer(meeting)) tags.push("unanswered");
  else if (standing !== undefined && !meeting.isOrganizer) tags.push(standing);
  if (meeting.movedFrom !== null && !meeting.isCancelled) tags.push("moved");
  if (meeting.seriesId !== null) tags.push("repeats");
  return tags;
};

const joinOf = (meeting: MeetingItem, { say, joinable }: Looks): readonly Node[] => {
  if (meeting.join === null || !joinable.has(meeting.id)) return [];
  const url = openable(meeting.join.url);
  if (url === null) {
    const address = meeting.join.video ?? "";
    return address === "" ? [] : [make("span", "tag", say("dial", { address }))];
  }
  const link = make("a", "join", say("join"));
  link.href = url;
  link.target = "_blank";
  link.rel = "noopener noreferrer";
  link.setAttribute("aria-label", say("joinNamed", { subject: subjectOf(meeting, say) }));
  return [link];
};

const answers: readonly (readonly [Answer, Word])[] = [
  ["accept", "accept"],
  ["tentativelyAccept", "maybe"],
  ["decline", "decline"],
];

/** Whether an answer is to be one for the whole series. */
const seriesTick = (): HTMLInputElement => {
  const box = make("input", "");
  box.type = "checkbox";
  return box;
};

const ownActsOf = (meeting: MeetingItem, { say, onEdit, onCancel }: Looks): HTMLElement => {
  const subject = subjectOf(meeting, say);
  const acts = [
    ["edit", onEdit],
    ["callOff", onCancel],
  ] as const;
  const buttons = acts.map(([word, run]) => {
    const button = make("button", "", say(word));
    button.type = "button";
    button.setAttribute("aria-label", say("actOn", { act: say(word), subject }));
    button.addEventListener("click", () => run(meeting));
    return button;
  });
  return make("div", "acts own", ...buttons);
};

const actsOf = (meeting: MeetingItem, { say, onAnswer }: Looks): HTMLElement => {
  const acts = make("div", "acts");
  const forSeries = seriesTick();
  for (const [answer, word] of answers) {
    const button = make("button", "", say(word));
    button.type = "button";
    button.setAttribute("aria-label", say("actOn", { act: say(word), subject: subjectOf(meeting, say) }));
    button.addEventListener("click", () => {
      for (const each of acts.querySelectorAll("button")) each.disabled = true;
      onAnswer(meeting, answer, forSeries.checked);
    });
    acts.append(button);
  }
  if (meeting.seriesId !== null) acts.append(make("label", "", forSeries, say("wholeSeries")));
  return acts;
};

const linesOf = (meeting: MeetingItem, say: Say): readonly string[] => {
  const organizer = meeting.organizer?.name ?? meeting.organizer?.address ?? "";
  const people = meeting.attendeesCount;
  const who = [
    meeting.isOrganizer ? "" : organizer,
    people > 0 ? say("people", { count: String(people) }) : "",
  ];
  return [who.filter((part) => part !== "").join(" · "), meeting.location ?? ""].filter(
    (line) => line !== "",
  );
};

/** One meeting. */
export const meetingElement = (meeting: MeetingItem, looks: Looks): HTMLLIElement => {
  const { say } = looks;
  const words = make("div", "words", make("h3", "", subjectOf(meeting, say)));
  for (const line of linesOf(meeting, say)) words.append(make("p", "", line));
  const tags = tagsOf(meeting);
  const { passcode = null } = meeting.join ?? {};
  if (tags.length > 0) words.append(make("div", "tags", ...tags.map((tag) => make("span", "tag", say(tag)))));
  if (looks.joinable.has(meeting.id) && passcode !== null)
    words.append(make("p", "", say("passcode", { passcode })));
  if (wantsAnswer(meeting)) words.append(actsOf(meeting, looks));
  if (meeting.isOrganizer && !meeting.isCancelled && !meeting.isPrivate)
    words.append(ownActsOf(meeting, looks));
  const className = meeting.isCancelled ? "meeting cancelled" : "meeting";
  return make("li", className, timeOf(meeting, looks), words, ...joinOf(meeting, looks));
};

const dayName = (day: Date, { say, locale, now }: Looks): HTMLElement => {
  const date = new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long" }).format(
    day,
  );
  const ahead = daysAhead(day, now);
  if (ahead > 1) return make("h2", "", date);
  return make("h2", "", say(ahead === 0 ? "today" : "tomorrow"), " ", make("small", "", date));
};

/** A day with its meetings. */
export const dayElement = ({ at, meetings }: Day, looks: Looks): HTMLElement => {
  const list = make("ul", "day", ...meetings.map((meeting) => meetingElement(meeting, looks)));
  return make("section", "", dayName(at, looks), list);
};

/** What can be joined now, by start. */
export const nowElements = (meetings: readonly MeetingItem[], looks: Looks): readonly Node[] => {
  const heading = make("h2", "", looks.say("now"));
  return [heading, make("ul", "", ...meetings.map((meeting) => meetingElement(meeting, looks)))];
};
