// What the page says. Both languages have the same words; types name one that is missing.

const en = {
  title: "My meetings",
  connecting: "Connecting…",
  live: "Up to date",
  waiting: "Connection lost, trying again",
  noToken: "Open this page by the link that you were given: it holds the key to your meetings.",
  tokenEnded: "The link has ended. Ask for a new one.",
  failed: "That failed.",
  empty: "No meetings in the next weeks.",
  today: "Today",
  tomorrow: "Tomorrow",
  now: "Can be joined now",
  join: "Join",
  joinNamed: "Join {subject}",
  privateMeeting: "Private meeting",
  noSubject: "(no subject)",
  allDay: "All day",
  cancelled: "Cancelled",
  moved: "Moved",
  tentative: "Tentative",
  declined: "Declined",
  unanswered: "Not answered",
  accept: "Accept",
  maybe: "Tentative",
  decline: "Decline",
  actOn: "{act}: {subject}",
  dial: "Dial {address}",
  passcode: "Passcode {passcode}",
  people: "{count} invited",
};

/** A word of the page. */
export type Word = keyof typeof en;

const sv: Readonly<Record<Word, string>> = {
  title: "Mina möten",
  connecting: "Ansluter…",
  live: "Aktuellt",
  waiting: "Anslutningen bröts, försöker igen",
  noToken: "Öppna sidan med länken som du har fått: den innehåller nyckeln till dina möten.",
  tokenEnded: "Länken gäller inte längre. Be om en ny.",
  failed: "Det gick inte.",
  empty: "Inga möten de närmaste veckorna.",
  today: "I dag",
  tomorrow: "I morgon",
  now: "Kan anslutas till nu",
  join: "Anslut",
  joinNamed: "Anslut till {subject}",
  privateMeeting: "Privat möte",
  noSubject: "(utan ämne)",
  allDay: "Hela dagen",
  cancelled: "Inställt",
  moved: "Flyttat",
  tentative: "Preliminärt",
  declined: "Avböjt",
  unanswered: "Ej besvarat",
  accept: "Acceptera",
  maybe: "Preliminärt",
  decline: "Avböj",
  actOn: "{act}: {subject}",
  dial: "Ring {address}",
  passcode: "Lösenkod {passcode}",
  people: "{count} inbjudna",
};

/** The words in one language, with what belongs into them. */
export type Say = (word: Word, values?: Readonly<Record<string, string>>) => string;

/** The first of a browser's languages that the page speaks. */
export const languageOf = (wanted: readonly string[]): "en" | "sv" => {
  for (const tag of wanted) {
    const [language] = tag.toLowerCase().split("-");
    if (language === "sv" || language === "en") return language;
  }
  return "en";
};

/** How the page speaks a language. */
export const sayIn = (language: "en" | "sv"): Say => {
  const words = language === "sv" ? sv : en;
  return (word, values = {}) =>
    words[word].replaceAll(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
};
