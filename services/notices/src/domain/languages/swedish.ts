import type { Words } from "./words.ts";

export const swedish: Words = {
  mails: {
    activated: {
      subject: "Din kalender är ansluten till Webex",
      paragraphs: [
        "Kalendern för {address} och Webex hålls från och med nu i takt. Du behöver inte göra något.",
        "Skriv @webex som plats för ett möte, så får inbjudan uppgifterna om hur man deltar av sig själv.",
      ],
      link: null,
    },
    consentEnds: {
      subject: "Anslut din kalender till Webex igen före {date}",
      paragraphs: [
        "Du har anslutit kalendern för {address} till Webex. Anslutningen upphör den {date} (UTC).",
        "Anslut den igen innan dess, så avbryts ingenting. Det tar en minut och gäller i ungefär en månad.",
      ],
      link: "Anslut din kalender",
    },
    consentEnded: {
      subject: "Din kalender är inte längre ansluten till Webex",
      paragraphs: [
        "Anslutningen av kalendern för {address} till Webex upphörde den {date} (UTC). Möten får inga " +
          "uppgifter om hur man deltar förrän du ansluter den igen.",
      ],
      link: "Anslut din kalender",
    },
  },
  footer: "Det här brevet skickades automatiskt. Fråga din organisations administratör om du undrar något.",
  test: {
    subject: "Ett test av meddelanden",
    paragraphs: ["Det här brevet skickades av `hybrid notices test`. De här inställningarna fungerar."],
    link: null,
  },
};
