import type { MeetingItem } from "../src/api/schemas.ts";
import { make } from "./elements.ts";
import { type Draft, draftOf, type Ending, type Repeat, weekdays } from "./meeting-draft.ts";
import type { Scope } from "./meetings-api.ts";
import type { Say, Word } from "./words.ts";

// Forms in a dialog: a meeting to be scheduled or changed, and one to be called off.

/** What a dialog is made with. */
export interface FormLooks {
  readonly say: Say;
  readonly locale: string;
  readonly now: number;
}

/** What happens to what was filled in; what it rejects with is shown, and the dialog stays. */
export type Send<Value> = (value: Value, scope: Scope) => Promise<void>;

const labelled = (label: string, control: HTMLElement): HTMLLabelElement => make("label", "", label, control);

const input = (type: string, value: string, isRequired = false): HTMLInputElement => {
  const element = make("input", "");
  element.type = type;
  element.value = value;
  element.required = isRequired;
  return element;
};

const select = (say: Say, words: Readonly<Record<string, Word>>): HTMLSelectElement => {
  const element = make("select", "");
  for (const [value, word] of Object.entries(words)) {
    const option = make("option", "", say(word));
    option.value = value;
    element.append(option);
  }
  return element;
};

const tick = (isOn: boolean): HTMLInputElement => {
  const element = input("checkbox", "on");
  element.checked = isOn;
  return element;
};

/** Shows a dialog; it goes away with everything in it when it is closed. */
const show = ({ say }: FormLooks, { title, act, fields, onSubmit }: DialogParts): void => {
  const form = make("form", "");
  const fault = make("p", "fault");
  fault.setAttribute("role", "alert");
  const cancel = make("button", "", say("back"));
  cancel.type = "button";
  const dialog = make("dialog", "", form);
  dialog.setAttribute("aria-label", title);
  const submit = make("button", "go", act);
  form.append(make("h2", "", title), ...fields, fault, make("div", "acts", submit, cancel));
  cancel.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit.disabled = true;
    fault.textContent = "";
    onSubmit().then(
      () => dialog.close(),
      (error: unknown) => {
        submit.disabled = false;
        fault.textContent = `${say("failed")} ${error instanceof Error ? error.message : ""}`;
      },
    );
  });
  document.body.append(dialog);
  dialog.showModal();
};

interface DialogParts {
  readonly title: string;
  readonly act: string;
  readonly fields: readonly Node[];
  readonly onSubmit: () => Promise<void>;
}

const scopeField = (say: Say, scopes: Readonly<Partial<Record<Scope, Word>>>, isSeries: boolean) => {
  const scope = select(say, scopes);
  return {
    nodes: isSeries ? [labelled(say("which"), scope)] : [],
    value: (): Scope => (isSeries ? (scope.value as Scope) : "occurrence"),
  };
};

const timeFields = (say: Say, draft: Draft) => {
  const isAllDay = tick(draft.isAllDay);
  const startDay = input("date", draft.startDay, true);
  const startTime = input("time", draft.startTime, true);
  const endDay = input("date", draft.endDay, true);
  const endTime = input("time", draft.endTime, true);
  const [fromTime, untilTime] = [labelled(say("startTime"), startTime), labelled(say("endTime"), endTime)];
  const arrange = (): void => {
    for (const each of [fromTime, untilTime]) each.hidden = isAllDay.checked;
    for (const each of [startTime, endTime]) each.required = !isAllDay.checked;
  };
  isAllDay.addEventListener("change", arrange);
  arrange();
  return {
    startDay,
    nodes: [
      labelled(say("allDay"), isAllDay),
      make("div", "pair", labelled(say("startDay"), startDay), fromTime),
      make("div", "pair", labelled(say("endDay"), endDay), untilTime),
    ],
    value: () => ({
      isAllDay: isAllDay.checked,
      startDay: startDay.value,
      startTime: startTime.value,
      endDay: endDay.value,
      endTime: endTime.value,
    }),
  };
};

const repeats: Readonly<Record<Repeat, Word>> = {
  never: "repeatNever",
  daily: "repeatDaily",
  weekly: "repeatWeekly",
  monthly: "repeatMonthly",
  monthlyByWeekday: "repeatMonthlyByWeekday",
  yearly: "repeatYearly",
};
const endings: Readonly<Record<Ending, Word>> = {
  never: "endsNever",
  onDay: "endsOnDay",
  afterTimes: "endsAfterTimes",
};

const weekdayTicks = (locale: string, draft: Draft) => {
  const name = new Intl.DateTimeFormat(locale, { weekday: "short", timeZone: "UTC" });
  // 4 January 1970 was a Sunday.
  return weekdays.map((day, n) => {
    const box = tick(draft.days.includes(day));
    return { day, box, label: labelled(name.format(new Date((3 + n) * 86_400_000)), box) };
  });
};

const repeatFields = ({ say, locale }: FormLooks, draft: Draft) => {
  const repeat = select(say, repeats);
  const ending = select(say, endings);
  const lastDay = input("date", draft.lastDay);
  const times = input("number", String(draft.times));
  [times.min, times.max] = ["1", "999"];
  const ticks = weekdayTicks(locale, draft);
  const days = make("fieldset", "days", make("legend", "", say("days")), ...ticks.map(({ label }) => label));
  const ends = labelled(say("ends"), ending);
  const [last, count] = [labelled(say("lastDay"), lastDay), labelled(say("times"), times)];
  const arrange = (): void => {
    const isSeries = repeat.value !== "never";
    days.hidden = repeat.value !== "weekly";
    ends.hidden = !isSeries;
    last.hidden = !isSeries || ending.value !== "onDay";
    count.hidden = !isSeries || ending.value !== "afterTimes";
  };
  for (const each of [repeat, ending]) each.addEventListener("change", arrange);
  arrange();
  return {
    nodes: [labelled(say("repeat"), repeat), days, ends, last, count],
    value: () => ({
      repeat: repeat.value as Repeat,
      days: ticks.filter(({ box }) => box.checked).map(({ day }) => day),
      ending: ending.value as Ending,
      lastDay: lastDay.value,
      times: Number(times.value),
    }),
  };
};

/** A form for a new meeting. */
export const openScheduling = (looks: FormLooks, send: Send<Draft>): void => {
  const { say, now } = looks;
  const draft = draftOf(null, now);
  const subject = input("text", draft.subject, true);
  subject.maxLength = 255;
  const times = timeFields(say, draft);
  const repeat = repeatFields(looks, draft);
  const location = input("text", draft.location);
  const invited = input("text", draft.invited);
  const asksToJoin = tick(draft.asksToJoin);
  show(looks, {
    title: say("schedule"),
    act: say("schedule"),
    fields: [
      labelled(say("subject"), subject),
      ...times.nodes,
      ...repeat.nodes,
      labelled(say("invited"), invited),
      labelled(say("location"), location),
      labelled(say("asksToJoin"), asksToJoin),
    ],
    onSubmit: () =>
      send(
        {
          ...draft,
          ...times.value(),
          ...repeat.value(),
          subject: subject.value,
          location: location.value,
          invited: invited.value,
          asksToJoin: asksToJoin.checked,
        },
        "occurrence",
      ),
  });
};

/** A form for an own meeting that is to be changed; the draft before is handed over as well. */
export const openEditing = (
  looks: FormLooks,
  meeting: MeetingItem,
  send: Send<{ readonly before: Draft; readonly after: Draft }>,
): void => {
  const { say, now } = looks;
  const before = draftOf(meeting, now);
  const subject = input("text", before.subject, true);
  subject.maxLength = 255;
  const times = timeFields(say, before);
  const location = input("text", before.location);
  const scopes = { occurrence: "thisOne", series: "allOfThem" } as const;
  const scope = scopeField(say, scopes, meeting.seriesId !== null);
  show(looks, {
    title: say("edit"),
    act: say("save"),
    fields: [
      ...scope.nodes,
      labelled(say("subject"), subject),
      ...times.nodes,
      labelled(say("location"), location),
    ],
    onSubmit: () => {
      const after = { ...before, ...times.value(), subject: subject.value, location: location.value };
      return send({ before, after }, scope.value());
    },
  });
};

/** Asks whether an own meeting is to be called off, with what those invited read. */
export const openCancelling = (looks: FormLooks, meeting: MeetingItem, send: Send<string>): void => {
  const { say } = looks;
  const comment = input("text", "");
  const scopes = { occurrence: "thisOne", following: "thisAndFollowing", series: "allOfThem" } as const;
  const scope = scopeField(say, scopes, meeting.seriesId !== null);
  show(looks, {
    title: say("callOffNamed", { subject: meeting.subject ?? say("noSubject") }),
    act: say("callOff"),
    fields: [...scope.nodes, labelled(say("comment"), comment)],
    onSubmit: () => send(comment.value, scope.value()),
  });
};
