import type { Expectation } from "../../expectation.ts";
import type { MeetingsCast } from "./cast.ts";
import { faultsOf, offersExpected } from "./model.ts";

/** What has to be true of the screens. */
export const checkMeetings = ({ rooms, foreign }: MeetingsCast): readonly Expectation[] => [
  {
    name: "rooms: each screen offers its meetings five minutes before, and nothing else",
    checked: rooms.reduce((sum, { looks }) => sum + looks.length, 0),
    broken: rooms.flatMap((room) => room.looks.flatMap((look) => faultsOf(room, look))),
  },
  {
    name: "rooms: there was something to offer",
    checked: rooms.length,
    broken: rooms
      .filter((room) => offersExpected(room) < 20)
      .map(({ name }) => `${name} had hardly a meeting that had to be offered`),
  },
  {
    name: "rooms: a device with another calendar is left alone",
    checked: 1,
    broken: foreign.bookings
      .filter(({ Title }) => Title !== "Theirs")
      .map(({ Title = "" }) => `Quito shows ${Title}, which nobody asked for`),
  },
];
