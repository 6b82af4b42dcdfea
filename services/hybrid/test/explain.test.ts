import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import {
  explainBodyCommand,
  explainEventCommand,
  explainLinksCommand,
  explainMeetingCommand,
  explainOccurrencesCommand,
} from "../src/commands/explain.ts";

const fileOf = (name: string, content: string): string => {
  const folder = mkdtempSync(join(tmpdir(), "explain-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};

/** What a command prints. */
const printed = async (command: () => Promise<void>): Promise<string> => {
  const write = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  try {
    await command();
    return write.mock.calls.map(([text]) => String(text)).join("");
  } finally {
    write.mockRestore();
  }
};

const data = ".hybrid";
const quiet = { data, external: false, json: false };

test("explain links names every address, what became of it, and the meeting to join", async () => {
  const event = {
    subject: "Weekly",
    location: { displayName: "Room 5; https://acme.webex.com/meet/ada" },
    body: { contentType: "html", content: '<a href="https://acme.webex.com.evil.example/meet/ada">Join</a>' },
  };
  const file = fileOf("event.json", JSON.stringify(event));
  const text = await printed(() => explainLinksCommand(file, quiet));
  expect(text).toContain("location: https://acme.webex.com/meet/ada fits webex-personal-room");
  expect(text).toContain("refused: its host only looks like one that the rules know");
  expect(text).toContain(
    "The meeting to join is webex's, from location: link https://acme.webex.com/meet/ada",
  );
  const json = JSON.parse(await printed(() => explainLinksCommand(file, { ...quiet, json: true })));
  expect(json.best).toMatchObject({ service: "webex", field: "location" });
});

test("explain links takes rules of one's own and names those that it cannot read", async () => {
  const rule = { name: "bridge", service: "bridge", hosts: ["video.acme.example"], path: "/[0-9]+" };
  const rules = fileOf("rules.json", JSON.stringify({ addresses: [rule, { name: "half" }] }));
  const file = fileOf("body.txt", "Join at https://video.acme.example/4711.");
  const text = await printed(() => explainLinksCommand(file, { ...quiet, rules }));
  expect(text).toContain("rule left out: addresses[1].service");
  expect(text).toContain("link https://video.acme.example/4711");
  expect(await printed(() => explainLinksCommand(file, quiet))).toBe("No meeting's address was found.\n");
});

test("a file that is broken JSON, no event, or not there is refused with the reason", async () => {
  await expect(explainLinksCommand(fileOf("a.json", "{"), quiet)).rejects.toThrow(/is no JSON/);
  await expect(explainLinksCommand(fileOf("b.json", '{"body": 1}'), quiet)).rejects.toThrow(/no event.*body/);
  await expect(explainLinksCommand("missing.json", quiet)).rejects.toThrow(/there is no such file/);
});

const master = {
  id: "e1",
  type: "seriesMaster",
  isOrganizer: true,
  subject: "Weekly",
  start: { dateTime: "2026-03-16T08:00:00.0000000", timeZone: "UTC" },
  end: { dateTime: "2026-03-16T08:30:00.0000000", timeZone: "UTC" },
  originalStartTimeZone: "W. Europe Standard Time",
  location: { displayName: "Room 5; @webex" },
  body: { contentType: "html", content: "<p>Agenda</p>" },
  recurrence: {
    pattern: { type: "weekly", interval: 1, daysOfWeek: ["monday"] },
    range: { type: "noEnd", startDate: "2026-03-16", recurrenceTimeZone: "tzone://Microsoft/Custom" },
  },
  cancelledOccurrences: ["OID.abc.2026-03-23"],
  exceptionOccurrences: [
    {
      originalStart: "2026-03-30T07:00:00Z",
      start: { dateTime: "2026-03-31T10:00:00.0000000", timeZone: "W. Europe Standard Time" },
      end: { dateTime: "2026-03-31T10:30:00.0000000", timeZone: "W. Europe Standard Time" },
    },
  ],
};
const asked = {
  data,
  webex: "personalRoom",
  meet: "space",
  at: Date.parse("2026-03-01"),
  json: false,
} as const;

test("explain event goes through the rules one by one and says what would be done", async () => {
  const text = await printed(() => explainEventCommand(fileOf("e.json", JSON.stringify(master)), asked));
  expect(text).toContain("keyword: @webex, asks for personalRoom");
  expect(text).toContain("yes  Does the user organise it?");
  expect(text).toContain("details of the organiser's personal room");
  const copy = fileOf("copy.json", JSON.stringify({ ...master, isOrganizer: false }));
  const json = JSON.parse(await printed(() => explainEventCommand(copy, { ...asked, json: true })));
  expect(json.decision).toEqual({ kind: "skip", reason: "notOrganizer" });
  expect(json.rules).toMatchObject([
    { asks: "Does the user organise it?", passed: false, reason: "notOrganizer" },
  ]);
});

test("explain event judges by the organisation's settings", async () => {
  const file = fileOf("e.json", JSON.stringify(master));
  const joinSettings = fileOf("join.json", JSON.stringify({ excluded: { subjectPattern: "^week" } }));
  const text = await printed(() => explainEventCommand(file, { ...asked, joinSettings }));
  expect(text).toContain("no   May meetings with its subject?");
  expect(text).toContain("The organisation wants no join details in meetings with such a subject.");
  const space = await printed(() => explainEventCommand(file, { ...asked, webex: "space" }));
  expect(space).toContain("asks for space");
});

test("explain event refuses an event without which nothing can be decided", async () => {
  const file = fileOf("e.json", JSON.stringify({ id: "e1", subject: "x" }));
  await expect(explainEventCommand(file, asked)).rejects.toThrow(/no type, organiser, start, end or body/);
});

test("explain occurrences: local time over a change of clocks, what is cancelled, what differs, whose zone", async () => {
  const window = { data, from: Date.parse("2026-03-16"), to: Date.parse("2026-04-07"), json: true };
  const file = fileOf("s.json", JSON.stringify(master));
  const json = JSON.parse(await printed(() => explainOccurrencesCommand(file, window)));
  expect(json).toMatchObject({ zone: "Europe/Berlin", zoneIsGuessed: false, endsAt: null, cutShort: false });
  expect(json.occurrences).toEqual([
    {
      date: "2026-03-16",
      startAt: "2026-03-16T08:00:00.000Z",
      endAt: "2026-03-16T08:30:00.000Z",
      is: "planned",
    },
    {
      date: "2026-03-23",
      startAt: "2026-03-23T08:00:00.000Z",
      endAt: "2026-03-23T08:30:00.000Z",
      is: "cancelled",
    },
    {
      date: "2026-03-30",
      startAt: "2026-03-31T08:00:00.000Z",
      endAt: "2026-03-31T08:30:00.000Z",
      is: "changed",
    },
    {
      date: "2026-04-06",
      startAt: "2026-04-06T07:00:00.000Z",
      endAt: "2026-04-06T07:30:00.000Z",
      is: "planned",
    },
  ]);
  const text = await printed(() => explainOccurrencesCommand(file, { ...window, json: false }));
  expect(text).toContain("2026-03-23  2026-03-23T08:00:00.000Z to 2026-03-23T08:30:00.000Z  cancelled");
});

test("explain occurrences says what cannot be told, and never guesses", async () => {
  const window = { data, from: 0, to: 1, json: false };
  const single = fileOf("a.json", JSON.stringify({ ...master, recurrence: null }));
  await expect(explainOccurrencesCommand(single, window)).rejects.toThrow("it has no recurrence");
  const broken = { ...master.recurrence, pattern: { type: "weekly", interval: 1 } };
  const file = fileOf("b.json", JSON.stringify({ ...master, recurrence: broken }));
  await expect(explainOccurrencesCommand(file, window)).rejects.toThrow("a weekly pattern needs daysOfWeek");
  await expect(explainOccurrencesCommand(file, { ...window, to: 0 })).rejects.toThrow("later than --from");
});

test("explain body tells our block from a copy of it", async () => {
  const copied = '<p>x</p><div id="x_hybrid-join-details"><div>Join</div></div>';
  const text = await printed(() => explainBodyCommand(fileOf("b.html", copied), { data, json: false }));
  expect(text).toContain("1 elements bear the name of our block");
  expect(text).toContain("None of them is provably ours");
});

test("explain meeting asks the rules of list, app and device one by one", async () => {
  const zone = { timeZone: "UTC" };
  const event = {
    id: "m",
    type: "singleInstance",
    subject: "Planning",
    start: { dateTime: "2026-01-05T10:00:00", ...zone },
    end: { dateTime: "2026-01-05T11:00:00", ...zone },
    location: { displayName: "https://acme.webex.com/meet/ada" },
    isOrganizer: false,
    responseStatus: { response: "notResponded" },
    showAs: "tentative",
  };
  const file = fileOf("event.json", JSON.stringify(event));
  const at = Date.UTC(2026, 0, 5, 9, 56);
  const text = await printed(() => explainMeetingCommand(file, { ...quiet, at }));
  expect(text).toContain("  It is in the list.\napp:\n  yes  Does online meeting");
  expect(text).toContain(
    "  The app shows the button from 2026-01-05T09:55:00.000Z to 2026-01-05T11:00:00.000Z, and now.",
  );
  expect(text).toContain("  no   Has the room accepted, or is it the organiser?\n  A device of this");
  const accepted = fileOf(
    "room.json",
    JSON.stringify({ ...event, responseStatus: { response: "accepted" } }),
  );
  const json = JSON.parse(await printed(() => explainMeetingCommand(accepted, { ...quiet, at, json: true })));
  expect(json.device).toMatchObject({ reason: null, booking: { Number: "ada@acme.webex.com" } });
});
