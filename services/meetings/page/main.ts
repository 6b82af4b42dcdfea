import type { MeetingItem } from "../src/api/schemas.ts";
import { agendaOf, nextChangeAt } from "./agenda.ts";
import type { ServerEvent } from "./event-lines.ts";
import { changeRequest, scheduleRequest } from "./meeting-draft.ts";
import { openCancelling, openEditing, openScheduling } from "./meeting-form.ts";
import { type Answer, ApiRefusal, MeetingsApi } from "./meetings-api.ts";
import { dayElement, type Looks, nowElements } from "./render.ts";
import { languageOf, sayIn, type Word } from "./words.ts";

const language = languageOf(navigator.languages);
const say = sayIn(language);
/** Times as the person's own region writes them, in the words of the page. */
const locale = navigator.languages.find((tag) => tag.toLowerCase().startsWith(language)) ?? language;

const place = (id: string): HTMLElement => {
  const element = document.getElementById(id);
  if (element) return element;
  throw new TypeError(`the page has no ${id}`);
};

document.documentElement.lang = language;
document.title = say("title");
place("title").textContent = say("title");

const stand = (word: Word | null): void => {
  const standing = place("standing");
  standing.textContent = word === null ? "" : say(word);
  standing.dataset["live"] = String(word === "live");
};

const notice = (text: string | null): void => {
  place("notice").textContent = text ?? "";
  place("notice").hidden = text === null;
};

const meetings = new Map<string, MeetingItem>();
let joinable: readonly string[] = [];
let redrawing: ReturnType<typeof setTimeout> | undefined;

/** The focus stays where it was: by what the focused element says, as a drawing makes new elements. */
const keepingFocus = (draw: () => void): void => {
  const { activeElement } = document;
  const name = activeElement?.closest("main") ? activeElement.getAttribute("aria-label") : null;
  const section = activeElement?.closest("#now") ? "#now" : "#days";
  draw();
  if (name === null) return;
  for (const element of document.querySelectorAll<HTMLElement>(`${section} [aria-label]`))
    if (element.getAttribute("aria-label") === name) return element.focus();
};

const draw = (): void => {
  const now = Date.now();
  const looks: Looks = {
    say,
    locale,
    now,
    joinable: new Set(joinable),
    onAnswer: answered,
    onEdit: edit,
    onCancel: callOff,
  };
  const days = agendaOf(meetings.values(), now);
  const present = joinable.flatMap((id) => meetings.get(id) ?? []);
  keepingFocus(() => {
    place("now").hidden = present.length === 0;
    place("now").replaceChildren(...(present.length === 0 ? [] : nowElements(present, looks)));
    place("days").replaceChildren(...days.map((day) => dayElement(day, { ...looks, joinable: new Set() })));
    if (days.length > 0) return;
    const empty = document.createElement("p");
    empty.className = "empty";
    empty.textContent = say("empty");
    place("days").append(empty);
  });
  clearTimeout(redrawing);
  // A timer of a browser cannot be longer than 24.8 days; the next one is at midnight at the latest.
  redrawing = setTimeout(draw, nextChangeAt(meetings.values(), now) - now + 50);
};

let api: MeetingsApi | null = null;

/** What was written is shown at once; the list tells the rest. */
const written = (meeting: MeetingItem): void => {
  meetings.set(meeting.id, meeting);
  draw();
};

const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;

const formLooks = () => ({ say, locale, now: Date.now() });

const edit = (meeting: MeetingItem): void =>
  openEditing(formLooks(), meeting, async ({ before, after }, scope) => {
    const change = changeRequest(before, after, timeZone);
    if (change !== null && api !== null) written(await api.change(meeting, change, scope));
  });

const callOff = (meeting: MeetingItem): void =>
  openCancelling(formLooks(), meeting, async (comment, scope) => {
    await api?.cancel(meeting, comment, scope);
  });

const schedule = (): void =>
  openScheduling(formLooks(), async (draft) => {
    if (api !== null) written(await api.schedule(scheduleRequest(draft, timeZone)));
  });

const answered = (meeting: MeetingItem, answer: Answer, isForSeries: boolean): void => {
  notice(null);
  // The list itself tells what has become of it.
  api?.answer(meeting, answer, isForSeries).catch((error: unknown) => {
    notice(`${say("failed")} ${error instanceof Error ? error.message : ""}`);
    draw();
  });
};

const reload = async (from: MeetingsApi): Promise<void> => {
  const found = await from.list(Date.now());
  meetings.clear();
  for (const meeting of found) meetings.set(meeting.id, meeting);
};

const take = async (from: MeetingsApi, { event, data }: ServerEvent): Promise<void> => {
  if (data === "") return;
  const told = JSON.parse(data) as {
    readonly id?: string;
    readonly meeting?: MeetingItem | null;
    readonly meetings?: readonly MeetingItem[];
  };
  if (event === "reset") await reload(from);
  if (event === "change" && told.id !== undefined) {
    if (told.meeting) meetings.set(told.id, told.meeting);
    else meetings.delete(told.id);
  }
  if (event === "join") {
    for (const meeting of told.meetings ?? []) meetings.set(meeting.id, meeting);
    joinable = (told.meetings ?? []).map(({ id }) => id);
  }
  draw();
};

const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

const waitMsMax = 30_000;

/** Follows the list for ever: what was missed meanwhile comes by the place that was told last. */
const follow = async (from: MeetingsApi): Promise<void> => {
  let after: string | null = null;
  let waitMs = 1_000;
  stand("connecting");
  for (;;) {
    try {
      for await (const told of from.changes(after, new AbortController().signal)) {
        await take(from, told);
        after = told.id ?? after;
        waitMs = 1_000;
        stand("live");
      }
    } catch (error) {
      if (error instanceof ApiRefusal && error.status === 401) {
        sessionStorage.removeItem("token");
        stand(null);
        return notice(say("tokenEnded"));
      }
      stand("waiting");
    }
    await pause(waitMs);
    waitMs = Math.min(waitMs * 2, waitMsMax);
  }
};

/** A fragment is never sent to a server; it goes out of the address at once, and stays with this tab. */
const tokenGiven = (): string | null => {
  const given = new URLSearchParams(location.hash.slice(1)).get("token");
  if (given === null) return sessionStorage.getItem("token");
  sessionStorage.setItem("token", given);
  history.replaceState(null, "", location.pathname);
  return given;
};

const token = tokenGiven();
if (token === null) notice(say("noToken"));
else {
  api = new MeetingsApi(token);
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = say("schedule");
  button.addEventListener("click", schedule);
  place("own").append(button);
  await follow(api);
}
