import { type Presence, presence } from "@hybrid/contracts";
import { ConfigError } from "@hybrid/kernel";
import { systemScheduler } from "@hybrid/runtime";
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

const minute = (at: number | null): string =>
  at === null ? "" : `${new Date(at).toISOString().slice(0, 16)}Z`;

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
        minute(out ? said.since : null),
        minute(out ? said.until : null),
        out ? (said.source ?? "") : "",
        out ? (said.atWebex ? "shown" : (said.webexReason ?? "not yet")) : "",
      ]),
    ),
  );
};

/** `hybrid presence show`: what is said of one user. */
export const presenceShowCommand = async (user: string, flags: PresenceFlags): Promise<void> => {
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
        ["since", minute(said.since)],
        [
          "until",
          said.status === "outOfOffice" && said.until === null ? "nothing says so" : minute(said.until),
        ],
        ["by", said.source ?? ""],
        ["void after", minute(said.expiresAt)],
        ["at Webex", said.atWebex ? "shown" : (said.webexReason ?? "")],
        ["told", minute(said.at)],
      ],
    ),
  );
};
