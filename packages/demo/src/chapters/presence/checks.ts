import type { Expectation } from "../../expectation.ts";
import type { Scenery } from "../chapter.ts";
import type { PlayedPerson, PresenceCast } from "./cast.ts";
import { certainlyAway, topicFaults, webexFaults } from "./model.ts";

/** The numbers of a person's absences as the topic told them, and how often each was cleared. */
const episodeFaults = (
  { told }: PresenceCast,
  { administrator }: Scenery,
  { name, objectId }: PlayedPerson,
): readonly string[] => {
  const words = told.records.filter(({ key }) => key === `${administrator.org}/u-${objectId}`);
  const cleared = words.filter(({ value }) => value.status === "none").map(({ value }) => value.episode);
  const numbers = [...new Set(words.map(({ value }) => value.episode))];
  return [
    ...(numbers.every((number, index) => number === index + 1)
      ? []
      : [`the absences of ${name} are numbered ${numbers.join(", ")}`]),
    ...cleared
      .filter((episode, index) => cleared.indexOf(episode) !== index)
      .map((episode) => `absence ${episode} of ${name} was cleared twice`),
  ];
};

/** Everything that must hold when the chapter is over. */
export const checkPresence = (cast: PresenceCast, scenery: Scenery): readonly Expectation[] => {
  const { people } = cast;
  const { startedAt } = scenery;
  const looks = people.reduce((sum, person) => sum + person.looks.length, 0);
  return [
    {
      name: "people: shown as out of the office within 20 minutes, and no longer when they are back",
      checked: looks,
      broken: people.flatMap((person) => topicFaults(person, person.looks, startedAt)),
    },
    {
      name: "Webex: shows it of who lets it, and every own status before and after",
      checked: looks,
      broken: people.flatMap((person) => webexFaults(person, person.looks, startedAt)),
    },
    {
      name: "absences: each told as one, and cleared once",
      checked: people.length,
      broken: people.flatMap((person) => episodeFaults(cast, scenery, person)),
    },
    {
      name: "people: most of them were away",
      checked: people.length,
      broken:
        people.filter((person) => certainlyAway(person, person.looks, startedAt) > 5).length >= 8
          ? []
          : ["hardly anybody was away for certain"],
    },
  ];
};
