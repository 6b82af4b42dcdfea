import type { Words } from "./words.ts";

export const english: Words = {
  name: "English",
  heading: {
    personalRoom: "Join this meeting in Webex",
    space: "Join this meeting in its Webex space",
    oneTime: "Join this Webex meeting",
  },
  link: "Meeting link",
  meetingNumber: "Meeting number",
  password: "Meeting password",
  video: "From a video system",
  address: "By IP address",
  phone: "By phone",
  code: "Access code",
  privateMeeting: "Private meeting",
  untitled: "Meeting",
  card: "This space belongs to a meeting in your calendar.",
  tooManyForSpace:
    "Your meeting has {count} invitees, and a space for a meeting takes " +
    "{max}: no space was made and the invitation was not changed.",
  spaceIsFull:
    "{count} people whom you invited later were not added to the space of “{title}”: " +
    "a space for a meeting takes {max} invitees. Their invitations tell how to join.",
};
