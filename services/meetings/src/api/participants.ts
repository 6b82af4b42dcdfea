import type { MicrosoftGraph } from "@hybrid/microsoft-graph";
import type { MailboxRow } from "./meeting-view.ts";
import type { ParticipantList } from "./schemas.ts";

const statusOf = (status: unknown): string =>
  typeof status === "object" && status !== null && "response" in status ? String(status.response) : "none";

/** Who is invited to an event, read from the calendar now. Rejects with ProviderError. */
export const participantsOf = async (
  events: Pick<MicrosoftGraph["events"], "get">,
  {
    mailbox,
    eventId,
    signal,
  }: {
    readonly mailbox: MailboxRow;
    readonly eventId: string;
    readonly signal: AbortSignal;
  },
): Promise<ParticipantList> => {
  const { tenantId, objectId: userObjectId } = mailbox;
  const { event } = await events.get({ tenantId, userObjectId, eventId, signal });
  return {
    participants: (event.attendees ?? []).map(({ emailAddress, type, status }) => ({
      name: emailAddress?.name ?? null,
      address: emailAddress?.address ?? null,
      type: type ?? "required",
      response: statusOf(status),
    })),
  };
};
