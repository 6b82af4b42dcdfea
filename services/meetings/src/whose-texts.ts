import { ownUser, type SealedTogether, userOrOrganisation } from "@hybrid/sealing";

/** What tells something of people in a meeting. */
const ofMeetings = { subject: null, organizerName: null, organizerAddress: null, location: null, join: null };

/** The texts of a user's list: they are the user's. */
export const listTexts: SealedTogether = { together: ofMeetings, whose: ownUser };

/** What is known of a room, of its devices and of what these show: it is nobody's alone. */
export const roomTexts: SealedTogether = {
  together: {
    ...ofMeetings,
    name: "",
    mailAddress: "",
    Title: "",
    Number: "",
    MeetingId: "",
    Organizer: null,
  },
  whose: userOrOrganisation,
};
