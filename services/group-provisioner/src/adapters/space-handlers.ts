import { adaptiveCardType } from "@hybrid/webex";
import type { Call, Input } from "#domain/inputs";
import type { FoundSpace } from "#domain/state";
import { cardOf, cardText } from "#texts/card";
import { failedWith, unless } from "./failed-with.ts";
import type { WebexPorts } from "./ports.ts";
import { usersBy } from "./team-people.ts";
import { uuidOf, webexIdOf } from "./webex-ids.ts";

type Order<Kind extends Call["kind"]> = Extract<Call, { readonly kind: Kind }>;

const spacesMax = 100;
const messagesLooked = 50;

/** What a space is: of which team, and whose. */
export const readSpace = async (
  webex: WebexPorts,
  { number, roomUuid }: Order<"readSpace">,
  signal: AbortSignal,
): Promise<Input> => {
  const room = await webex.getRoom(webexIdOf("ROOM", roomUuid), signal);
  return {
    kind: "spaceRead",
    number,
    teamUuid: uuidOf(room.teamId) ?? null,
    title: room.title ?? null,
    ownerOrgUuid: uuidOf(room.ownerId) ?? null,
  };
};

/** The language of the person who made the team; null where nobody can tell. */
const languageOf = async (
  webex: WebexPorts,
  creatorUuid: string | undefined,
  signal: AbortSignal,
): Promise<string | null> => {
  if (creatorUuid === undefined) return null;
  const orgUuid = uuidOf((await webex.getMe(signal)).orgId);
  if (orgUuid === undefined) return null;
  const [user] = await usersBy(webex, orgUuid, { attribute: "id", values: [creatorUuid] }, signal);
  return user?.preferredLanguage?.replace("_", "-") ?? null;
};

/** A team's name as it is readable, and the language to write in. */
export const readTeam = async (
  webex: WebexPorts,
  { number, teamUuid }: Order<"readTeam">,
  signal: AbortSignal,
): Promise<Input> => {
  const team = await unless(["notFound"], null, webex.getTeam(webexIdOf("TEAM", teamUuid), signal));
  if (team === null) return { kind: "teamMissing", number };
  const language = await languageOf(webex, uuidOf(team.creatorId), signal);
  return { kind: "teamRead", number, name: team.name ?? null, language };
};

/** Spaces of the team that the account can see, by id, and the General space always. */
export const listSpaces = async (
  webex: WebexPorts,
  { number, teamUuid, after }: Order<"listSpaces">,
  signal: AbortSignal,
): Promise<Input> => {
  const teamId = webexIdOf("TEAM", teamUuid);
  const general = await unless(["notFound"], null, webex.getRoom(webexIdOf("ROOM", teamUuid), signal));
  if (general === null) return { kind: "teamMissing", number };
  const found = new Map<string, FoundSpace>([
    [teamUuid, { roomUuid: teamUuid, title: general.title ?? null }],
  ]);
  for await (const { items } of webex.listRooms({ teamId, max: 1_000 }, signal))
    for (const { id, title } of items) {
      const roomUuid = uuidOf(id);
      if (roomUuid !== undefined) found.set(roomUuid, { roomUuid, title: title ?? null });
    }
  const left = [...found.values()]
    .filter(({ roomUuid }) => roomUuid > after)
    .sort((a, b) => (a.roomUuid < b.roomUuid ? -1 : 1));
  const spaces = left.slice(0, spacesMax);
  const next = left.length > spaces.length ? (spaces.at(-1)?.roomUuid ?? null) : null;
  return { kind: "spacesListed", number, spaces, next };
};

/** Only members of a space may link folders to it and write in it. */
const join = async (
  webex: WebexPorts,
  place: { readonly teamUuid: string; readonly roomUuid: string },
  signal: AbortSignal,
): Promise<void> => {
  const { id: personId } = await webex.getMe(signal);
  const joined: Promise<unknown> =
    place.roomUuid === place.teamUuid
      ? webex.createTeamMembership({ teamId: webexIdOf("TEAM", place.teamUuid), personId }, signal)
      : webex.createMembership({ roomId: webexIdOf("ROOM", place.roomUuid), personId }, signal);
  await unless(["conflict"], null, joined);
};

const linksOf = async (webex: WebexPorts, roomUuid: string, signal: AbortSignal) => {
  const links = [];
  const roomId = webexIdOf("ROOM", roomUuid);
  for await (const { items } of webex.listLinkedFolders({ roomId }, signal)) links.push(...items);
  return links;
};

/** Links a folder to a space as its default, after a look whether it is linked already. */
export const linkFolder = async (
  webex: WebexPorts,
  { number, teamUuid, roomUuid, driveId, itemId, webUrl, displayName }: Order<"linkFolder">,
  signal: AbortSignal,
): Promise<Input> => {
  await join(webex, { teamUuid, roomUuid: teamUuid }, signal);
  await join(webex, { teamUuid, roomUuid }, signal);
  const isThere = (await linksOf(webex, roomUuid, signal)).some((link) => link.itemId === itemId);
  if (!isThere) {
    const roomId = webexIdOf("ROOM", roomUuid);
    const folder = { roomId, driveId, itemId, contentUrl: webUrl, displayName, defaultFolder: true };
    await webex.createLinkedFolder(folder, signal);
  }
  return { kind: "folderLinked", number, roomUuid };
};

/** Takes the link of a folder from a space; one that is gone, or whose space is gone, is as wanted. */
export const unlinkFolder = async (
  webex: WebexPorts,
  { number, roomUuid, itemId }: Order<"unlinkFolder">,
  signal: AbortSignal,
): Promise<Input> => {
  const links = await unless(["notFound"], [], linksOf(webex, roomUuid, signal));
  for (const link of links)
    if (link.itemId === itemId)
      await unless(["notFound"], undefined, webex.deleteLinkedFolder(link.id, signal));
  return { kind: "folderUnlinked", number, roomUuid };
};

/** Tells the team in its General space what was made, once. */
export const postCard = async (
  webex: WebexPorts,
  { number, teamUuid, language, teamName, libraryUrl, refused }: Order<"postCard">,
  signal: AbortSignal,
): Promise<Input> => {
  const roomId = webexIdOf("ROOM", teamUuid);
  try {
    await join(webex, { teamUuid, roomUuid: teamUuid }, signal);
    const { id: own } = await webex.getMe(signal);
    const result = { teamName, libraryUrl, refused };
    const card = { contentType: adaptiveCardType, content: cardOf(language, result) } as const;
    const markdown = cardText(language, result);
    for await (const { items } of webex.listMessages({ roomId, max: messagesLooked }, signal)) {
      const isOurs = items.some(
        (message) => uuidOf(message.personId) === uuidOf(own) && message.markdown?.includes(libraryUrl),
      );
      if (isOurs) return { kind: "cardPosted", number };
      break;
    }
    await webex.createMessage({ roomId, markdown, attachments: [card] }, signal);
  } catch (error) {
    if (failedWith(error, "notFound")) return { kind: "teamMissing", number };
    throw error;
  }
  return { kind: "cardPosted", number };
};
