import { importCommands, syncPeopleCommand, toggleUserCommand } from "@hybrid/directory";
import { activateTenant, table } from "@hybrid/hybrid";
import { hours, minutes, seconds } from "@hybrid/kernel";
import { defineChapter, type Scenery } from "../chapter.ts";
import {
  look,
  type PlayedPerson,
  type PresenceCast,
  personOf,
  preparePresence,
  setReplies,
  tokensFileIn,
} from "./cast.ts";
import { checkPresence } from "./checks.ts";
import { certainlyAway } from "./model.ts";
import { presenceFaults } from "./planted.ts";

const endsAfterMs = hours(2.5);

/** The administrator lists everybody; from then on somebody looks every minute. */
const enable = async (cast: PresenceCast, scenery: Scenery): Promise<void> => {
  const { administrator } = scenery;
  const people = cast.people.map(({ objectId, mailAddress }, nth) => ({
    line: nth + 1,
    userId: objectId,
    person: { objectId, tenantId: cast.tenantId, mailAddress, connector: null },
    enabled: true,
  }));
  await administrator.log.append([
    ...importCommands(people, administrator),
    syncPeopleCommand({ kind: "webex" }, { full: true, go: true }, administrator),
  ]);
  await activateTenant(administrator, cast.tenantId);
  // Half a minute beside the full ones, at which people act.
  for (let ms = minutes(20) + seconds(30); ms < endsAfterMs; ms += minutes(1))
    scenery.after(ms, () => look(cast, scenery));
};

/** What two people say of themselves in their own clients. */
const speakForThemselves = (cast: PresenceCast, { stage }: Scenery): void => {
  const say = (name: string, status: "dnd" | "ooo"): void => {
    const person = personOf(cast, name);
    if (person.webex === null) throw new Error(`${name} has no account at Webex`);
    stage.webex.presences.say(person.webex.uuid, status, -1);
    person.ownStatus = status;
  };
  say("Cem", "dnd");
  say("Dan", "ooo");
};

const goAway = (cast: PresenceCast, scenery: Scenery): void => {
  for (const name of ["Ada", "Cem", "Dan", "Fay", "Gil", "Hal"])
    setReplies(scenery, personOf(cast, name), "always");
  setReplies(scenery, personOf(cast, "Ben"), { inMinutes: 15, forMinutes: 60 });
};

/** Others go and come back by chance. */
const comeAndGo = (cast: PresenceCast, scenery: Scenery): void => {
  const { dice } = scenery;
  for (const name of ["Ida", "Kim", "Lea"])
    for (let ms = minutes(30); ms < endsAfterMs; ms += minutes(20 + Math.floor(dice() * 30))) {
      const roll = dice();
      const scheduled = { inMinutes: Math.floor(dice() * 15), forMinutes: 25 + Math.floor(dice() * 30) };
      const wanted = roll < 0.3 ? "always" : roll < 0.5 ? "off" : scheduled;
      scenery.after(ms, () => setReplies(scenery, personOf(cast, name), wanted));
    }
};

/** An absence in the calendar, and replies for a time that overlaps with it. */
const planAbsence = (cast: PresenceCast, scenery: Scenery): void => {
  const person = personOf(cast, "Eva");
  const at = scenery.stage.clock.now();
  const [startAt, endAt] = [at + minutes(10), at + minutes(40)];
  const event = { subject: "Away", startAt, endAt, body: "", location: "" };
  scenery.stage.graph.createEvent(person.objectId, { ...event, showAs: "oof" });
  person.events.push({ at, from: startAt, until: endAt });
  setReplies(scenery, person, { inMinutes: 30, forMinutes: 40 });
};

const comeBack = (cast: PresenceCast, scenery: Scenery): void => {
  for (const name of ["Ada", "Cem", "Dan", "Fay", "Gil"]) setReplies(scenery, personOf(cast, name), "off");
};

const disable = async (cast: PresenceCast, scenery: Scenery): Promise<void> => {
  const person = personOf(cast, "Hal");
  const { administrator } = scenery;
  person.endsAt = scenery.stage.clock.now();
  await administrator.log.append([toggleUserCommand(person.objectId, false, administrator)]);
};

const minutesOut = ({ looks }: PlayedPerson): number => looks.filter(({ isOut }) => isOut).length;

const report = ({ people }: PresenceCast, { startedAt }: Scenery): string =>
  table(
    ["person", "changes", "minutes out", "for certain", "shown at Webex"],
    people.map((person) => [
      person.name,
      person.settings.length + person.events.length,
      minutesOut(person),
      certainlyAway(person, person.looks, startedAt),
      person.webex === null ? "no account" : [...new Set(person.looks.map(({ webex }) => webex))].join(", "),
    ]),
  );

/** Automatic replies become the status out of office. */
export const presence = defineChapter<PresenceCast>({
  name: "presence",
  title: "Who sets automatic replies is shown as out of the office, and no longer when they end",
  services: ["presence"],
  settings: ({ folder, webexUrl }) => ({
    PRESENCE_EVENTS_FOR: "acme",
    PRESENCE_WEBEX_URL: `${webexUrl}/apheleia/api/v1`,
    PRESENCE_PERSON_TOKENS_FILE: tokensFileIn(folder),
  }),
  prepare: preparePresence,
  scenes: [
    { afterMs: 0, text: "an administrator lists people who will be away", play: enable },
    {
      afterMs: minutes(15),
      text: "two people choose a status of their own at Webex",
      play: speakForThemselves,
    },
    { afterMs: minutes(25), text: "people switch automatic replies on", play: goAway },
    { afterMs: minutes(26), text: "others come and go", play: comeAndGo },
    {
      afterMs: minutes(50),
      text: "an absence stands in a calendar, replies overlap with it",
      play: planAbsence,
    },
    { afterMs: minutes(80), text: "somebody who is away is disabled", play: disable },
    { afterMs: minutes(100), text: "people are back", play: comeBack },
  ],
  endsAfterMs,
  killAfterRequests: 150,
  judge: checkPresence,
  report,
  plantedFaults: presenceFaults,
});
