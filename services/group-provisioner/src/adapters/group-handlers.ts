import type { GroupPerson } from "@hybrid/microsoft-graph";
import { objectIdIn } from "#domain/eligibility";
import type { Call, Input, Refused } from "#domain/inputs";
import { descriptionOf } from "#texts/card";
import { failedWith, unless } from "./failed-with.ts";
import type { Clouds, GraphPorts } from "./ports.ts";
import { usersBy } from "./team-people.ts";

type Order<Kind extends Call["kind"]> = Extract<Call, { readonly kind: Kind }>;

/** Those of the object ids that are colleagues in the tenant, and why the others are not taken in. */
const colleagues = async (
  graph: GraphPorts,
  tenantId: string,
  objectIds: readonly string[],
  signal: AbortSignal,
): Promise<{ readonly known: readonly string[]; readonly refused: readonly Refused[] }> => {
  const known: string[] = [];
  const refused: Refused[] = [];
  for (const objectId of objectIds) {
    const person: GroupPerson | null = await graph.groups.getPerson({ tenantId, objectId, signal });
    if (person === null) refused.push({ person: objectId, reason: "notInEntra" });
    else if (person.isGuest) refused.push({ person: objectId, reason: "guest" });
    else known.push(objectId);
  }
  return { known, refused };
};

/** Makes the group of a team, with those of its people who are in the tenant. */
export const createGroup = async (
  { graph }: Clouds,
  order: Order<"createGroup">,
  signal: AbortSignal,
): Promise<Input> => {
  const { number, tenantId, uniqueName, displayName, mailNickname, teamUuid } = order;
  const { known, refused } = await colleagues(graph, tenantId, order.members, signal);
  const owners = order.owners.filter((owner) => known.includes(owner));
  if (owners.length === 0) return { kind: "groupCreated", number, groupId: null, refused };
  const group = await graph.groups.create({
    tenantId,
    uniqueName,
    displayName,
    mailNickname,
    description: descriptionOf(order.language, { teamName: order.teamName, teamUuid }),
    visibility: order.visibility === "public" ? "Public" : "Private",
    behaviours: order.welcomeMail ? [] : ["WelcomeEmailDisabled"],
    owners,
    members: known,
    signal,
  });
  return { kind: "groupCreated", number, groupId: group.groupId, refused };
};

/** A group, as calls to Graph name it. */
interface GroupPlace {
  readonly tenantId: string;
  readonly groupId: string;
  readonly signal: AbortSignal;
}

/**
 * Takes colleagues into a group; gives those who are not in the tenant, or null when the group is not there.
 * Graph answers 404 for a person who is not there and for a group so new that not every server has it: who is
 * still in the tenant was refused because of the group.
 */
const takeIn = async (
  graph: GraphPorts,
  group: GroupPlace,
  members: readonly string[],
): Promise<readonly string[] | null> => {
  const { missing } = await graph.groups.addMembers({ ...group, members });
  if (missing.length === 0) return missing;
  if ((await unless(["notFound"], null, graph.groups.get(group))) === null) return null;
  const { known } = await colleagues(graph, group.tenantId, missing, group.signal);
  if (known.length === 0) return missing;
  const again = await graph.groups.addMembers({ ...group, members: known });
  return missing.filter((member) => !known.includes(member) || again.missing.includes(member));
};

/** Takes people into the group, those who are in the tenant. */
export const addMembers = async (
  { graph }: Clouds,
  { number, tenantId, groupId, members }: Order<"addMembers">,
  signal: AbortSignal,
): Promise<Input> => {
  const { known, refused } = await colleagues(graph, tenantId, members, signal);
  if (known.length === 0) return { kind: "membersAdded", number, refused };
  const missing = await takeIn(graph, { tenantId, groupId, signal }, known);
  if (missing === null) return { kind: "groupMissing", number };
  const unknown = missing.map((person): Refused => ({ person, reason: "notInEntra" }));
  return { kind: "membersAdded", number, refused: [...refused, ...unknown] };
};

/** Follows, while the group is being made, somebody who left, became a moderator or ceased to be one. */
export const changeMember = async (
  { graph, webex }: Clouds,
  { number, tenantId, groupId, webexOrgUuid, personUuid, becomes }: Order<"changeMember">,
  signal: AbortSignal,
): Promise<Input> => {
  const [user] = await usersBy(webex, webexOrgUuid, { attribute: "id", values: [personUuid] }, signal);
  const objectId = objectIdIn(user?.externalId);
  // Who is not linked was never in the group.
  if (objectId === null) return { kind: "memberChanged", number, refusal: null };
  const group = { tenantId, groupId, signal };
  if (becomes === "owner" || becomes === "in") {
    const { known, refused } = await colleagues(graph, tenantId, [objectId], signal);
    if (known.length === 0)
      return { kind: "memberChanged", number, refusal: refused[0]?.reason ?? "notInEntra" };
    const missing = await takeIn(graph, group, known);
    if (missing === null) return { kind: "groupMissing", number };
    if (missing.length > 0) return { kind: "memberChanged", number, refusal: "notInEntra" };
    const owner =
      becomes === "owner"
        ? await unless(["notFound"], null, graph.groups.addOwner({ ...group, owner: objectId }))
        : undefined;
    return owner === null
      ? { kind: "groupMissing", number }
      : { kind: "memberChanged", number, refusal: null };
  }
  // Out of a group that is not to be seen yet nobody is taken, though Graph's answer is the same.
  if ((await unless(["notFound"], null, graph.groups.get(group))) === null)
    return { kind: "groupMissing", number };
  const kept = (await graph.groups.removeOwner({ ...group, owner: objectId })) === "kept";
  if (kept) return { kind: "memberChanged", number, refusal: "lastOwner" };
  if (becomes === "gone") await graph.groups.removeMember({ ...group, member: objectId });
  return { kind: "memberChanged", number, refusal: null };
};

/** The group's library, which comes some time after the group. */
export const readDrive = async (
  { graph }: Clouds,
  { number, tenantId, groupId }: Order<"readDrive">,
  signal: AbortSignal,
): Promise<Input> => {
  try {
    return { kind: "driveRead", number, drive: await graph.groups.getDrive({ tenantId, groupId, signal }) };
  } catch (error) {
    if (failedWith(error, "notFound")) return { kind: "groupMissing", number };
    throw error;
  }
};

/** Whether the group lives. */
export const readGroup = async (
  { graph }: Clouds,
  { number, tenantId, groupId }: Order<"readGroup">,
  signal: AbortSignal,
): Promise<Input> => {
  const group = await unless(["notFound"], null, graph.groups.get({ tenantId, groupId, signal }));
  return group === null ? { kind: "groupMissing", number } : { kind: "groupRead", number };
};
