import { instant, minutes, plus } from "@hybrid/kernel";
import { expect, test } from "vitest";
import {
  decideToClear,
  decideToShow,
  type SeenStatus,
  yieldsToOutOfOffice,
} from "../src/domain/precedence.ts";

const now = instant(Date.UTC(2026, 0, 5, 8));
const until = plus(now, minutes(60));
const first = { askedAt: now, saidUntil: null, until };
const again = { askedAt: plus(now, -minutes(60)), saidUntil: plus(now, minutes(30)), until };
const seen = (status: string, over: Partial<SeenStatus> = {}): SeenStatus => ({
  status,
  statusAt: plus(now, -minutes(90)),
  expiresAt: null,
  ...over,
});

test("out of the office is shown above all that Webex shows, but never above what nobody knows", () => {
  const known = ["dnd", "presenting", "meeting", "call", "calendarItem", "active", "inactive"];
  expect(known.map(yieldsToOutOfOffice)).toEqual(known.map(() => true));
  expect(["ooo", "quiet", "busy", "away"].map(yieldsToOutOfOffice)).toEqual([false, false, false, false]);
});

test.each<[string, SeenStatus, Parameters<typeof decideToShow>[1], "ours" | "dnd kept" | "left alone"]>([
  ["nothing is shown", seen("active"), first, "ours"],
  ["a meeting goes on", seen("meeting"), first, "ours"],
  [
    "the person does not want to be disturbed",
    seen("dnd", { expiresAt: plus(now, minutes(300)) }),
    first,
    "dnd kept",
  ],
  ["the person said out of office, without an end", seen("ooo"), first, "left alone"],
  [
    "the person said so before, with an end",
    seen("ooo", { expiresAt: plus(now, minutes(20)) }),
    first,
    "left alone",
  ],
  ["the same order has said it", seen("ooo", { statusAt: now, expiresAt: until }), first, "ours"],
  [
    "the person said so just now, for longer",
    seen("ooo", { statusAt: now, expiresAt: plus(now, minutes(900)) }),
    first,
    "left alone",
  ],
  ["ours is there", seen("ooo", { expiresAt: plus(now, minutes(30)) }), again, "ours"],
  ["the person has said it for longer since", seen("ooo"), again, "left alone"],
  ["the person has taken it away", seen("active"), again, "left alone"],
  ["the person has chosen another status", seen("dnd"), again, "left alone"],
  ["ours has ended by itself", seen("active"), { ...again, saidUntil: plus(now, -minutes(1)) }, "ours"],
  ["a status that nobody knows", seen("focusing"), first, "left alone"],
])("%s", (_, shown, order, outcome) => {
  const decided = decideToShow(shown, order, now);
  const previous = outcome === "dnd kept" ? { status: "dnd", expiresAt: shown.expiresAt } : null;
  expect(decided).toEqual(outcome === "left alone" ? null : { say: { eventType: "ooo", until }, previous });
});

const previous = { status: "dnd", expiresAt: plus(now, minutes(300)) };

test.each<[string, SeenStatus, Parameters<typeof decideToClear>[1], readonly string[]]>([
  ["ours ends", seen("ooo", { expiresAt: until }), { saidUntil: until, previous: null }, ["ooo"]],
  [
    "what was chosen before comes back first",
    seen("ooo", { expiresAt: until }),
    { saidUntil: until, previous },
    ["dnd", "ooo"],
  ],
  [
    "what was chosen has ended meanwhile",
    seen("ooo", { expiresAt: until }),
    { saidUntil: until, previous: { ...previous, expiresAt: now } },
    ["ooo"],
  ],
  ["the person's own out of office stays", seen("ooo"), { saidUntil: until, previous }, []],
  ["the person has taken ours away", seen("active"), { saidUntil: until, previous }, []],
  ["ours had ended by itself", seen("active"), { saidUntil: now, previous }, ["dnd"]],
  ["the person has chosen since", seen("dnd"), { saidUntil: now, previous }, []],
])("cleared: %s", (_, shown, order, said) => {
  expect(decideToClear(shown, order, now).map(({ eventType }) => eventType)).toEqual(said);
});
