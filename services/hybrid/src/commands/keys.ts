import { actorIdOf, ConfigError, sealScopeOf } from "@hybrid/kernel";
import { systemScheduler } from "@hybrid/runtime";
import { orgGiven, refused } from "../given.ts";
import { type ClearLeft, clearLeft } from "../keys/clear-left.ts";
import { addKey } from "../keys/open-keys.ts";
import { type OpenedVault, withVault } from "../keys/with-keys.ts";
import { mustKnowOrg } from "../known.ts";
import { table } from "../tables.ts";
import { placeOf } from "../with-log.ts";

/** What every command about keys has. */
interface KeysFlags {
  readonly data: string;
  readonly json: boolean;
}

/** The flags of `hybrid keys status`. */
export interface KeysStatusFlags extends KeysFlags {
  readonly clear: boolean;
}

/** The flags of `hybrid keys rotate`. */
export interface KeysRotateFlags extends KeysFlags {
  readonly org?: string;
  readonly user?: string;
  readonly new: boolean;
}

/** The flags of `hybrid keys destroy`. */
export interface KeysDestroyFlags extends KeysFlags {
  readonly yes: boolean;
}

const write = (text: string): void => void process.stdout.write(`${text}\n`);

const time = (ms: number): string => new Date(ms).toISOString().slice(0, 16);

const clearTable = (left: readonly ClearLeft[]): string =>
  left.length === 0
    ? "nothing is left in clear of what is sealed today"
    : table(
        ["topic", "left in clear", "until"],
        left.map(({ topic, count, endsAt }) => [
          topic,
          count,
          endsAt === null ? "its partitions start with this release" : time(endsAt),
        ]),
      );

/** `hybrid keys status`: which keys there are, and what is in clear; never a key. */
export const keysStatusCommand = (flags: KeysStatusFlags): Promise<void> =>
  withVault(flags.data, async ({ vault, ...opened }) => {
    const status = await vault.status();
    const left = flags.clear ? await clearLeft(opened, placeOf(flags.data)) : undefined;
    if (flags.json) return write(JSON.stringify({ ...status, ...(left && { clear: left }) }));
    write(`key-encryption key that wraps: ${status.newest}`);
    const lines = status.organisations.map(({ org, keys, owners, ownerKeys }) => {
      const old = keys.filter(({ wrappedBy }) => wrappedBy !== status.newest).length;
      const youngest = keys.at(-1);
      return [org, keys.length, youngest ? time(youngest.createdAt) : "closed", old, owners, ownerKeys];
    });
    write(table(["organisation", "keys", "youngest", "wrapped by older", "users", "their keys"], lines));
    if (left) write(clearTable(left));
  });

/** A user or tenant, as `<org>/u-<user>`. */
const ownerGiven = (text: string): string => {
  try {
    const owner = actorIdOf(text);
    if (sealScopeOf(owner) && owner.split("/").length === 2) return owner;
  } catch {
    // Not an id at all: told below.
  }
  throw refused("--user", `"${text}" is neither <org>/u-<user> nor <org>/t-<tenant>`);
};

const rotateWrapping = async ({ vault, place }: OpenedVault, flags: KeysRotateFlags): Promise<string> => {
  if (flags.new) {
    if (place.kind !== "file")
      throw new ConfigError("no key is made", [
        "--new: KEY_ENCRYPTION_KEYS is set: put a new key before the others, for all workers, and rotate",
      ]);
    await addKey(place.path);
  }
  const wrapped = await vault.rewrap();
  return wrapped === 0
    ? "nothing to do: the newest key-encryption key wraps all keys of organisations"
    : `wrapped ${wrapped} keys of organisations by the newest key-encryption key; older ones may go once ` +
        "every worker has the new one";
};

const rotated = async (opened: OpenedVault, flags: KeysRotateFlags): Promise<string> => {
  const { org: orgText, user } = flags;
  if (orgText !== undefined && user !== undefined) throw refused("--user", "give it or --org");
  if (user !== undefined) {
    await opened.vault.rotateOwner(ownerGiven(user));
    return `${user} has a new key; what was sealed stays readable`;
  }
  if (orgText === undefined) return rotateWrapping(opened, flags);
  const org = orgGiven(orgText);
  await mustKnowOrg(opened, org);
  await opened.vault.rotateOrganisation(org);
  return `${org} has a new key, and its users get theirs when something is sealed; all stays readable`;
};

/** `hybrid keys rotate`: of one level; services go on meanwhile. */
export const keysRotateCommand = (flags: KeysRotateFlags): Promise<void> =>
  withVault(flags.data, async (opened) => {
    const done = await rotated(opened, flags);
    write(flags.json ? JSON.stringify({ done }) : done);
  });

/** `hybrid keys destroy`: everything that is sealed for anybody of an organisation, for ever. */
export const keysDestroyCommand = (text: string, flags: KeysDestroyFlags): Promise<void> =>
  withVault(flags.data, async (opened) => {
    const org = orgGiven(text, "<org>");
    await mustKnowOrg(opened, org);
    if (!flags.yes)
      throw new ConfigError("the keys are not destroyed", [
        `add --yes: all that is sealed for users of ${org} is lost for ever, and they get no new keys`,
      ]);
    await opened.vault.closeOrganisation(org);
    await opened.log.clean(systemScheduler().now());
    write(flags.json ? JSON.stringify({ org, destroyed: true }) : `the keys of ${org} are destroyed`);
  });
