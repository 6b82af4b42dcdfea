import { adminCommands, type UserState } from "@hybrid/contracts";
import { actorIdOf, ConfigError, orgOf } from "@hybrid/kernel";
import { orgGiven } from "../given.ts";
import { mustKnowOrg } from "../known.ts";
import { table } from "../tables.ts";
import { type GivenOrder, giveOrders, type UserOrder } from "../users/give-orders.ts";
import { oneOf } from "../users/one-of.ts";
import { isMeant, type PersonRow, presentPeople, userIdOf } from "../users/people-view.ts";
import { withLog } from "../with-log.ts";
import { type ChoiceFlags, filterGiven } from "./users-look.ts";

/** The flags of orders about users. */
export interface UsersOrderFlags extends ChoiceFlags {
  readonly all: boolean;
  readonly ifMatch?: number;
  readonly wait: number;
  readonly json: boolean;
}

/** A try makes sense for whom user-state tries or would try. */
const retried: ReadonlySet<UserState> = new Set(["error", "notActivated"]);

const mayBeRetried = ({ entry, state, user }: PersonRow): string | null => {
  if (entry === null || !entry.wanted) return `${user} is not enabled: enable it first`;
  if (entry.obstacles.length > 0)
    return `${user} is kept back (${entry.obstacles.join(", ")}): "hybrid users show" says what to do`;
  return retried.has(state) ? null : `${user} is ${state}: there is nothing to try again`;
};

const choose = (
  people: readonly PersonRow[],
  names: readonly string[],
  flags: UsersOrderFlags,
): readonly PersonRow[] => {
  if (flags.all) {
    if (names.length > 0) throw new ConfigError("the order is not given", ["name users, or give --all"]);
    const filter = filterGiven(flags);
    return people.filter((row) => isMeant(row, filter));
  }
  if (names.length === 0)
    throw new ConfigError("the order is not given", ["name a user, or give --all with what they share"]);
  return [...new Set(names.map((name) => oneOf(people, name, flags.org)))];
};

const said = ({ outcome }: GivenOrder): string => {
  if (outcome === null) return "ordered, not answered yet";
  return { applied: "done", unchanged: "was so", versionConflict: "refused", unknownUser: "unknown" }[
    outcome
  ];
};

const print = (order: string, given: readonly GivenOrder[], json: boolean): void => {
  if (json) process.stdout.write(`${JSON.stringify(given)}\n`);
  else
    process.stdout.write(
      `${table(
        ["user", order, "version"],
        given.map((each) => [`${each.org}/u-${each.userId}`, said(each), each.version ?? ""]),
      )}\n`,
    );
  const unanswered = given.filter(({ outcome }) => outcome === null).length;
  if (unanswered > 0)
    process.stderr.write(
      `${unanswered} not answered: the orders are kept and carried out when directory runs\n`,
    );
  if (given.some(({ outcome }) => outcome === "versionConflict" || outcome === "unknownUser"))
    process.exitCode = 1;
};

/** `hybrid users enable`, `disable`, `retry` and `remove`: exit code 1 when an order was refused. */
export const usersOrderCommand = async (
  order: UserOrder | "retry",
  names: readonly string[],
  flags: UsersOrderFlags,
): Promise<void> => {
  const given = await withLog(flags.data, adminCommands.name, async (opened) => {
    if (flags.org !== undefined) await mustKnowOrg(opened, orgGiven(flags.org));
    const all = choose(await presentPeople(opened), names, flags);
    // Of many, those are meant for whom there is something to do; of named ones, exactly those.
    const chosen = order === "retry" && flags.all ? all.filter((row) => mayBeRetried(row) === null) : all;
    if (order === "retry" && !flags.all) {
      const faults = chosen.flatMap((row) => mayBeRetried(row) ?? []);
      if (faults.length > 0) throw new ConfigError("nothing is tried again", faults);
    }
    const ordered = chosen.map(({ user }) => ({
      org: orgOf(actorIdOf(user)),
      userId: userIdOf(user),
      ifMatch: flags.ifMatch ?? null,
    }));
    return giveOrders(opened, order === "retry" ? "enable" : order, ordered, flags.wait * 1_000);
  });
  print(order, given, flags.json);
};
