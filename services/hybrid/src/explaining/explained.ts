import type { OrganisationSettings } from "@hybrid/contracts";
import type { Explained } from "@hybrid/control-hub-page/api";
import { type ExplainedBy, explain, type Given } from "@hybrid/decorator";
import { days, type EpochMs } from "@hybrid/kernel";
import { defaultSettings } from "../administration.ts";

/** What a page judges by. */
interface By {
  readonly settings: OrganisationSettings | null;
  readonly rules: string | null;
  readonly organizer: ExplainedBy["organizer"];
  readonly now: EpochMs;
}

/** The whole explanation, as far as a page has words for it. */
export const explainedFor = (given: Given, { settings, rules, organizer, now }: By): Explained => {
  const window = { fromMs: now, untilMs: now + days(1) };
  const by = { settings: settings ?? defaultSettings, rules, organizer, now, window };
  const { event, links, body } = explain(given, by);
  return {
    event: event && {
      locations: event.locations,
      keyword: event.keyword && { keyword: event.keyword.keyword, action: event.keyword.action },
      rules: event.rules.map(({ name, passed }) => ({ name, passed })),
      decision: {
        kind: event.decision.kind,
        reason: "reason" in event.decision ? event.decision.reason : null,
        place: "place" in event.decision ? event.decision.place : null,
      },
      isOurs: event.decoration !== null,
      bodyHoldsOwnLink: event.bodyHoldsOwnLink,
      holdsRuledLink: event.holdsRuledLink,
    },
    meeting: links.best && {
      service: links.best.service,
      rule: links.best.rule,
      field: links.best.field,
      url: links.best.url,
      video: links.best.video,
      meetingId: links.best.meetingId,
    },
    seen: links.seen.map(({ field, text, verdict }) => ({
      field,
      text,
      rule: "rule" in verdict ? verdict.rule : null,
      refused: "refused" in verdict ? verdict.refused : null,
    })),
    faults: links.faults,
    blocks: body.blocks.length,
  };
};
