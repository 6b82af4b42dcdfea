import type { PlayableChapter } from "./chapter.ts";

/** Where a chapter is found. */
interface ListedChapter {
  readonly name: string;
  readonly load: () => Promise<PlayableChapter>;
}

/** The working day of the office, which is played first. */
export const day = "day";

/** Every chapter, in the order in which they are played after the day. */
export const chapters: readonly ListedChapter[] = [
  { name: "join", load: async () => (await import("./join/join.ts")).join },
  { name: "groups", load: async () => (await import("./groups/groups.ts")).groups },
  { name: "meetings", load: async () => (await import("./meetings/meetings.ts")).meetings },
  { name: "migrations", load: async () => (await import("./migrations/migrations.ts")).migrations },
  { name: "archive", load: async () => (await import("./archive/archive.ts")).archive },
  // Last, because its service looks at every mailbox from here on.
  { name: "presence", load: async () => (await import("./presence/presence.ts")).presence },
];

/** What `--chapter` takes. */
export const chapterNames: readonly string[] = [day, ...chapters.map(({ name }) => name)];

/** The chapters of these names, in the order of the list; the day is none of them. */
export const loadChapters = (names: readonly string[]): Promise<readonly PlayableChapter[]> =>
  Promise.all(chapters.filter(({ name }) => names.includes(name)).map(({ load }) => load()));
