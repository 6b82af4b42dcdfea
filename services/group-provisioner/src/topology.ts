import { groupCommands, groupPrerequisites, groupStatus, webexEvents } from "@hybrid/contracts";
import { actorIdOf, from, seconds, type Topology } from "@hybrid/kernel";
import { sealTopology } from "@hybrid/sealing";
import type { Call, Input } from "#domain/inputs";
import { groupMachine, timersOf } from "#domain/machine";
import { designNumbers, type Numbers } from "#domain/numbers";
import { initial, type State } from "#domain/state";
import { withStatusToSeal } from "#domain/state-upgrades";
import { readCommand } from "./adapters/read-command.ts";
import { readHint } from "./adapters/read-hint.ts";
import { groupTexts } from "./whose-texts.ts";

const reads = (because: string) => ({ repeat: "mayRepeat", because, writes: false }) as const;

const calls: Topology<State, Input, Call>["calls"] = {
  readFeed: reads("It only reads events."),
  listTeams: reads("It only reads teams."),
  checkPrerequisites: reads("It only looks at what is there."),
  readSpace: reads("It only reads a space."),
  readTeam: reads("It only reads a team."),
  readPeople: reads("It only reads who is in a team."),
  validateNames: reads("It only asks whether names are allowed."),
  createGroup: {
    repeat: "idempotencyKey",
    because:
      "Graph makes a group only where the unique name, which is the team's own, has none; it is looked up " +
      "before, and again when the write is refused.",
  },
  addMembers: {
    repeat: "mayRepeat",
    because: "Who is a member already is told so by Graph and stays one.",
  },
  changeMember: {
    repeat: "mayRepeat",
    because: "Who is out already, or an owner already, stays so.",
  },
  readDrive: reads("It only reads the group's library."),
  listSpaces: reads("It only reads the team's spaces."),
  createFolder: {
    repeat: "mayRepeat",
    because: "A folder of the name is found when it is there, and made once.",
  },
  linkFolder: {
    repeat: "checkBeforeWrite",
    because: "The space's links are listed first, and a link to the folder is taken as done.",
  },
  unlinkFolder: { repeat: "mayRepeat", because: "A link that is gone is what was wanted." },
  postCard: {
    repeat: "checkBeforeWrite",
    because: "The latest messages of the space are looked through for the same card first.",
  },
  readDelta: reads("It only reads what changed."),
  admit: {
    repeat: "mayRepeat",
    because: "Who is in the team already is told so by Webex and stays in.",
  },
  expel: { repeat: "mayRepeat", because: "Who is out already is what was wanted." },
  moderate: { repeat: "mayRepeat", because: "It sets what is to be, whatever was before." },
  reconcile: reads("It only compares team and group."),
  readGroup: { ...reads("It only reads the group."), deadlineMs: seconds(15) },
};

/** The service on one screen: an organisation decides, its teams get their groups and follow them. */
const plainTopology = (numbers: Numbers): Topology<State, Input, Call> => ({
  service: "group-provisioner",
  machine: groupMachine(numbers),
  initial,
  stateVersion: 2,
  upgrades: { 1: withStatusToSeal },
  sources: [
    from(groupCommands, (value, { key }) => ({ to: actorIdOf(key), input: readCommand(value, key) })),
    // A delivery says at once what the feed says a minute later, and the daily look in the end.
    from(webexEvents, (hint, { key }) => readHint(hint, key)),
  ],
  calls,
  emits: [groupStatus, groupPrerequisites],
  timers: (state) => timersOf(state, numbers),
  timerFired: ({ name }) => ({ kind: "timerFired", name }),
  callFailed: ({ kind, number }, failure) => ({ kind: "callFailed", call: kind, number, failure }),
});

/** The same with names of teams and spaces sealed for the organisation, wherever they stand. */
export const groupTopology = (numbers: Numbers = designNumbers): Topology<State, Input, Call> =>
  sealTopology(plainTopology(numbers), groupTexts, ["user", "organisation"]);
