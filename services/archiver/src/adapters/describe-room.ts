import type { Call } from "#domain/archive-state";
import { isMeeting } from "#domain/meeting-chat";
import { isGone } from "./gone.ts";
import type { WebexPort } from "./ports.ts";
import { stableId } from "./stable-id.ts";

interface Present {
  readonly personId: string;
  readonly email: string;
  readonly since: number | null;
}

/**
 * Members of a space now, by id, after `after`, at most `limit`; a space that is gone has none. One who comes
 * or goes meanwhile is told by events.
 */
export const describeRoom = async (
  webex: WebexPort,
  { roomId, after, limit }: Extract<Call, { readonly kind: "describeRoom" }>,
  signal: AbortSignal,
): Promise<{ readonly present: readonly Present[]; readonly hasMore: boolean }> => {
  if (isMeeting(roomId)) return { present: [], hasMore: false };
  const present: Present[] = [];
  try {
    for await (const page of webex.listMemberships({ roomId, max: 1_000 }, signal))
      for (const { personId, personEmail, created } of page.items)
        if (personEmail !== undefined)
          present.push({
            personId: stableId(personId),
            email: personEmail,
            since: created === undefined ? null : Date.parse(created),
          });
  } catch (error) {
    if (!isGone(error)) throw error;
  }
  const left = present
    .filter(({ personId }) => after === null || personId > after)
    .sort((a, b) => (a.personId < b.personId ? -1 : 1));
  return { present: left.slice(0, limit), hasMore: left.length > limit };
};
