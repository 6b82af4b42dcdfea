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

/** Takes people into the group, those who are in the tenant. */
export const addMembers = async (
  { graph }: Clouds,
  { number, tenantId, groupId, members }: Order<"addMembers">,
  signal: AbortSignal,
): Promise<Input> => {
  const { known, refused } = await colleagues(graph, tenantId, members, signal);
  if (known.length === 0) return { kind: "membersAdded", number, refused };
  const added = await unless(
    ["notFound"],
    null,
    graph.groups.addMembers({ tenantId, groupId, members: known, signal }),
  );
  if (added === null) return { kind: "groupMissing", number };
  const missing = added.missing.map((person): Refused => ({ person, reason: "notInEntra" }));
  return { kind: "membersAdded", number, refused: [...refused, ...missing] };
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
    const take = async (): Promise<true> => {
      await graph.groups.addMembers({ ...group, members: known });
      if (becomes === "owner") await graph.groups.addOwner({ ...group, owner: objectId });
      return true;
    };
    const isDone = await unless(["notFound"], null, take());
    return isDone === null
      ? { kind: "groupMissing", number }
      : { kind: "memberChanged", number, refusal: null };
  }
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
