import { type Presence, presence, type TopicContract, userDirectory, userStatus } from "@hybrid/contracts";
import { ConfigError } from "@hybrid/kernel";
import { systemScheduler } from "@hybrid/runtime";
import { presenceWhy } from "../explaining/presence-why.ts";
import { minuteText, rulesText } from "../explaining/rule.ts";
import { orgGiven } from "../given.ts";
import { table } from "../tables.ts";
import { recordsOf } from "../users-view.ts";
import { withLog } from "../with-log.ts";

/** The flags of `hybrid presence`. */
export interface PresenceFlags {
  readonly org: string;
  readonly data: string;
  readonly json: boolean;
}

/** The flags of `hybrid presence list`. */
export interface PresenceListFlags extends PresenceFlags {
  readonly all: boolean;
}

const print = (text: string): void => void process.stdout.write(`${text}\n`);

/** A record that nobody has refreshed in time says nothing any more. */
const isOut = ({ status, expiresAt }: Presence, now: number): boolean =>
  status === "outOfOffice" && expiresAt !== null && expiresAt > now;

const presencesOf = async (flags: PresenceFlags): Promise<ReadonlyMap<string, Presence>> => {
  const prefix = `${orgGiven(flags.org)}/u-`;
  return await withLog(flags.data, presence.name, async (opened) => {
    const latest = new Map<string, Presence>();
    for await (const { key, value } of recordsOf(opened, presence))
      if (key.startsWith(prefix) && value !== null) latest.set(key.slice(prefix.length), value);
    return new Map([...latest].sort(([a], [b]) => (a < b ? -1 : 1)));
  });
};

/** `hybrid presence list`: who is out of the office, or everybody with `--all`. */
export const presenceListCommand = async (flags: PresenceListFlags): Promise<void> => {
  const now = systemScheduler().now();
  const all = [...(await presencesOf(flags))].map(([user, said]) => ({
    user,
    isOut: isOut(said, now),
    said,
  }));
  const rows = all.filter((row) => flags.all || row.isOut);
  if (flags.json)
    return print(
      JSON.stringify(rows.map(({ user, isOut: out, said }) => ({ user, outOfOffice: out, ...said }))),
    );
  print(
    table(
      ["user", "status", "since", "until", "by", "at Webex"],
      rows.map(({ user, isOut: out, said }) => [
        user,
        out ? "out of office" : "",
        minuteText(out ? said.since : null),
        minuteText(out ? said.until : null),
        out ? (said.source ?? "") : "",
        out ? (said.atWebex ? "shown" : (said.webexReason ?? "not yet")) : "",
      ]),
    ),
  );
};

/** The flags of `hybrid presence show`. */
export interface PresenceShowFlags extends PresenceFlags {
  readonly why: boolean;
}

/** The latest record of one user; undefined when there is none. */
const latestOf = async <Value>(
  user: string,
  flags: PresenceFlags,
  topic: TopicContract<Value>,
): Promise<Value | undefined> => {
  const wanted = `${orgGiven(flags.org)}/u-${user}`;
  return await withLog(flags.data, topic.name, async (opened) => {
    let latest: Value | undefined;
    for await (const { key, value } of recordsOf(opened, topic))
      if (key === wanted) latest = value ?? undefined;
    return latest;
  });
};

const explainPresence = async (user: string, flags: PresenceFlags): Promise<void> => {
  const facts = {
    now: systemScheduler().now(),
    status: await latestOf(user, flags, userStatus),
    entry: await latestOf(user, flags, userDirectory),
    said: await latestOf(user, flags, presence),
  };
  const rules = presenceWhy(facts);
  print(flags.json ? JSON.stringify({ user, rules }) : rulesText(rules));
};

/** `hybrid presence show`: what is said of one user, and with `--why` rule by rule why. */
export const presenceShowCommand = async (user: string, flags: PresenceShowFlags): Promise<void> => {
  if (flags.why) return explainPresence(user, flags);
  const said = (await presencesOf(flags)).get(user);
  if (said === undefined)
    throw new ConfigError("there is nothing to show", [
      `nothing was ever said of user "${user}" of ${flags.org}: never out of office, or not known; ` +
        '"hybrid users list" shows who is',
    ]);
  const out = isOut(said, systemScheduler().now());
  if (flags.json) return print(JSON.stringify({ user, outOfOffice: out, ...said }));
  print(
    table(
      ["", ""],
      [
        ["user", user],
        ["status", out ? "out of office" : "none"],
        ["since", minuteText(said.since)],
        [
          "until",
          said.status === "outOfOffice" && said.until === null ? "nothing says so" : minuteText(said.until),
        ],
        ["by", said.source ?? ""],
        ["void after", minuteText(said.expiresAt)],
        ["at Webex", said.atWebex ? "shown" : (said.webexReason ?? "")],
        ["told", minuteText(said.at)],
      ],
    ),
  );
};
