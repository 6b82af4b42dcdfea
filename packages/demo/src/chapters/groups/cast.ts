import type { SimulatedPerson, Team } from "@hybrid/webex-simulator";
import { guidOf } from "../../organisation.ts";
import type { Scenery } from "../chapter.ts";

/** What a person of the chapter is to the tenant and to Webex. */
export type Standing =
  /** An account at both sides, linked by the object id. */
  | "linked"
  /** Of another Webex organisation, with the object id of a colleague as external id. */
  | "outsider"
  /** A colleague at Webex without external id. */
  | "unlinked"
  /** Invited to Webex, never signed in. */
  | "neverSignedIn"
  /** A guest of the tenant with an account at Webex. */
  | "guest";

/** A person of the chapter. */
export interface Member {
  readonly name: string;
  readonly standing: Standing;
  /** The account in Entra; outsiders and unlinked people have none that counts. */
  readonly objectId: string;
  readonly webex: SimulatedPerson;
}

/** What happened to one team and its group, as the people of the play did it. */
export interface PlayedTeam {
  readonly name: string;
  readonly team: Team;
  readonly creator: Member;
  /** Who was in the team when its group was made, the creator first. */
  readonly founders: readonly Member[];
  /** Spaces of the team, the General one first, by UUID. */
  readonly spaces: string[];
  /** Owners of the group take people in and out, in order. */
  readonly changes: { readonly kind: "in" | "out"; readonly member: Member }[];
  /** What was seen while the group was deleted; null for teams whose group never was. */
  whileDeleted: { readonly peopleOfTeam: readonly string[]; readonly linkedFolders: number } | null;
}

/** Everybody and everything of the chapter. */
export interface GroupsCast {
  readonly tenantId: string;
  readonly members: readonly Member[];
  readonly teams: PlayedTeam[];
}

const permissions = ["Group.ReadWrite.All", "User.Read.All", "Files.ReadWrite.All", "Organization.Read.All"];
const otherOrgId = "0b0b0b0b-1111-4111-8111-000000000002";

/** How many people there are of each kind. */
const crowd: readonly (readonly [standing: Standing, count: number])[] = [
  ["linked", 34],
  ["outsider", 2],
  ["unlinked", 2],
  ["neverSignedIn", 1],
  ["guest", 2],
];

const addMember = (
  { stage }: Scenery,
  tenantId: string,
  { standing, number }: { readonly standing: Standing; readonly number: number },
): Member => {
  const name = `${standing} ${number}`;
  const email = `${standing}.${number}@teams.example`.toLowerCase();
  // An outsider brings the object id of a colleague: only the organisation tells them apart.
  const objectId = standing === "outsider" ? guidOf(`linked ${number}`) : guidOf(name);
  if (standing !== "outsider")
    stage.graph.addMailbox({
      tenantId,
      userId: objectId,
      userPrincipalName: email,
      mail: email,
      displayName: name,
      ...(standing === "guest" ? { profile: { userType: "Guest" } } : {}),
    });
  const webex = stage.webex.addPerson({
    orgId: standing === "outsider" ? otherOrgId : stage.webexOrgId,
    email,
    displayName: name,
    sites: [],
    ...(standing === "unlinked" ? {} : { externalId: objectId }),
    ...(standing === "neverSignedIn" ? { hasSignedIn: false } : {}),
  });
  return { name, standing, objectId, webex };
};

/** A tenant of its own with its people, who are at Webex too. */
export const prepareGroups = (scenery: Scenery): GroupsCast => {
  const { graph, clientId } = scenery.stage;
  const tenantId = guidOf("tenant teams");
  graph.addTenant({ tenantId, displayName: "Acme Teams", domains: ["teams.example"] });
  graph.grantConsent(tenantId, clientId, permissions);
  const members = crowd.flatMap(([standing, count]) =>
    Array.from({ length: count }, (_, index) =>
      addMember(scenery, tenantId, { standing, number: index + 1 }),
    ),
  );
  return { tenantId, members, teams: [] };
};

/** The people of a kind, in the order in which they were made. */
export const those = ({ members }: GroupsCast, standing: Standing): readonly Member[] =>
  members.filter((member) => member.standing === standing);

/** Somebody makes a team and takes others into it. */
export const makeTeam = (
  { stage: { webex } }: Scenery,
  cast: GroupsCast,
  { name, founders }: Pick<PlayedTeam, "name" | "founders">,
): PlayedTeam => {
  const [creator, ...others] = founders;
  if (!creator) throw new RangeError(`nobody makes the team ${name}`);
  const team = webex.spaces.createTeam(creator.webex, name);
  const general = webex.spaces.rooms.get(team.uuid);
  if (!general) throw new Error(`the team ${name} has no General space`);
  for (const other of others)
    webex.spaces.addMember(creator.webex.uuid, general, other.webex, { isThroughTeam: true });
  const played: PlayedTeam = {
    name,
    team,
    creator,
    founders,
    spaces: [team.uuid],
    changes: [],
    whileDeleted: null,
  };
  cast.teams.push(played);
  return played;
};
