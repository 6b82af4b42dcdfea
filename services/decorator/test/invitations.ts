import type { OrganisationSettings } from "@hybrid/contracts";
import { type EpochMs, instant } from "@hybrid/kernel";
import type { Invitation } from "#domain/decide-decoration";

export const settings: OrganisationSettings = {
  webexKeyword: "personalRoom",
  meetKeyword: "space",
  language: null,
};

export const monday: EpochMs = instant(Date.UTC(2026, 0, 5, 8));

export const invitation: Invitation = {
  type: "singleInstance",
  isOrganizer: true,
  isCancelled: false,
  isDraft: false,
  endsAt: instant(monday + 3_600_000),
  inviteesCount: 2,
  locations: ["Room 5; @webex"],
  isAllDay: false,
  isFree: false,
  isPrivate: false,
  categories: [],
  subjectIsExcluded: false,
  bodyIsHtml: true,
  bodyIsTooLarge: false,
  blocks: [],
  bodyHoldsOwnLink: false,
  holdsRuledLink: false,
  isContested: false,
};
