import { type EpochMs, hours, minutes, plus } from "@hybrid/kernel";
import { expect, test } from "vitest";
import type { Input, UserInput } from "../src/domain/inputs.ts";
import { presenceMachine } from "../src/domain/machine.ts";
import { designNumbers } from "../src/domain/numbers.ts";
import { newUser, type User } from "../src/domain/state.ts";
import { objectIdOf, personIdOf, tenantId, user } from "./world.ts";

const now = Date.UTC(2026, 0, 5, 8) as EpochMs;
const at = (ms: number): EpochMs => plus(now, ms);
const machine = presenceMachine(designNumbers, { eventsCountFor: new Set(["acme"]) });

const office: User = {
  ...newUser,
  mailbox: { tenantId, objectId: objectIdOf(1) },
  personId: personIdOf(1),
  group: 0,
  episode: 3,
  calls: 7,
};
const shown = {
  since: at(-hours(1)),
  until: null,
  source: "automaticReplies",
  expiresAt: at(minutes(59)),
} as const;
const out: User = { ...office, replies: { kind: "always" }, alwaysFrom: shown.since, shown };
const said = { personId: personIdOf(1), until: at(minutes(59)), previous: null };
const { webex } = newUser;
const call = (kind: "showAtWebex" | "clearAtWebex") => ({ number: 7, kind, personId: personIdOf(1) });

/** Where a user can stand; each row of the table is one of them. */
const states = {
  unserved: { ...office, mailbox: null, group: null },
  office,
  clearing: { ...office, webex: { ...webex, said, inFlight: call("clearAtWebex") } },
  saying: { ...out, webex: { ...webex, askedAt: now, inFlight: call("showAtWebex") } },
  out: { ...out, webex: { ...webex, said, askedAt: now } },
  leftAlone: { ...out, webex: { ...webex, isLeftAlone: true, reason: "ownStatus" } },
  tokenless: { ...out, webex: { ...webex, reason: "noToken", tryAt: at(minutes(30)) } },
} satisfies Readonly<Record<string, User>>;

const failure = { code: "unavailable", retryable: true, retryAt: null, status: 503 } as const;
const mine = { number: 7 };

/** What can happen; each column of the table is one of them. */
const inputs = {
  served: { kind: "mailboxChanged", mailbox: office.mailbox },
  unserved: { kind: "mailboxChanged", mailbox: null },
  otherMailbox: { kind: "mailboxChanged", mailbox: { tenantId, objectId: objectIdOf(2) } },
  removed: { kind: "personChanged", personId: null, removed: true },
  always: { kind: "repliesChanged", replies: { kind: "always" } },
  off: { kind: "repliesChanged", replies: { kind: "off" } },
  later: { kind: "repliesChanged", replies: { kind: "scheduled", from: at(hours(1)), until: at(hours(2)) } },
  present: {
    kind: "repliesChanged",
    replies: { kind: "scheduled", from: at(-hours(1)), until: at(hours(2)) },
  },
  unreadable: { kind: "repliesUnreadable" },
  looked: { kind: "looked" },
  calendar: { kind: "calendarChanged" },
  shown: { kind: "webexShown", ...mine, until: at(minutes(60)), previous: null },
  leftAlone: { kind: "webexLeftAlone", ...mine },
  cleared: { kind: "webexCleared", ...mine },
  noToken: { kind: "tokenMissing", ...mine },
  failed: { kind: "callFailed", call: "showAtWebex", ...mine, failure },
  stale: { kind: "webexShown", number: 6, until: at(minutes(60)), previous: null },
  timer: { kind: "timerFired" },
} satisfies Readonly<Record<string, UserInput | { readonly kind: "timerFired" }>>;

/** The cell in a few words: what is shown, what is told, ordered and said to the roster. */
const cellOf = (state: User, input: Input): string => {
  const { state: after, effects } = machine(state, input, now, user(1));
  const standing =
    after.kind !== "user"
      ? "gone"
      : [
          after.shown === null ? "in" : "out",
          after.webex.said === null ? "" : "@webex",
          after.webex.isLeftAlone ? "alone" : "",
        ].join(" ");
  const told = effects.map((effect) => {
    if (effect.kind === "call") return effect.call.kind;
    if (effect.kind === "tell") return effect.input.kind;
    if (effect.kind !== "emit") throw new Error("a user emits, tells and calls");
    const { status, episode } = effect.value as { readonly status: string; readonly episode: number };
    return `${status} ${episode}`;
  });
  return [standing.trim().replace(/ +/g, " "), ...told].join(", ");
};

test("every input in every state of a user", () => {
  const rows = Object.entries(states).flatMap(([name, state]) => [
    `# ${name}`,
    ...Object.entries(inputs).map(([column, input]) => `${column}: ${cellOf(state, input)}`),
  ]);
  expect(`${rows.join("\n")}\n`).toMatchInlineSnapshot(`
    "# unserved
    served: in, userJoined, readEvents
    unserved: in
    otherMailbox: in, userJoined, readEvents
    removed: gone
    always: in
    off: in
    later: in
    present: in
    unreadable: in
    looked: in
    calendar: in
    shown: in
    leftAlone: in
    cleared: in
    noToken: in
    failed: in
    stale: in
    timer: in
    # office
    served: in
    unserved: in, userLeft
    otherMailbox: in, userLeft, userJoined, readEvents
    removed: gone, userLeft
    always: out, outOfOffice 4, showAtWebex
    off: in
    later: in
    present: out, outOfOffice 4, showAtWebex
    unreadable: in
    looked: in, readingWanted
    calendar: in
    shown: in
    leftAlone: in
    cleared: in
    noToken: in
    failed: in
    stale: in
    timer: in
    # clearing
    served: in @webex
    unserved: in @webex, userLeft
    otherMailbox: in @webex, userLeft, userJoined, readEvents
    removed: in @webex, userLeft
    always: out @webex, outOfOffice 4
    off: in @webex
    later: in @webex
    present: out @webex, outOfOffice 4
    unreadable: in @webex
    looked: in @webex, readingWanted
    calendar: in @webex
    shown: in @webex, clearAtWebex
    leftAlone: in
    cleared: in
    noToken: in @webex
    failed: in @webex
    stale: in @webex
    timer: in @webex
    # saying
    served: out
    unserved: in, userLeft, none 3
    otherMailbox: in, userLeft, userJoined, none 3, readEvents
    removed: in, userLeft, none 3
    always: out
    off: in, none 3
    later: in, none 3
    present: out, outOfOffice 3
    unreadable: in, none 3
    looked: out, readingWanted
    calendar: out
    shown: out @webex, outOfOffice 3
    leftAlone: out alone, outOfOffice 3
    cleared: out, showAtWebex
    noToken: out, outOfOffice 3
    failed: out, outOfOffice 3
    stale: out
    timer: out
    # out
    served: out @webex
    unserved: in @webex, userLeft, none 3, clearAtWebex
    otherMailbox: in @webex, userLeft, userJoined, none 3, clearAtWebex, readEvents
    removed: in @webex, userLeft, none 3, clearAtWebex
    always: out @webex
    off: in @webex, none 3, clearAtWebex
    later: in @webex, none 3, clearAtWebex
    present: out @webex, outOfOffice 3
    unreadable: in @webex, none 3, clearAtWebex
    looked: out @webex, readingWanted
    calendar: out @webex
    shown: out @webex
    leftAlone: out @webex
    cleared: out @webex
    noToken: out @webex
    failed: out @webex
    stale: out @webex
    timer: out @webex
    # leftAlone
    served: out alone
    unserved: in, userLeft, none 3
    otherMailbox: in, userLeft, userJoined, none 3, readEvents
    removed: gone, userLeft, none 3
    always: out alone
    off: in, none 3
    later: in, none 3
    present: out alone, outOfOffice 3
    unreadable: in, none 3
    looked: out alone, readingWanted
    calendar: out alone
    shown: out alone
    leftAlone: out alone
    cleared: out alone
    noToken: out alone
    failed: out alone
    stale: out alone
    timer: out alone
    # tokenless
    served: out
    unserved: in, userLeft, none 3
    otherMailbox: in, userLeft, userJoined, none 3, readEvents
    removed: gone, userLeft, none 3
    always: out
    off: in, none 3
    later: in, none 3
    present: out, outOfOffice 3
    unreadable: in, none 3
    looked: out, readingWanted
    calendar: out
    shown: out
    leftAlone: out
    cleared: out
    noToken: out
    failed: out
    stale: out
    timer: out
    "
  `);
});

test("no input throws, sets a timer in the past, or orders two calls to Webex at once", () => {
  for (const state of Object.values(states))
    for (const input of Object.values(inputs)) {
      const step = machine(state, input, now, user(1));
      if (step.state.kind !== "user") continue;
      expect(step.state.nextAt === null || step.state.nextAt > now).toBe(true);
      expect(
        step.effects.filter((effect) => effect.kind === "call" && effect.call.kind.endsWith("AtWebex"))
          .length,
      ).toBeLessThanOrEqual(1);
    }
});
