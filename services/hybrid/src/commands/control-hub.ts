import { userInfo } from "node:os";
import { auditEntry, auditLog } from "@hybrid/contracts";
import { type Guest, hubOrigin, linkSettings, roles, signInLink, signInToken } from "@hybrid/control-hub";
import { actorIdOf, type OrgId, partitionOf } from "@hybrid/kernel";
import { systemScheduler } from "@hybrid/runtime";
import { settingsOrThrow } from "@hybrid/settings";
import { orgGiven, refused, wordGiven } from "../given.ts";
import { closedOpener } from "../keys/opener.ts";
import { mustKnowOrg } from "../known.ts";
import { type OpenedLog, withLog } from "../with-log.ts";

/** The flags of `hybrid control-hub link`. */
export interface ControlHubLinkFlags {
  readonly org: string;
  readonly name: string;
  readonly role: string;
  readonly user?: string;
  readonly data: string;
  readonly json: boolean;
}

type GuestOfOrganisation = Guest & { readonly org: OrgId };

const guestGiven = ({ org, name, role, ...flags }: ControlHubLinkFlags): GuestOfOrganisation => {
  const user = flags.user ?? null;
  const guest = { org: orgGiven(org), role: wordGiven("--role", role, roles), name: name.trim(), user };
  if (guest.name === "") throw refused("--name", "must say who the link is for");
  if ((guest.role === "user") !== (user !== null))
    throw refused("--user", "goes with --role user, and that with --user");
  return guest;
};

/** Who runs the command, for the audit log. */
const operatorName = (): string => `operator ${userInfo().username}`;

/** The link is made when it is written down for whom: nobody comes in by one that no log knows. */
const note = async ({ log, partitions, opener }: OpenedLog, guest: GuestOfOrganisation): Promise<void> => {
  const { org, role, name, user } = guest;
  const timestamp = systemScheduler().now();
  const key = actorIdOf(`${org}/o`);
  const act = {
    by: operatorName(),
    user: null,
    role: "operator",
    act: "links.make",
    // The id of a user says nothing once the person is erased.
    about: user ?? name,
    details: JSON.stringify({ role, user }),
    orderId: null,
  };
  const entry = await (opener ?? closedOpener()).seal(auditEntry(org, act, timestamp));
  const value = auditLog.encode(entry);
  const partition = partitionOf(key, partitions);
  await log.append([{ topic: auditLog.name, partition, key, value, timestamp }]);
};

/** `hybrid control-hub link`: a link that signs somebody in once. */
export const controlHubLinkCommand = async (flags: ControlHubLinkFlags): Promise<void> => {
  const guest = guestGiven(flags);
  const settings = settingsOrThrow("no link can be made with this configuration", linkSettings, process.env);
  await withLog(flags.data, auditLog.name, async (opened) => {
    await mustKnowOrg(opened, guest.org);
    await note(opened, guest);
  });
  const token = signInToken(settings.HUB_SIGN_IN_KEY, guest, systemScheduler().now());
  const link = signInLink(hubOrigin(settings), token);
  const text = flags.json
    ? JSON.stringify({ link, org: guest.org, role: guest.role, name: guest.name })
    : link;
  process.stdout.write(`${text}\n`);
};
