const prefix = "meeting:";

/** What stands for a space where something was said in a meeting that belongs to none. */
export const meetingSpace = (meetingId: string): string => `${prefix}${meetingId}`;

/** Whether a space is the chat of a meeting: Webex has nothing to tell of it beside its events. */
export const isMeeting = (roomId: string): boolean => roomId.startsWith(prefix);
