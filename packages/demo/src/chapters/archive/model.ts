/*
 * Which mails must lie where, thought out a second time from the play alone. Nothing here may import a
 * service or a package of ours: a model that shares code with what it judges shares its mistakes.
 */

/** A person as the model sees one. */
export interface ModelPerson {
  readonly name: string;
  readonly hasMailbox: boolean;
}

/** What somebody did with a message; its number is in its text. */
export interface ModelWord {
  readonly number: number;
  readonly kind: "said" | "edited" | "deleted";
  readonly at: number;
  readonly space: string;
  readonly author: ModelPerson;
  readonly files: readonly { readonly name: string; readonly size: number }[];
}

/** Somebody came into a space, or left it. */
export interface ModelMove {
  readonly kind: "in" | "out";
  readonly at: number;
  readonly space: string;
  readonly person: ModelPerson;
}

/** A mail that must lie in somebody's mailbox. */
export interface ExpectedMail {
  readonly number: number;
  readonly kind: ModelWord["kind"];
  readonly at: number;
  readonly space: string;
  readonly files: readonly string[];
}

/** Everybody's mails in the order in which things were said, and what the counts must come to. */
export interface ExpectedArchive {
  readonly mails: ReadonlyMap<string, readonly ExpectedMail[]>;
  /** Versions of messages. */
  readonly versions: number;
  /** One for each person who was there, with or without mailbox. */
  readonly copies: number;
  /** Those of people without mailbox. */
  readonly failed: number;
  /** Those that lost a file, of people who have a mailbox. */
  readonly partial: number;
}

const wasThere = (moves: readonly ModelMove[], person: ModelPerson, word: ModelWord): boolean => {
  const before = moves.filter(
    (move) => move.person.name === person.name && move.space === word.space && move.at <= word.at,
  );
  return before.at(-1)?.kind === "in";
};

/** Who is in a space reads what is said there, edited and deleted: each version is a mail of its own. */
export const expectedArchive = (
  play: {
    readonly people: readonly ModelPerson[];
    readonly moves: readonly ModelMove[];
    readonly words: readonly ModelWord[];
  },
  fileBytesMax: number,
): ExpectedArchive => {
  const moves = play.moves.toSorted((one, other) => one.at - other.at);
  const words = play.words.toSorted((one, other) => one.at - other.at);
  const mails = new Map<string, ExpectedMail[]>();
  let [copies, failed, partial] = [0, 0, 0];
  for (const person of play.people) {
    const own: ExpectedMail[] = [];
    for (const word of words) {
      if (word.author.name !== person.name && !wasThere(moves, person, word)) continue;
      copies++;
      if (!person.hasMailbox) {
        failed++;
        continue;
      }
      const kept = word.files.filter(({ size }) => size <= fileBytesMax);
      if (kept.length < word.files.length) partial++;
      const { number, kind, at, space } = word;
      own.push({ number, kind, at, space, files: kept.map(({ name }) => name) });
    }
    mails.set(person.name, own);
  }
  return { mails, versions: words.length, copies, failed, partial };
};
