import type { Handlers } from "@hybrid/kernel";
import type { Call, Input } from "#domain/inputs";
import { unless } from "./failed-with.ts";
import { listTeams, readFeed } from "./feed-handlers.ts";
import { admit, expel, moderate, readDelta, reconcile } from "./follow-handlers.ts";
import { addMembers, changeMember, createGroup, readDrive, readGroup } from "./group-handlers.ts";
import type { Clouds } from "./ports.ts";
import { checkPrerequisites } from "./prerequisite-handlers.ts";
import { linkFolder, listSpaces, postCard, readSpace, readTeam, unlinkFolder } from "./space-handlers.ts";
import { readPeople } from "./team-people.ts";

/** Carries out the service's calls: translates, never decides. */
export const groupHandlers = (clouds: Clouds): Handlers<Call, Input> => {
  const { graph, webex } = clouds;
  return {
    readFeed: (order, { signal }) => readFeed(webex, order, signal),
    listTeams: (order, { signal }) => listTeams(webex, order, signal),
    checkPrerequisites: (order, { signal }) => checkPrerequisites(clouds, order, signal),
    readSpace: (order, { signal }) => readSpace(webex, order, signal),
    readTeam: (order, { signal }) => readTeam(webex, order, signal),
    readPeople: async (order, { signal }) => {
      const { number } = order;
      const read = await unless(["notFound"], null, readPeople(webex, order, signal));
      return read === null ? { kind: "teamMissing", number } : { kind: "peopleRead", number, ...read };
    },
    validateNames: async ({ number, tenantId, displayName, mailNickname }, { signal }) => {
      const names = { tenantId, displayName, mailNickname, signal };
      return { kind: "namesJudged", number, fault: await graph.groups.validateNames(names) };
    },
    createGroup: (order, { signal }) => createGroup(clouds, order, signal),
    addMembers: (order, { signal }) => addMembers(clouds, order, signal),
    changeMember: (order, { signal }) => changeMember(clouds, order, signal),
    readDrive: (order, { signal }) => readDrive(clouds, order, signal),
    readGroup: (order, { signal }) => readGroup(clouds, order, signal),
    listSpaces: (order, { signal }) => listSpaces(webex, order, signal),
    createFolder: async ({ number, tenantId, driveId, roomUuid, name }, { signal }) => {
      const { itemId, webUrl } = await graph.groups.createFolder({ tenantId, driveId, name, signal });
      return { kind: "folderCreated", number, roomUuid, itemId, webUrl };
    },
    linkFolder: (order, { signal }) => linkFolder(webex, order, signal),
    unlinkFolder: (order, { signal }) => unlinkFolder(webex, order, signal),
    postCard: (order, { signal }) => postCard(webex, order, signal),
    readDelta: (order, { signal }) => readDelta(clouds, order, signal),
    admit: (order, { signal }) => admit(clouds, order, signal),
    expel: (order, { signal }) => expel(clouds, order, signal),
    moderate: (order, { signal }) => moderate(clouds, order, signal),
    reconcile: (order, { signal }) => reconcile(clouds, order, signal),
  };
};
