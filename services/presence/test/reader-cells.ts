import type { Cells } from "./cells.ts";

/** What every input does to the roster of a tenant, in words. */
export const rosterCells: Cells<"roster"> = {
  "of nobody": {
    "a user joins":
      "becomes a roster (groups: 1, free places: 0); tells its reader memberJoined; tells the user placed",
    "a user leaves": "becomes a roster (groups: 0, free places: 1); tells its reader memberLeft",
    "somebody wants a reading": "becomes a roster (groups: 0, free places: 0); tells its reader lookedAt",
  },
  "of one user": {
    "a user joins":
      "stays a roster (groups: 1, free places: 0); tells its reader memberJoined; tells the user placed",
    "a user leaves": "becomes a roster (groups: 1, free places: 1); tells its reader memberLeft",
    "somebody wants a reading": "stays a roster (groups: 1, free places: 0); tells its reader lookedAt",
  },
  "with one full group": {
    "a user joins":
      "becomes a roster (groups: 2, free places: 0); tells its reader memberJoined; tells the user placed",
    "a user leaves": "becomes a roster (groups: 1, free places: 1); tells its reader memberLeft",
    "somebody wants a reading": "stays a roster (groups: 1, free places: 0); tells its reader lookedAt",
  },
  "with a free place": {
    "a user joins":
      "becomes a roster (groups: 1, free places: 0); tells its reader memberJoined; tells the user placed",
    "a user leaves": "becomes a roster (groups: 1, free places: 2); tells its reader memberLeft",
    "somebody wants a reading": "stays a roster (groups: 1, free places: 1); tells its reader lookedAt",
  },
};

/** What every input does to a group of mailboxes, in words. */
export const groupCells: Cells<"group"> = {
  empty: {
    "a member joins": "becomes a group of 1",
  },
  "that waits for others to join": {
    "a member joins": "becomes a group of 2",
    "a member leaves": "becomes nothing",
    "somebody looks": "becomes a group of 1, being read; readReplies",
    "its timer fires": "becomes a group of 1, being read; readReplies",
  },
  "being read": {
    "a member joins": "becomes a group of 3, being read",
    "a member leaves": "becomes a group of 1, being read",
    "nobody is away": "becomes a group of 2; tells the user repliesChanged; tells the user repliesChanged",
    "one member is away":
      "becomes a group of 2; tells the user repliesChanged; tells the user repliesChanged",
    "one member is throttled":
      "becomes a group of 2, failures: 1, 2 times slower; tells the user repliesChanged",
    "one member has no mailbox": "becomes a group of 2; tells the user repliesChanged",
    "one member is not in the answer": "becomes a group of 2; tells the user repliesChanged",
    "Graph refuses": "becomes a group of 2, failures: 1",
    "Graph wants two hours": "becomes a group of 2, failures: 1",
  },
  "being read, the outcome overdue": {
    "a member joins": "becomes a group of 3, being read",
    "a member leaves": "becomes a group of 1, being read",
    "nobody is away": "becomes a group of 2; tells the user repliesChanged; tells the user repliesChanged",
    "one member is away":
      "becomes a group of 2; tells the user repliesChanged; tells the user repliesChanged",
    "one member is throttled":
      "becomes a group of 2, failures: 1, 2 times slower; tells the user repliesChanged",
    "one member has no mailbox": "becomes a group of 2; tells the user repliesChanged",
    "one member is not in the answer": "becomes a group of 2; tells the user repliesChanged",
    "Graph refuses": "becomes a group of 2, failures: 1",
    "Graph wants two hours": "becomes a group of 2, failures: 1",
    "its timer fires": "stays a group of 2, being read; readReplies",
  },
  "read just now": {
    "a member joins": "becomes a group of 3",
    "a member leaves": "becomes a group of 1",
    "its timer fires": "becomes a group of 2, being read; readReplies",
  },
  "read some time ago": {
    "a member joins": "becomes a group of 3",
    "a member leaves": "becomes a group of 1",
    "somebody looks": "becomes a group of 2, being read; readReplies",
    "its timer fires": "becomes a group of 2, being read; readReplies",
  },
  "that Graph has refused": {
    "a member joins": "becomes a group of 3, failures: 1",
    "a member leaves": "becomes a group of 1, failures: 1",
    "its timer fires": "becomes a group of 2, being read, failures: 1; readReplies",
  },
  "being read, one member unreadable for a day": {
    "a member joins": "becomes a group of 3, being read",
    "a member leaves": "becomes a group of 1, being read",
    "nobody is away": "becomes a group of 2",
    "one member is away": "becomes a group of 2; tells the user repliesChanged",
    "one member is throttled":
      "becomes a group of 2, failures: 1, 2 times slower; tells the user repliesUnreadable",
    "one member has no mailbox": "becomes a group of 2; tells the user repliesUnreadable",
    "one member is not in the answer": "becomes a group of 2",
    "Graph refuses": "becomes a group of 2, failures: 1; tells the user repliesUnreadable",
    "Graph wants two hours": "becomes a group of 2, failures: 1; tells the user repliesUnreadable",
  },
};
