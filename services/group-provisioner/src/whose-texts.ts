import { type ActorId, orgOf } from "@hybrid/kernel";
import { organisationOf, type SealedTogether } from "@hybrid/sealing";

/** A name that is a prerequisite's or a timer's is nobody's. */
const isNobodys = (parent: Readonly<Record<string, unknown>>): boolean =>
  ("state" in parent && "found" in parent) || parent["kind"] === "timerFired";

/**
 * The texts of groups: names of teams and spaces, and addresses that are made of them, which belong to nobody
 * alone; and the addresses of people at Webex, whose id stands beside them. Others are named by an id.
 */
export const groupTexts: SealedTogether = {
  together: {
    name: null,
    nameGiven: null,
    title: null,
    teamName: null,
    displayName: null,
    mailNickname: null,
    libraryUrl: null,
    webUrl: null,
    published: null,
    person: "",
  },
  whose: ({ parent, actor }) => {
    if (isNobodys(parent)) return undefined;
    if (!("person" in parent)) return organisationOf(actor);
    const { personUuid } = parent;
    return typeof personUuid === "string" && personUuid !== ""
      ? (`${orgOf(actor)}/u-${personUuid}` as ActorId)
      : undefined;
  },
};
