import fc from "fast-check";

/** Whether the long tests run: everywhere that CI=true. */
export const runsLong = process.env["HYBRID_LONG"] === "1";

/** Characters of the texts that one reading is held to. */
export const charactersMax = 1_000_000;

/** Milliseconds of processor time for one reading of 1 MB; machines of tests are slower than operators'. */
export const budgetMs = 300;

/** `piece` again and again, up to `characters`. */
export const filled = (piece: string, characters = charactersMax): string =>
  piece.repeat(Math.ceil(characters / piece.length)).slice(0, characters);

/** `open` within itself, as deep as `characters` allow, and closed again. */
export const nested = (open: string, close: string, characters = charactersMax): string => {
  const depth = Math.floor(characters / (open.length + close.length)) - 1;
  return open.repeat(depth) + close.repeat(depth);
};

/** Pieces that differ by their number, up to `characters`. */
export const numbered = (make: (nth: number) => string, characters = charactersMax): string => {
  const pieces: string[] = [];
  for (let length = 0, nth = 0; length < characters; nth++) {
    const piece = make(nth);
    pieces.push(piece);
    length += piece.length;
  }
  return pieces.join("").slice(0, characters);
};

/**
 * Processor time of `work` in milliseconds, so that a busy machine does not matter. Where it exceeds `budget`
 * the best of three, so that the compiler does not matter either.
 */
export const costMs = (work: () => void, budget = budgetMs): number => {
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < 3 && best > budget; run++) {
    const before = process.threadCpuUsage();
    work();
    const { user, system } = process.threadCpuUsage(before);
    best = Math.min(best, (user + system) / 1_000);
  }
  return best;
};

/** What texts of strangers are made of: separators, quotes, brackets, and words that readers look for. */
const pieces = [
  ...Array.from(" \n\r\t,;:.@<>[]{}\"'\\&=/-a7\0\u200b"),
  "webex",
  "https://",
  "rel=next",
  "objectId",
  "AADSTS",
  "[Status Code:",
  "subscription id",
  "claims=",
  "GMT",
  "Mon",
] as const;

/** Repeated from the first character to the last. */
const repeated: readonly (readonly [string, string])[] = [
  ["blanks", " "],
  ["line ends", "\n"],
  ["commas", ","],
  ["commas and blanks", ", "],
  ["numbers and commas", "1,"],
  ["semicolons", "a;"],
  ["quotation marks", '"'],
  ["escapes", "\\\\"],
  ["one long word", "a"],
  ["one long number", "7"],
  ["labels", "a."],
  ["hyphens", "a-"],
  ["schemes", "https://"],
  ["links", "https://acme.webex.com/x "],
  ["Link headers", "<https://a>; rel=prev, "],
  ["links of a page", "?code=1&code="],
  ["tags that are never closed", "<a"],
  ["open formatting", "<b>"],
  ["comments that never end", "<!--"],
  ["entities", "&#x1F600;"],
  ["empty objects", "{},"],
  ["keywords that are none", "@webex:"],
  ["marks that nobody sees", "\u200b"],
  ["halves of characters", "\ud83d"],
  ["zeros", "\0"],
  ["error numbers", "AADSTS7000229 "],
  ["statuses", "[Status Code: "],
  ["subscription ids", "subscription id <aaaaaaaa> "],
  ["claims", 'claims="AAAA'],
  ["dates", "Mon, 05 Jan 2026 09:00:30 GMT, "],
  ["identifiers", "Y2lzY29zcGFyazovL3Vz"],
];

/** A beginning, and what follows it to the end. */
const begun: readonly (readonly [string, string, string])[] = [
  ["a comma and blanks", ",", " "],
  ["a status and blanks", "[Status Code:", " "],
  ["a parameter and blanks", '<https://a>; rel="prev"', " "],
  ["parameters", "<https://a>;", '; rel="'],
  ["one address followed by signs", "https://a.example/", "."],
  ["one address of labels", "a@", "a."],
  ["one long number of an error", "AADSTS", "7"],
  ["one long identifier", "subscription id ", "a"],
];

/**
 * Texts that cost a careless reader more than their length, each with its name: every reader of what
 * strangers write is held to all of them, and to its own.
 */
export const slowTexts = (characters = charactersMax): readonly (readonly [string, string])[] => [
  ...repeated.map(([name, piece]) => [name, filled(piece, characters)] as const),
  ...begun.map(
    ([name, start, piece]) => [name, `${start}${filled(piece, characters - start.length)}`] as const,
  ),
  ["lists within lists", nested("[", "]", characters)],
  ["objects within objects", nested('{"error":', "}", characters)],
  ["elements within elements", nested("<div>", "</div>", characters)],
];

/** Any pieces, up to five and `own` among them, repeated. */
export const anySlowText = (own: readonly string[] = [], characters = charactersMax): fc.Arbitrary<string> =>
  fc
    .array(fc.constantFrom(...pieces, ...own), { minLength: 1, maxLength: 5 })
    .map((parts) => filled(parts.join(""), characters));
