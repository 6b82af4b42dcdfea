import type { Cells, Kind } from "./cells.ts";
import { groupCells, rosterCells } from "./reader-cells.ts";

const userCells: Cells<"user"> = {
  "nobody yet": {
    "the mailbox is served": "becomes in; tells its reader userJoined; readEvents",
    "another mailbox is served": "becomes in; tells its reader userJoined; readEvents",
    "Webex has another person": "becomes in",
  },
  "known to Webex alone": {
    "the mailbox is served": "stays in; tells its reader userJoined; readEvents",
    "another mailbox is served": "stays in; tells its reader userJoined; readEvents",
    "Webex has another person": "stays in",
    "Webex has no such person": "becomes nothing",
    "the directory removes it": "becomes nothing",
    "a group takes it": "stays in",
    "replies are always on": "stays in",
    "replies are on from now until later": "stays in",
    "replies are planned for later": "stays in",
    "replies are over": "stays in",
  },
  "in the office": {
    "another mailbox is served":
      "stays in; tells its reader userLeft; tells its reader userJoined; readEvents",
    "the mailbox is served no more": "stays in; tells its reader userLeft",
    "Webex has another person": "stays in",
    "Webex has no such person": "stays in",
    "the directory removes it": "becomes nothing; tells its reader userLeft",
    "a group takes it": "stays in",
    "replies are always on": "becomes away, showAtWebex under way; publishes outOfOffice 1; showAtWebex",
    "replies are on from now until later":
      "becomes away, showAtWebex under way; publishes outOfOffice 1; showAtWebex",
    "replies are planned for later": "stays in",
    "replies are over": "stays in",
    "the calendar changes": "stays in",
    "somebody looks": "stays in; tells its reader readingWanted",
  },
  "in the office, the calendar being read": {
    "another mailbox is served":
      "stays in; tells its reader userLeft; tells its reader userJoined; readEvents",
    "the mailbox is served no more": "stays in; tells its reader userLeft",
    "Webex has another person": "stays in",
    "Webex has no such person": "stays in",
    "the directory removes it": "becomes nothing; tells its reader userLeft",
    "a group takes it": "stays in",
    "replies are always on": "becomes away, showAtWebex under way; publishes outOfOffice 1; showAtWebex",
    "replies are on from now until later":
      "becomes away, showAtWebex under way; publishes outOfOffice 1; showAtWebex",
    "replies are planned for later": "stays in",
    "replies are over": "stays in",
    "the calendar changes": "stays in",
    "somebody looks": "stays in; tells its reader readingWanted",
    "the calendar shows an absence now":
      "becomes away, showAtWebex under way; tells its reader readingWanted; publishes outOfOffice 1; showAtWebex",
    "the calendar shows none": "stays in",
    "the calendar could not be read": "stays in",
  },
  "in the office, replies planned for later": {
    "another mailbox is served":
      "stays in; tells its reader userLeft; tells its reader userJoined; readEvents",
    "the mailbox is served no more": "stays in; tells its reader userLeft",
    "Webex has another person": "stays in",
    "Webex has no such person": "stays in",
    "the directory removes it": "becomes nothing; tells its reader userLeft",
    "a group takes it": "stays in",
    "replies are always on": "becomes away, showAtWebex under way; publishes outOfOffice 1; showAtWebex",
    "replies are off": "stays in",
    "replies are on from now until later":
      "becomes away, showAtWebex under way; publishes outOfOffice 1; showAtWebex",
    "replies are planned for later": "stays in",
    "replies are over": "stays in",
    "the calendar changes": "stays in",
    "somebody looks": "stays in; tells its reader readingWanted",
  },
  "away, Webex being told": {
    "another mailbox is served":
      "becomes in, showAtWebex under way; tells its reader userLeft; tells its reader userJoined; publishes none 1; readEvents",
    "the mailbox is served no more":
      "becomes in, showAtWebex under way; tells its reader userLeft; publishes none 1",
    "Webex has another person": "stays away, showAtWebex under way; showAtWebex",
    "Webex has no such person": "stays away, showAtWebex under way; publishes outOfOffice 1",
    "the directory removes it":
      "becomes in, showAtWebex under way; tells its reader userLeft; publishes none 1",
    "a group takes it": "stays away, showAtWebex under way",
    "replies are off": "becomes in, showAtWebex under way; publishes none 1",
    "replies are on from now until later": "stays away, showAtWebex under way; publishes outOfOffice 1",
    "replies are planned for later": "becomes in, showAtWebex under way; publishes none 1",
    "replies are over": "becomes in, showAtWebex under way; publishes none 1",
    "the mailbox was unreadable for a day": "becomes in, showAtWebex under way; publishes none 1",
    "the calendar changes": "stays away, showAtWebex under way",
    "somebody looks": "stays away, showAtWebex under way; tells its reader readingWanted",
    "Webex shows it": "becomes away, said at Webex; publishes outOfOffice 1",
    "Webex shows the person's own status": "becomes away, left alone at Webex; publishes outOfOffice 1",
    "Webex shows it no more": "stays away, showAtWebex under way; showAtWebex",
    "the person's token is missing": "becomes away; publishes outOfOffice 1",
    "Webex fails": "becomes away; publishes outOfOffice 1",
  },
  "away and shown at Webex": {
    "another mailbox is served":
      "becomes in, clearAtWebex under way; tells its reader userLeft; tells its reader userJoined; publishes none 1; clearAtWebex; readEvents",
    "the mailbox is served no more":
      "becomes in, clearAtWebex under way; tells its reader userLeft; publishes none 1; clearAtWebex",
    "Webex has another person": "becomes away, showAtWebex under way; publishes outOfOffice 1; showAtWebex",
    "Webex has no such person": "stays away, said at Webex",
    "the directory removes it":
      "becomes in, clearAtWebex under way; tells its reader userLeft; publishes none 1; clearAtWebex",
    "a group takes it": "stays away, said at Webex",
    "replies are off": "becomes in, clearAtWebex under way; publishes none 1; clearAtWebex",
    "replies are on from now until later": "stays away, said at Webex; publishes outOfOffice 1",
    "replies are planned for later": "becomes in, clearAtWebex under way; publishes none 1; clearAtWebex",
    "replies are over": "becomes in, clearAtWebex under way; publishes none 1; clearAtWebex",
    "the mailbox was unreadable for a day":
      "becomes in, clearAtWebex under way; publishes none 1; clearAtWebex",
    "the calendar changes": "stays away, said at Webex",
    "somebody looks": "stays away, said at Webex; tells its reader readingWanted",
  },
  "away and shown at Webex, to be refreshed": {
    "the mailbox is served": "becomes away, showAtWebex under way; publishes outOfOffice 1; showAtWebex",
    "another mailbox is served":
      "becomes in, clearAtWebex under way; tells its reader userLeft; tells its reader userJoined; publishes none 1; clearAtWebex; readEvents",
    "the mailbox is served no more":
      "becomes in, clearAtWebex under way; tells its reader userLeft; publishes none 1; clearAtWebex",
    "Webex has another person": "becomes away, showAtWebex under way; publishes outOfOffice 1; showAtWebex",
    "Webex has no such person": "stays away, said at Webex; publishes outOfOffice 1",
    "the directory removes it":
      "becomes in, clearAtWebex under way; tells its reader userLeft; publishes none 1; clearAtWebex",
    "a group takes it": "becomes away, showAtWebex under way; publishes outOfOffice 1; showAtWebex",
    "replies are always on": "becomes away, showAtWebex under way; publishes outOfOffice 1; showAtWebex",
    "replies are off": "becomes in, clearAtWebex under way; publishes none 1; clearAtWebex",
    "replies are on from now until later":
      "becomes away, showAtWebex under way; publishes outOfOffice 1; showAtWebex",
    "replies are planned for later": "becomes in, clearAtWebex under way; publishes none 1; clearAtWebex",
    "replies are over": "becomes in, clearAtWebex under way; publishes none 1; clearAtWebex",
    "the mailbox was unreadable for a day":
      "becomes in, clearAtWebex under way; publishes none 1; clearAtWebex",
    "the calendar changes": "becomes away, showAtWebex under way; publishes outOfOffice 1; showAtWebex",
    "somebody looks":
      "becomes away, showAtWebex under way; tells its reader readingWanted; publishes outOfOffice 1; showAtWebex",
    "the calendar shows an absence now":
      "becomes away, showAtWebex under way; publishes outOfOffice 1; showAtWebex",
    "the calendar shows none": "becomes away, showAtWebex under way; publishes outOfOffice 1; showAtWebex",
    "the calendar could not be read":
      "becomes away, showAtWebex under way; publishes outOfOffice 1; showAtWebex",
    "Webex shows it": "becomes away, showAtWebex under way; publishes outOfOffice 1; showAtWebex",
    "Webex shows the person's own status":
      "becomes away, showAtWebex under way; publishes outOfOffice 1; showAtWebex",
    "Webex shows it no more": "becomes away, showAtWebex under way; publishes outOfOffice 1; showAtWebex",
    "the person's token is missing":
      "becomes away, showAtWebex under way; publishes outOfOffice 1; showAtWebex",
    "Webex fails": "becomes away, showAtWebex under way; publishes outOfOffice 1; showAtWebex",
    "Webex tells of an earlier call":
      "becomes away, showAtWebex under way; publishes outOfOffice 1; showAtWebex",
    "its timer fires": "becomes away, showAtWebex under way; publishes outOfOffice 1; showAtWebex",
  },
  "away, shown at Webex until lately": {
    "the mailbox is served": "stays away, said at Webex; publishes outOfOffice 1",
    "another mailbox is served":
      "becomes in, clearAtWebex under way; tells its reader userLeft; tells its reader userJoined; publishes none 1; clearAtWebex; readEvents",
    "the mailbox is served no more":
      "becomes in, clearAtWebex under way; tells its reader userLeft; publishes none 1; clearAtWebex",
    "Webex has another person": "becomes away, showAtWebex under way; publishes outOfOffice 1; showAtWebex",
    "Webex has no such person": "stays away, said at Webex; publishes outOfOffice 1",
    "the directory removes it":
      "becomes in, clearAtWebex under way; tells its reader userLeft; publishes none 1; clearAtWebex",
    "a group takes it": "stays away, said at Webex; publishes outOfOffice 1",
    "replies are always on": "stays away, said at Webex; publishes outOfOffice 1",
    "replies are off": "becomes in, clearAtWebex under way; publishes none 1; clearAtWebex",
    "replies are on from now until later": "stays away, said at Webex; publishes outOfOffice 1",
    "replies are planned for later": "becomes in, clearAtWebex under way; publishes none 1; clearAtWebex",
    "replies are over": "becomes in, clearAtWebex under way; publishes none 1; clearAtWebex",
    "the mailbox was unreadable for a day":
      "becomes in, clearAtWebex under way; publishes none 1; clearAtWebex",
    "the calendar changes": "stays away, said at Webex; publishes outOfOffice 1",
    "somebody looks": "stays away, said at Webex; tells its reader readingWanted; publishes outOfOffice 1",
    "the calendar shows an absence now": "stays away, said at Webex; publishes outOfOffice 1",
    "the calendar shows none": "stays away, said at Webex; publishes outOfOffice 1",
    "the calendar could not be read": "stays away, said at Webex; publishes outOfOffice 1",
    "Webex shows it": "stays away, said at Webex; publishes outOfOffice 1",
    "Webex shows the person's own status": "stays away, said at Webex; publishes outOfOffice 1",
    "Webex shows it no more": "stays away, said at Webex; publishes outOfOffice 1",
    "the person's token is missing": "stays away, said at Webex; publishes outOfOffice 1",
    "Webex fails": "stays away, said at Webex; publishes outOfOffice 1",
    "Webex tells of an earlier call": "stays away, said at Webex; publishes outOfOffice 1",
    "its timer fires": "stays away, said at Webex; publishes outOfOffice 1",
  },
  "away by the calendar alone": {
    "another mailbox is served":
      "becomes in, clearAtWebex under way; tells its reader userLeft; tells its reader userJoined; publishes none 1; clearAtWebex; readEvents",
    "the mailbox is served no more":
      "becomes in, clearAtWebex under way; tells its reader userLeft; publishes none 1; clearAtWebex",
    "Webex has another person": "becomes away, showAtWebex under way; publishes outOfOffice 1; showAtWebex",
    "Webex has no such person": "stays away, said at Webex",
    "the directory removes it":
      "becomes in, clearAtWebex under way; tells its reader userLeft; publishes none 1; clearAtWebex",
    "a group takes it": "stays away, said at Webex",
    "replies are always on": "stays away, said at Webex; publishes outOfOffice 1",
    "replies are on from now until later": "stays away, said at Webex; publishes outOfOffice 1",
    "replies are planned for later": "stays away, said at Webex",
    "replies are over": "stays away, said at Webex",
    "the calendar changes": "stays away, said at Webex",
    "somebody looks": "stays away, said at Webex; tells its reader readingWanted",
  },
  "away, the own status left alone": {
    "another mailbox is served":
      "becomes in; tells its reader userLeft; tells its reader userJoined; publishes none 1; readEvents",
    "the mailbox is served no more": "becomes in; tells its reader userLeft; publishes none 1",
    "Webex has another person": "becomes away, showAtWebex under way; publishes outOfOffice 1; showAtWebex",
    "Webex has no such person": "stays away, left alone at Webex; publishes outOfOffice 1",
    "the directory removes it": "becomes nothing; tells its reader userLeft; publishes none 1",
    "a group takes it": "stays away, left alone at Webex",
    "replies are off": "becomes in; publishes none 1",
    "replies are on from now until later": "stays away, left alone at Webex; publishes outOfOffice 1",
    "replies are planned for later": "becomes in; publishes none 1",
    "replies are over": "becomes in; publishes none 1",
    "the mailbox was unreadable for a day": "becomes in; publishes none 1",
    "the calendar changes": "stays away, left alone at Webex",
    "somebody looks": "stays away, left alone at Webex; tells its reader readingWanted",
  },
  "away, without a token": {
    "another mailbox is served":
      "becomes in; tells its reader userLeft; tells its reader userJoined; publishes none 1; readEvents",
    "the mailbox is served no more": "becomes in; tells its reader userLeft; publishes none 1",
    "Webex has another person": "becomes away, showAtWebex under way; publishes outOfOffice 1; showAtWebex",
    "Webex has no such person": "stays away; publishes outOfOffice 1",
    "the directory removes it": "becomes nothing; tells its reader userLeft; publishes none 1",
    "a group takes it": "stays away",
    "replies are off": "becomes in; publishes none 1",
    "replies are on from now until later": "stays away; publishes outOfOffice 1",
    "replies are planned for later": "becomes in; publishes none 1",
    "replies are over": "becomes in; publishes none 1",
    "the mailbox was unreadable for a day": "becomes in; publishes none 1",
    "the calendar changes": "stays away",
    "somebody looks": "stays away; tells its reader readingWanted",
  },
  "away, unknown at Webex": {
    "another mailbox is served":
      "becomes in; tells its reader userLeft; tells its reader userJoined; publishes none 1; readEvents",
    "the mailbox is served no more": "becomes nothing; tells its reader userLeft; publishes none 1",
    "Webex has another person": "becomes away, showAtWebex under way; publishes outOfOffice 1; showAtWebex",
    "the directory removes it": "becomes nothing; tells its reader userLeft; publishes none 1",
    "a group takes it": "stays away",
    "replies are off": "becomes in; publishes none 1",
    "replies are on from now until later": "stays away; publishes outOfOffice 1",
    "replies are planned for later": "becomes in; publishes none 1",
    "replies are over": "becomes in; publishes none 1",
    "the mailbox was unreadable for a day": "becomes in; publishes none 1",
    "the calendar changes": "stays away",
    "somebody looks": "stays away; tells its reader readingWanted",
  },
  "back, Webex being told": {
    "another mailbox is served":
      "stays in, clearAtWebex under way; tells its reader userLeft; tells its reader userJoined; readEvents",
    "the mailbox is served no more": "stays in, clearAtWebex under way; tells its reader userLeft",
    "Webex has another person": "becomes in",
    "Webex has no such person": "stays in, clearAtWebex under way",
    "the directory removes it": "stays in, clearAtWebex under way; tells its reader userLeft",
    "a group takes it": "stays in, clearAtWebex under way",
    "replies are always on": "becomes away, clearAtWebex under way; publishes outOfOffice 2",
    "replies are on from now until later": "becomes away, clearAtWebex under way; publishes outOfOffice 2",
    "replies are planned for later": "stays in, clearAtWebex under way",
    "replies are over": "stays in, clearAtWebex under way",
    "the calendar changes": "stays in, clearAtWebex under way",
    "somebody looks": "stays in, clearAtWebex under way; tells its reader readingWanted",
    "Webex shows it": "stays in, clearAtWebex under way; clearAtWebex",
    "Webex shows the person's own status": "becomes in",
    "Webex shows it no more": "becomes in",
    "the person's token is missing": "becomes in, said at Webex",
    "Webex fails": "becomes in, said at Webex",
  },
  "back, Webex could not be told": {
    "another mailbox is served":
      "stays in, said at Webex; tells its reader userLeft; tells its reader userJoined; readEvents",
    "the mailbox is served no more": "stays in, said at Webex; tells its reader userLeft",
    "Webex has another person": "becomes in",
    "Webex has no such person": "stays in, said at Webex",
    "the directory removes it": "stays in, said at Webex; tells its reader userLeft",
    "a group takes it": "stays in, said at Webex",
    "replies are always on": "becomes away, said at Webex; publishes outOfOffice 2",
    "replies are on from now until later": "becomes away, said at Webex; publishes outOfOffice 2",
    "replies are planned for later": "stays in, said at Webex",
    "replies are over": "stays in, said at Webex",
    "the calendar changes": "stays in, said at Webex",
    "somebody looks": "stays in, said at Webex; tells its reader readingWanted",
  },
  "watched no more, Webex being told": {
    "the mailbox is served": "stays in, clearAtWebex under way; tells its reader userJoined; readEvents",
    "another mailbox is served": "stays in, clearAtWebex under way; tells its reader userJoined; readEvents",
    "Webex has another person": "becomes in",
    "Webex has no such person": "stays in, clearAtWebex under way",
    "the directory removes it": "stays in, clearAtWebex under way",
    "a group takes it": "stays in, clearAtWebex under way",
    "replies are always on": "stays in, clearAtWebex under way",
    "replies are on from now until later": "stays in, clearAtWebex under way",
    "replies are planned for later": "stays in, clearAtWebex under way",
    "replies are over": "stays in, clearAtWebex under way",
    "Webex shows it": "stays in, clearAtWebex under way; clearAtWebex",
    "Webex shows the person's own status": "becomes in",
    "Webex shows it no more": "becomes in",
    "the person's token is missing": "becomes in, said at Webex",
    "Webex fails": "becomes in, said at Webex",
  },
};

/** Every cell of users, and of the rosters and groups that read their mailboxes. */
export const table: { readonly [Of in Kind]: Cells<Of> } = {
  user: userCells,
  roster: rosterCells,
  group: groupCells,
};
