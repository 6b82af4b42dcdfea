import type { Words } from "./words.ts";

export const swedish: Words = {
  name: "Svenska",
  heading: {
    personalRoom: "Delta i mötet via Webex",
    space: "Delta i mötet i dess Webex-utrymme",
    oneTime: "Delta i det här Webex-mötet",
  },
  link: "Möteslänk",
  meetingNumber: "Mötesnummer",
  password: "Möteslösenord",
  video: "Från ett videosystem",
  address: "Via IP-adress",
  phone: "Via telefon",
  code: "Åtkomstkod",
  privateMeeting: "Privat möte",
  untitled: "Möte",
  card: "Det här utrymmet hör till ett möte i din kalender.",
  tooManyForSpace:
    "Ditt möte har {count} inbjudna, och ett utrymme för ett möte rymmer " +
    "{max}: inget utrymme skapades och inbjudan lämnades som den är.",
  spaceIsFull:
    "{count} personer som du bjöd in senare lades inte till i utrymmet för ”{title}”: " +
    "ett utrymme för ett möte rymmer {max} inbjudna. Deras inbjudningar säger hur de deltar.",
};
