import type { Words } from "./words.ts";

export const german: Words = {
  name: "Deutsch",
  heading: {
    personalRoom: "An dieser Besprechung mit Webex teilnehmen",
    space: "An dieser Besprechung in ihrem Webex-Bereich teilnehmen",
    oneTime: "An diesem Webex-Meeting teilnehmen",
  },
  link: "Link zur Besprechung",
  meetingNumber: "Meeting-Kennnummer",
  password: "Meeting-Passwort",
  video: "Mit einem Videosystem",
  address: "Über die IP-Adresse",
  phone: "Per Telefon",
  code: "Zugriffscode",
  privateMeeting: "Private Besprechung",
  untitled: "Besprechung",
  card: "Dieser Bereich gehört zu einer Besprechung in Ihrem Kalender.",
  tooManyForSpace:
    "Ihre Besprechung hat {count} Eingeladene, ein Bereich für eine Besprechung fasst " +
    "{max}: Es wurde kein Bereich angelegt, und die Einladung blieb unverändert.",
  spaceIsFull:
    "{count} später eingeladene Personen wurden nicht in den Bereich von „{title}“ aufgenommen: " +
    "Ein Bereich für eine Besprechung fasst {max} Eingeladene. " +
    "In ihren Einladungen steht, wie sie teilnehmen.",
};
